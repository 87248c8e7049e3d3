import type { LogBatch } from '../../contract/nouns/deployment.ts'

export interface LogEntry {
  /** Counts from 1 in the order of arrival; stays the same while others are dropped. */
  id: number
  atMs: number
  service: string
  replica: number
  source: 'stdout' | 'stderr'
  text: string
}

export interface LogLimits {
  /** Lines that are kept. */
  lines: number
  /** Characters that are kept, over all lines. */
  characters: number
}

/** About 4 MB of memory at most, whatever an app prints. */
export const logLimits: LogLimits = { lines: 5_000, characters: 1_000_000 }

/** The newest lines of a log, within bounds. Times of several copies may interleave: arrival decides. */
export class LogBuffer {
  readonly #limits: LogLimits
  #entries: LogEntry[] = []
  #characters = 0
  #lastId = 0

  constructor(limits: LogLimits = logLimits) {
    this.#limits = limits
  }

  /** A picture that later lines do not change. */
  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  push(lines: LogBatch['lines']) {
    const added = lines.slice(-this.#limits.lines).map((line): LogEntry => ({ id: ++this.#lastId, ...line }))
    for (const entry of added) this.#characters += entry.text.length
    const all = [...this.#entries, ...added]
    let dropped = Math.max(0, all.length - this.#limits.lines)
    for (const entry of all.slice(0, dropped)) this.#characters -= entry.text.length
    while (this.#characters > this.#limits.characters && dropped < all.length - 1) {
      this.#characters -= all[dropped++]?.text.length ?? 0
    }
    this.#entries = dropped === 0 ? all : all.slice(dropped)
  }

  clear() {
    this.#entries = []
    this.#characters = 0
  }
}
