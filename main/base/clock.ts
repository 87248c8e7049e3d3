/** Time, passed in, so that tests can hold it still. */
export interface Clock {
  /** Wall clock, ms since the Unix epoch. */
  nowMs(): number
  /** Calls once after a delay. Returns its undo. */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Calls again and again, each time `everyMs` after the last. Returns its end. */
export function every(clock: Clock, everyMs: number, run: () => void): () => void {
  let cancel = clock.after(everyMs, tick)
  function tick(): void {
    cancel = clock.after(everyMs, tick)
    run()
  }
  return () => cancel()
}
