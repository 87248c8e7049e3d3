import { type Clock, DeadlineError, type Disposer } from '../../base/index.ts'
import type { Channel } from '../mux/types.ts'

export interface Patience {
  /** Names the wait in the error. */
  what: string
  deadlineMs: number
  signal?: AbortSignal | undefined
}

/**
 * Resets the channel when the deadline passes or the signal aborts, so that whoever waits on it hears why. The disposer
 * ends the watch.
 */
export function guard(channel: Channel, clock: Clock, { what, deadlineMs, signal }: Patience): Disposer {
  const cancel = clock.after(deadlineMs, () => channel.reset(new DeadlineError(what, deadlineMs)))
  if (signal === undefined) return cancel
  const onAbort = (): void => channel.reset(signal.reason instanceof Error ? signal.reason : new Error('Aborted', { cause: signal.reason }))
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  return () => {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}
