import { CloudOff, RotateCw } from 'lucide-react'
import { useStore } from 'zustand'
import { useNow } from '../base/useNow.ts'
import { Callout } from '../components/Badge.tsx'
import { Button } from '../components/Button.tsx'
import { useFormat } from '../i18n/Language.tsx'
import { useKnown, useStores } from '../stores/context.tsx'
import type { Desktop } from '../stores/desktop.ts'

/** Above every screen while the service is away: what is shown is the last known, with its time. */
export function StaleNote() {
  const f = useFormat()
  const { connection, clock, desktop } = useStores()
  const state = useStore(connection.state)
  const label = useKnown('node')?.label
  const nowMs = useNow(clock, 60_000)
  if (state.kind !== 'lost' && state.kind !== 'connecting') return null
  if (desktop !== null) return <ServiceNote desktop={desktop} />
  if (state.kind !== 'lost') return null
  const computer = label === undefined ? f.t('stale.thisComputer') : f.name(label, 63)
  return (
    <div role="status" className="sticky top-0 z-10 rounded-md shadow-2">
      <Callout tone="attention" icon={CloudOff}
        action={<Button size="small" icon={RotateCw} busy={state.trying} onPress={() => connection.retryNow()}>{f.t('stale.retry')}</Button>}>
        <p className="font-medium text-ink">
          {state.lastSeenMs === null ? f.t('stale.never', { computer }) : f.t('stale.note', { computer, time: f.exactly(state.lastSeenMs, nowMs) })}
        </p>
        <p>{f.t('stale.hint')}</p>
      </Callout>
    </div>
  )
}

/** On the desktop it is known why the service is away, and when it is tried again. */
function ServiceNote({ desktop }: { desktop: Desktop }) {
  const f = useFormat()
  const { clock } = useStores()
  const service = useStore(desktop.state, (shell) => shell?.service)
  const nowMs = useNow(clock, 60_000)
  if (service?.kind !== 'waiting') return null
  return (
    <div role="status" className="sticky top-0 z-10 rounded-md shadow-2">
      <Callout tone="attention" icon={CloudOff} action={<Button size="small" icon={RotateCw} onPress={() => void desktop.bridge.retryService()}>{f.t('service.retry')}</Button>}>
        <p className="font-medium text-ink">{f.t('service.waiting', { reason: f.name(service.report.message, 300) })}</p>
        <p>{f.t('service.again', { time: f.exactly(service.retryAtMs, nowMs) })}</p>
      </Callout>
    </div>
  )
}
