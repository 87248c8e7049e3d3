import { ChevronDown } from 'lucide-react'
import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components'
import type { Deployment } from '../../../../contract/nouns/deployment.ts'
import { Icon } from '../../../components/Icon.tsx'
import type { Format } from '../../../format/format.ts'
import { useFormat } from '../../../i18n/Language.tsx'
import type { LogQuery } from '../../../stores/logs.ts'

export type LogPart = Omit<LogQuery, 'name'>

interface Choice {
  id: string
  label: string
  part: LogPart
}

/** All of the app, one part of it, or one copy. The service sends only what is chosen. */
export function PartSelect({ app, part, onChange }: { app: Deployment; part: LogPart; onChange: (part: LogPart) => void }) {
  const f = useFormat()
  const choices = choicesOf(app, f)
  if (choices.length < 3) return null
  return (
    <Select aria-label={f.t('log.part')} value={idOf(part)} onChange={(id) => {
      const choice = choices.find((one) => one.id === id)
      if (choice !== undefined) onChange(choice.part)
    }}>
      <Button className="inline-flex h-7.5 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-small font-medium hovered:bg-hover">
        <SelectValue className="max-w-48 truncate" />
        <Icon of={ChevronDown} look="badge" />
      </Button>
      <Popover className="max-h-72 min-w-48 overflow-y-auto rounded-lg bg-surface p-1.5 shadow-2 forced-colors:border">
        <ListBox className="outline-none">
          {choices.map((choice) => (
            <ListBoxItem key={choice.id} id={choice.id} textValue={choice.label} className="flex h-8 cursor-default items-center rounded-md px-2.5 text-small focused:bg-hover selected:font-semibold">
              <bdi>{choice.label}</bdi>
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  )
}

function idOf({ service, replica }: LogPart): string {
  return `${service ?? ''}#${replica ?? ''}`
}

function choicesOf(app: Deployment, f: Format): Choice[] {
  const choices = [
    { label: f.t('log.everything'), part: { service: null, replica: null } },
    ...app.services.length > 1 ? app.services.map(({ name }) => ({ label: name, part: { service: name, replica: null } })) : [],
    ...app.replicas.length > 1 ? app.replicas.map((replica) => ({
      label: replica.providerLabel === null ? f.t('log.copy-n', { number: replica.index + 1 }) : f.t('log.copyOn', { number: replica.index + 1, host: f.name(replica.providerLabel, 30) }),
      part: { service: null, replica: replica.index },
    })) : [],
  ]
  return choices.map((choice) => ({ ...choice, id: idOf(choice.part) }))
}
