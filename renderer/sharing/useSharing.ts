import { ReportedError } from '../api/errors.ts'
import type { Client } from '../api/types.ts'
import { useFormat } from '../i18n/Language.tsx'
import { useStores } from '../stores/context.tsx'
import { useOrder } from '../stores/useOrder.ts'
import { pausedText } from './pauses.ts'

export const pauseForMs = 3_600_000

/** The orders behind the switch and the buttons of the hero. Each says what it did, and how to take it back. */
export function useSharing() {
  const f = useFormat()
  const { clock } = useStores()
  const share = useOrder('share')
  const engine = useOrder('engine')

  const set = (on: boolean) => share.give((client) => client.share.set({ on }))
  const pauseUntil = (pausedUntilMs: number | null) => share.give((client) => client.share.set({ pausedUntilMs }))

  return {
    busy: share.busy,
    retrying: engine.busy,
    turnOn: () => void set(true),
    turnOff: () => void share.give((client) => client.share.set({ on: false }), {
      text: f.t('sharing.turnedOff'), action: { label: f.t('common.undo'), run: () => void set(true) },
    }),
    /** For an hour, where nothing else is said. */
    pause: (untilMs?: number) => void share.give((client) => client.share.set({ pausedUntilMs: untilMs ?? clock.nowMs() + pauseForMs }), {
      text: untilMs === undefined ? f.t('sharing.pausedNotice') : pausedText('you', untilMs, f, clock.nowMs()), action: { label: f.t('common.undo'), run: () => void pauseUntil(null) },
    }),
    resume: () => void pauseUntil(null),
    anyway: () => void share.give((client) => client.share.anyway()),
    startEngine: () => engine.give(startEngine),
    retryEngine: () => void engine.give((client) => client.node.retryEngine()),
  }
}

/** Looks again, and starts the engine only when that is still needed. Fails in the words of what failed. */
async function startEngine(client: Client) {
  const status = await client.node.retryEngine()
  if (status.engine.state === 'ready') return status
  for await (const run of await client.engine.start()) if (run.problem !== null) throw new ReportedError(run.problem)
  return client.node.retryEngine()
}
