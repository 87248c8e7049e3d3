import type { SetupRun } from '../../../contract/nouns/engine-setup.ts'
import type { Step } from '../recipes/fill.ts'
import type { SetupEntry } from './journal.ts'
import { type LiveRun, viewRun } from './view.ts'

/** How many of the last lines that the running step printed are shown. */
const shownLines = 12

/** A run under way, which any number of readers may watch, from its first state to its last. */
export class LiveSetup {
  readonly kind: SetupRun['kind']
  readonly entry: SetupEntry
  readonly steps: readonly Step[]
  readonly #abort = new AbortController()
  #live: LiveRun
  #bell = Promise.withResolvers<undefined>()

  constructor(kind: SetupRun['kind'], entry: SetupEntry, steps: readonly Step[], leaves: string | null) {
    this.kind = kind
    this.entry = entry
    this.steps = steps
    this.#live = { kind, isUnderWay: true, isConsentOpen: false, output: [], leaves }
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  view(): SetupRun {
    return viewRun(this.entry, this.steps, this.#live)
  }

  cancel(): void {
    this.#abort.abort(new Error('the setup was cancelled'))
  }

  change(change: Partial<LiveRun>): void {
    this.#live = { ...this.#live, ...change }
    this.#bell.resolve(undefined)
    this.#bell = Promise.withResolvers()
  }

  addLine(line: string): void {
    this.change({ output: [...this.#live.output, line].slice(-shownLines) })
  }

  /** The present state, then the latest after each change; ends with the last. A slow reader skips what was in between. */
  async *watch(): AsyncGenerator<SetupRun, void> {
    for (;;) {
      const changed = this.#bell.promise
      const isLast = !this.#live.isUnderWay
      yield this.view()
      if (isLast) return
      await changed
    }
  }
}
