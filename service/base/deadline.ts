import type { Clock } from './types.ts'

/** Thrown, or an abort reason, when something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
  readonly deadlineMs: number

  constructor(what: string, deadlineMs: number) {
    super(`${what} took longer than ${deadlineMs} ms`)
    this.deadlineMs = deadlineMs
  }
}

/** An abort signal with a deadline that also follows a parent; dispose it to release the timer. */
export interface DeadlineSignal extends Disposable {
  readonly signal: AbortSignal
  /** Pushes the deadline back to its full length from now: for streams, where progress buys time. */
  extend(): void
}

/**
 * Everything that waits has a deadline.
 *
 * @param what names the wait in the error, e.g. `"quote from 12D3…"`.
 */
export function deadlineSignal(clock: Clock, what: string, deadlineMs: number, parent?: AbortSignal): DeadlineSignal {
  const controller = new AbortController()
  const onParentAbort = (): void => controller.abort(parent?.reason)
  if (parent?.aborted === true) onParentAbort()
  parent?.addEventListener('abort', onParentAbort, { once: true })
  const expire = (): void => controller.abort(new DeadlineError(what, deadlineMs))
  let cancel = clock.after(deadlineMs, expire)
  return {
    signal: controller.signal,
    extend: () => {
      cancel()
      cancel = clock.after(deadlineMs, expire)
    },
    [Symbol.dispose]: () => {
      cancel()
      parent?.removeEventListener('abort', onParentAbort)
    },
  }
}

/** Rejects with the signal's reason as soon as it aborts, even when `promise` never settles. */
export async function raceSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined)
    throw signal.reason
  }
  let onAbort: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
  }
}

/** Runs `work` with a signal that aborts after `deadlineMs`, and stops waiting for it then. */
export async function withDeadline<T>(
  clock: Clock, what: string, deadlineMs: number, work: (signal: AbortSignal) => Promise<T>, parent?: AbortSignal,
): Promise<T> {
  using deadline = deadlineSignal(clock, what, deadlineMs, parent)
  return await raceSignal(work(deadline.signal), deadline.signal)
}
