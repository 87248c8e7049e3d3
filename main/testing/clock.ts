import type { Clock } from '../base/clock.ts'

export interface ManualClock extends Clock {
  /** Runs everything that is due on the way, with what follows from it. */
  advance(ms: number): Promise<void>
}

export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs
  const timers = new Set<{ atMs: number, run: () => void }>()
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      const timer = { atMs: nowMs + delayMs, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      const endMs = nowMs + ms
      await settled()
      for (;;) {
        const [due] = [...timers].filter(({ atMs }) => atMs <= endMs).sort((one, other) => one.atMs - other.atMs)
        if (due === undefined) break
        timers.delete(due)
        nowMs = due.atMs
        due.run()
        await settled()
      }
      nowMs = endMs
    },
  }
}

/** Everything that waits for nothing but promises is done. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
