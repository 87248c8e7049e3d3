import { useStore } from 'zustand'
import type { ShareStatus } from '../../../contract/nouns/node.ts'
import { Card } from '../../components/Card.tsx'
import { Command } from '../../components/CopyButton.tsx'
import { Segments } from '../../components/Segments.tsx'
import { Switch } from '../../components/Switch.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { allowanceOf, allowancePatch, canTell, isOn } from '../../sharing/rules.ts'
import { useSettings } from '../../sharing/useSettings.ts'
import { useKnown, useStores } from '../../stores/context.tsx'
import type { Desktop } from '../../stores/desktop.ts'
import { useOrder } from '../../stores/useOrder.ts'
import { HoursCard } from '../settings/hours/HoursCard.tsx'
import { whenIds, whenOf, whenPatch } from './when.ts'

const switches = ['battery', 'metered', 'full-screen'] as const

/** When guests may run. Rules that this computer could never notice are left out. */
export function WhenCard({ share }: { share: ShareStatus }) {
  const f = useFormat()
  const { apply } = useSettings()
  const { desktop } = useStores()
  const dataDir = useKnown('node')?.dataDir
  const { rules } = share.settings
  const { signals } = share.owner
  const when = whenOf(rules)
  const ways = whenIds.filter((id) => id !== 'away' || canTell(signals, 'in-use') || when === 'away')
  return (
    <>
      <Card title={f.t('setup.when')} end={<Segments label={f.t('setup.when')} chosen={when} segments={ways.map((id) => ({ id, label: f.t(`setup.when.${id}`) }))} onChoose={(id) => apply(whenPatch(id), { rules: { inUse: rules.inUse, hours: rules.hours } })} />}>
        <ul className="mt-2 grid gap-x-6 table:grid-cols-2">
          {switches.filter((id) => canTell(signals, id)).map((id) => {
            const allow = allowanceOf(rules, id)
            return <Row key={id} text={f.t(`setup.pause.${id}`)} on={isOn(allow)} onChange={(on) => apply(allowancePatch(id, on ? 'asleep' : 100), allowancePatch(id, allow))} />
          })}
          {desktop !== null && <AtLogin desktop={desktop} />}
        </ul>
        {desktop === null && (
          <div className="mt-2 flex flex-col gap-1.5">
            <p className="text-small text-ink-2">{f.t('setup.atStart')}</p>
            <Command text={`depin serve --data-dir ${dataDir ?? '…'}`} />
          </div>
        )}
      </Card>
      {when === 'hours' && <HoursCard rule={rules.hours} />}
    </>
  )
}

function AtLogin({ desktop: { state, bridge } }: { desktop: Desktop }) {
  const f = useFormat()
  const openAtLogin = useStore(state, (shell) => shell?.openAtLogin ?? null)
  const order = useOrder('app')
  if (openAtLogin === null) return null
  return <Row text={f.t('app.login')} on={openAtLogin} busy={order.busy} onChange={(on) => void order.give(() => bridge.setOpenAtLogin(on))} />
}

function Row({ text, on, busy = false, onChange }: { text: string; on: boolean; busy?: boolean; onChange: (on: boolean) => void }) {
  return (
    <li className="flex items-center justify-between gap-4 py-2">
      <span className="text-small">{text}</span>
      <Switch look={on ? 'on' : 'off'} label={text} busy={busy} onChange={onChange} />
    </li>
  )
}
