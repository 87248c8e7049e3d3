import { CloudOff, RotateCw } from 'lucide-react'
import { useStore } from 'zustand'
import { useNow } from '../base/useNow.ts'
import { Callout } from '../components/Badge.tsx'
import { Button } from '../components/Button.tsx'
import { useFormat } from '../i18n/Language.tsx'
import { useKnown, useStores } from '../stores/context.tsx'

/** Above every screen while the service is away: what is shown is the last known, with its time. */
export function StaleNote() {
  const f = useFormat()
  const { connection, clock } = useStores()
  const state = useStore(connection.state)
  const label = useKnown('node')?.label
  const nowMs = useNow(clock, 60_000)
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
