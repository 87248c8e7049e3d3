import { backoffMs } from './backoff.ts'
import type { BaseDeps, Disposer, Startable } from './types.ts'

export interface CycleOptions extends BaseDeps {
  /** Names the loop in logs. */
  name: string
  /** Pause between the end of one run and the start of the next, ms. */
  intervalMs: number
  /** One turn. Throwing counts as a failure: it is logged, and the next turn waits longer. */
  run: (signal: AbortSignal) => Promise<void>
  /** No pause after failures is longer, ms; ten intervals when left out. */
  maxBackoffMs?: number
}

/**
 * A loop that can be held still: every repeating job of the service is one of these.
 *
 *     idle ──start──► waiting ──interval or trigger──► running ──► waiting
 *       ▲                 │                               │
 *       └──────stop───────┴───────────────────────────────┘
 *
 * Turns never overlap. A trigger during a turn makes exactly one more turn follow it.
 */
export class Cycle implements Startable {
  readonly #options: CycleOptions
  #abort: AbortController | undefined
  #cancelWait: Disposer | undefined
  #running: Promise<void> | undefined
  #triggered = false
  #paused = false
  #failures = 0

  constructor(options: CycleOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#abort !== undefined) return
    this.#abort = new AbortController()
    this.trigger()
  }

  async stop(): Promise<void> {
    this.#abort?.abort(new Error(`${this.#options.name} stops`))
    this.#abort = undefined
    this.#cancelWait?.()
    await this.#running
  }

  /** Holds the loop still; `runOnce` still works. For tests and for quiet times. */
  pause(): void {
    this.#paused = true
    this.#cancelWait?.()
  }

  resume(): void {
    this.#paused = false
    this.trigger()
  }

  /** Asks for a turn as soon as possible. Many triggers before that turn make one turn. */
  trigger(): void {
    if (this.#abort === undefined || this.#paused) return
    if (this.#running !== undefined) {
      this.#triggered = true
      return
    }
    this.#cancelWait?.()
    void this.#turn()
  }

  /** One turn now, after the one under way if there is one. Throws what the turn throws. */
  async runOnce(): Promise<void> {
    await this.#running
    await this.#options.run(this.#abort?.signal ?? new AbortController().signal)
  }

  async #turn(): Promise<void> {
    const signal = this.#abort?.signal
    if (signal === undefined) return
    this.#triggered = false
    this.#running = this.#attempt(signal)
    await this.#running
    this.#running = undefined
    if (signal.aborted || this.#paused) return
    this.#cancelWait = this.#options.clock.after(this.#pauseMs(), () => void this.#turn())
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    try {
      await this.#options.run(signal)
      this.#failures = 0
    } catch (error) {
      if (signal.aborted) return
      this.#failures++
      this.#options.log.warn('cycle failed', { cycle: this.#options.name, failures: this.#failures, error })
    }
  }

  #pauseMs(): number {
    const { intervalMs, maxBackoffMs, rng } = this.#options
    if (this.#failures === 0) return this.#triggered ? 0 : intervalMs
    return backoffMs(this.#failures, { initialMs: Math.min(intervalMs, 1000), maxMs: maxBackoffMs ?? intervalMs * 10 }, rng)
  }
}
