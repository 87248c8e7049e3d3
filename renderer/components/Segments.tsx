import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'
import type { ReactNode } from 'react'

export interface Segment<Id extends string> {
  id: Id
  label: ReactNode
}

/** One of a few. */
export function Segments<Id extends string>({ label, segments, chosen, onChoose }: {
  label: string
  segments: readonly Segment<Id>[]
  chosen: Id
  onChoose: (id: Id) => void
}) {
  return (
    <ToggleButtonGroup aria-label={label} selectionMode="single" disallowEmptySelection selectedKeys={[chosen]}
      onSelectionChange={(keys) => {
        const id = segments.find((segment) => keys.has(segment.id))?.id
        if (id !== undefined) onChoose(id)
      }}
      className="inline-flex max-w-full gap-0.5 overflow-x-auto rounded-md bg-track p-0.75 forced-colors:border">
      {segments.map(({ id, label: text }) => (
        <ToggleButton key={id} id={id}
          className="inline-flex h-7 shrink-0 items-center rounded-sm px-3 text-small font-medium whitespace-nowrap text-ink-2 selected:bg-surface selected:font-semibold selected:text-ink selected:shadow-1 forced-colors:selected:outline">
          {text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
