/** Time, passed in, so that tests and the gallery can hold it still. */
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

/** A clock that stands still: for the gallery. */
export function stillClock(atMs: number): Clock {
  return { nowMs: () => atMs, after: () => () => undefined }
}
