import { Check } from 'lucide-react'
import { useState } from 'react'
import { CheckboxButton, CheckboxField } from 'react-aria-components'
import type { HostQuote } from '../../../../contract/nouns/deployment.ts'
import { classes } from '../../../components/classes.ts'
import { Icon } from '../../../components/Icon.tsx'
import { Outside } from '../../../components/Outside.tsx'
import { useFormat } from '../../../i18n/Language.tsx'
import { settledOrder } from './order.ts'

/** Every host that answered, with its price or the reason why it cannot take the app. */
export function HostTable({ hosts, picked, onPick }: {
  hosts: readonly HostQuote[]
  /** Null: as the service chose. */
  picked: readonly string[] | null
  onPick: (hosts: readonly string[] | null) => void
}) {
  const f = useFormat()
  const [held, setHeld] = useState<readonly string[] | null>(null)
  const order = settledOrder(held ?? [], hosts, held !== null)
  const chosen = new Set(picked ?? hosts.filter((host) => host.chosen).map((host) => host.provider))
  const byId = new Map(hosts.map((host) => [host.provider, host]))

  function toggle(provider: string, wanted: boolean) {
    onPick([...chosen].filter((one) => one !== provider).concat(wanted ? [provider] : []))
  }

  return (
    <table role="table" data-selects="" className="table-cards mt-3" onPointerEnter={() => setHeld(order)} onFocus={() => setHeld(held ?? order)}
      onPointerLeave={() => setHeld(null)} onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setHeld(null)
      }}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col"><span className="sr-only">{f.t('hosts.use')}</span></th>
          <th role="columnheader" scope="col">{f.t('hosts.host')}</th>
          <th role="columnheader" scope="col">{f.t('hosts.why')}</th>
          <th role="columnheader" scope="col" data-end>{f.t('hosts.distance')}</th>
          <th role="columnheader" scope="col" data-end>{f.t('hosts.price')}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {order.map((provider) => {
          const host = byId.get(provider)
          return host === undefined ? null : <HostRow key={provider} host={host} isChosen={chosen.has(provider)} onToggle={(wanted) => toggle(provider, wanted)} />
        })}
      </tbody>
    </table>
  )
}

function HostRow({ host, isChosen, onToggle }: { host: HostQuote; isChosen: boolean; onToggle: (wanted: boolean) => void }) {
  const f = useFormat()
  const offers = host.priceMonthMicro !== null
  return (
    <tr role="row" className={classes(isChosen && offers && 'chosen-row')}>
      <td role="cell" className="w-10">
        <CheckboxField aria-label={f.t('hosts.pick', { host: f.name(host.label, 40) })} isSelected={isChosen && offers} isDisabled={!offers} onChange={onToggle}>
          <CheckboxButton className="group ms-2 grid size-6 place-items-center rounded-sm disabled:opacity-50">
            <span className="grid size-4.5 place-items-center rounded-xs border border-line-strong bg-surface group-selected:border-transparent group-selected:bg-primary group-selected:text-on-primary forced-colors:border">
              <Icon of={Check} look="badge" className="invisible group-selected:visible" />
            </span>
          </CheckboxButton>
        </CheckboxField>
      </td>
      <td role="cell" data-label={f.t('hosts.host')}>
        <b className="font-semibold"><Outside text={host.label} maxLength={40} /></b>
        {host.region !== null && <span className="text-ink-3">{` ${f.region(host.region)}`}</span>}
      </td>
      <td role="cell" data-label={f.t('hosts.why')} className="text-caption text-ink-2">{host.why === null ? null : <Outside text={host.why} maxLength={160} />}</td>
      <td role="cell" data-label={f.t('hosts.distance')} data-end className="text-ink-2">{host.roundTripMs === null ? '–' : f.milliseconds(host.roundTripMs)}</td>
      <td role="cell" data-label={f.t('hosts.price')} data-end className="font-semibold">{host.priceMonthMicro === null ? '–' : f.price(host.priceMonthMicro)}</td>
    </tr>
  )
}
