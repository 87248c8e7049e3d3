import type { Clock } from '../base/index.ts'

interface Timer { atMs: number, fn: () => void }

/** A clock that stands still until it is told to go on. Timers fire in order while it advances. */
export class FakeClock implements Clock {
  bootId = 'boot-1'
  #nowMs: number
  #monotonicMs = 1_000_000
  readonly #timers = new Set<Timer>()

  constructor(nowMs = Date.UTC(2026, 0, 15, 12)) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#monotonicMs
  }

  after(delayMs: number, fn: () => void): () => void {
    const timer = { atMs: this.#monotonicMs + delayMs, fn }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.after(delayMs, resolve)
      signal?.addEventListener('abort', () => {
        cancel()
        reject(signal.reason as Error)
      }, { once: true })
    })
  }

  /** Lets time pass, firing what falls due. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms
    for (;;) {
      const next = [...this.#timers].filter((timer) => timer.atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#step(next.atMs - this.#monotonicMs)
      next.fn()
    }
    this.#step(endMs - this.#monotonicMs)
  }

  /** The wall clock is set, as NTP or a person does; durations do not notice. */
  jumpWall(ms: number): void {
    this.#nowMs += ms
  }

  /** The machine restarts: durations from before mean nothing any more. */
  reboot(downMs: number): void {
    this.#nowMs += downMs
    this.#monotonicMs = 5000
    this.bootId = `${this.bootId}'`
    this.#timers.clear()
  }

  #step(ms: number): void {
    this.#monotonicMs += ms
    this.#nowMs += ms
  }
}
