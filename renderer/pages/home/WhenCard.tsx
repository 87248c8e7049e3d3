import { BatteryMedium, Clock, Cpu, Maximize, Monitor, Thermometer, Wifi } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import { Link } from 'react-aria-components'
import type { ShareStatus } from '../../../contract/nouns/node.ts'
import type { Hold } from '../../../contract/nouns/owner.ts'
import { useNow } from '../../base/useNow.ts'
import { Badge } from '../../components/Badge.tsx'
import { Card } from '../../components/Card.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Switch } from '../../components/Switch.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { allowanceOf, allowancePatch, canTell, isOn, ruleIds } from '../../sharing/rules.ts'
import type { RuleId } from '../../sharing/rules.ts'
import { useSettings } from '../../sharing/useSettings.ts'
import { useStores } from '../../stores/context.tsx'

const icons: Record<RuleId | 'hours', LucideIcon> = {
  'in-use': Monitor, 'full-screen': Maximize, battery: BatteryMedium, metered: Wifi, hot: Thermometer, busy: Cpu, hours: Clock,
}

/** The owner's rules as switches, with the one that holds now. In place of Health while sharing is paused. */
export function WhenCard({ share }: { share: ShareStatus }) {
  const f = useFormat()
  const settings = useSettings()
  const { rules } = share.settings
  const { holds, signals } = share.owner
  return (
    <Card title={f.t('when.title')} end={<Link href="#/settings/when" className="inline-flex min-h-6 items-center rounded-sm text-small font-medium text-primary-text hovered:underline">{f.t('when.all')}</Link>}>
      <ul className="mt-1 divide-y divide-line">
        {shownRules(holds).map((id) => {
          const allow = allowanceOf(rules, id)
          return (
            <RuleRow key={id} id={id} on={isOn(allow)} hold={holds.find(({ cause }) => cause === id)} known={canTell(signals, id)} busy={settings.busy}
              onChange={(on) => settings.apply(allowancePatch(id, on ? 'asleep' : 100), allowancePatch(id, allow))} />
          )
        })}
        <RuleRow id="hours" on={rules.hours.on} hold={holds.find(({ cause }) => cause === 'hours')} known busy={settings.busy}
          onChange={(on) => settings.apply({ rules: { hours: { on } } }, { rules: { hours: { on: rules.hours.on } } })} />
      </ul>
    </Card>
  )
}

const usual: readonly RuleId[] = ['in-use', 'battery', 'metered']

/** The usual ones, and any other that holds now. */
function shownRules(holds: readonly Hold[]): readonly RuleId[] {
  return ruleIds.filter((id) => usual.includes(id) || holds.some(({ cause }) => cause === id))
}

function RuleRow({ id, on, hold, known, busy, onChange }: { id: RuleId | 'hours'; on: boolean; hold: Hold | undefined; known: boolean; busy: boolean; onChange: (on: boolean) => void }) {
  const f = useFormat()
  const name = f.t(`when.${id}`)
  return (
    <li className="flex min-h-11 items-center gap-2.5 py-1.5 text-small">
      <Icon of={icons[id]} className={hold === undefined || hold.lifted ? 'text-ink-3' : 'text-sun-text'} />
      <span className="min-w-0 flex-1"><b className="font-semibold">{name}</b> <span className="text-ink-2">{f.t(known ? `when.${id}.what` : 'when.unknown')}</span></span>
      {hold !== undefined && <HoldBadge hold={hold} />}
      <Switch look={on ? 'on' : 'off'} label={name} busy={busy} onChange={onChange} />
    </li>
  )
}

function HoldBadge({ hold }: { hold: Hold }) {
  const f = useFormat()
  const nowMs = useNow(useStores().clock, 60_000)
  if (hold.lifted) return <Badge tone="plain">{f.t('when.lifted')}</Badge>
  return <Badge tone="attention">{hold.untilMs === null ? f.t('when.active') : f.t('when.activeUntil', { time: f.exactly(hold.untilMs, nowMs) })}</Badge>
}
