import { ChevronDown } from 'lucide-react'
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'
import { Icon } from './Icon.tsx'

export interface Option<Id extends string> {
  id: Id
  label: string
}

/** One of several, folded away until it is wanted. */
export function Choose<Id extends string>({ label, options, chosen, isDisabled = false, onChoose }: {
  label: string
  options: readonly Option<Id>[]
  chosen: Id
  isDisabled?: boolean
  onChoose: (id: Id) => void
}) {
  return (
    <Select aria-label={label} value={chosen} isDisabled={isDisabled} onChange={(id) => {
      const option = options.find((one) => one.id === id)
      if (option !== undefined && option.id !== chosen) onChoose(option.id)
    }}>
      <Button className="inline-flex h-control max-w-full items-center gap-2 rounded-md border border-line-strong bg-surface px-3 text-small font-medium hovered:bg-hover disabled:opacity-50">
        <SelectValue className="min-w-0 truncate" />
        <Icon of={ChevronDown} look="badge" />
      </Button>
      <Popover className="max-h-72 min-w-48 overflow-y-auto rounded-lg bg-surface p-1.5 shadow-2 forced-colors:border">
        <ListBox className="outline-none">
          {options.map((option) => (
            <ListBoxItem key={option.id} id={option.id} textValue={option.label} className="flex min-h-8 cursor-default items-center rounded-md px-2.5 py-1 text-small focused:bg-hover selected:font-semibold">
              {option.label}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  )
}
