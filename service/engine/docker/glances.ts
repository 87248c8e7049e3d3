import type { Clock } from '../../base/index.ts'

/** However quiet an engine is, no answer is used for longer than these, ms: of one container, and of what there is. */
const freshMs = 120_000
const listFreshMs = 10_000

/** A line of the engine's list of containers, as far as it tells of a change. */
export interface Listed {
  Id: string
  Names: readonly string[]
  State: string
  /** `Up 3 minutes (healthy)`: the time moves, what is in brackets tells. */
  Status: string
}

/**
 * What the engine said of containers, for the looks at all of them that come every few seconds: asking for each costs more
 * than all the rest of a look. An answer is used again only while the engine's events are being read, until one of them
 * names the container, until its line in the list is another, and for two minutes at most. A list is used again until any
 * event comes, until anything is changed from here, and for ten seconds at most.
 */
export class Glances<Json, Line extends Listed = Listed> {
  readonly #clock: Clock
  readonly #ask: (containerId: string) => Promise<Json | null>
  readonly #list: (node: string) => Promise<Line[]>
  readonly #lists = new Map<string, { lines: Promise<Line[]>, change: number, untilMs: number }>()
  readonly #seen = new Map<string, { line: string, json: Json, untilMs: number }>()
  readonly #asking = new Map<string, symbol>()
  #readers = 0
  #change = 0

  /** @param list all containers that carry a node's label. */
  constructor(clock: Clock, ask: (containerId: string) => Promise<Json | null>, list: (node: string) => Promise<Line[]>) {
    this.#clock = clock
    this.#ask = ask
    this.#list = list
  }

  /** The lines of all containers of a node. Those who ask at the same moment, for guests and for guards, are answered by one list in any case. */
  listed(node: string): Promise<readonly Line[]> {
    const nowMs = this.#clock.monotonicMs()
    const known = this.#lists.get(node)
    if (known?.change === this.#change && known.untilMs > nowMs) return known.lines
    const asked = { lines: this.#list(node), change: this.#change, untilMs: nowMs + listFreshMs }
    const forget = (): void => { if (this.#lists.get(node) === asked) this.#lists.delete(node) }
    this.#lists.set(node, asked)
    asked.lines.catch(forget)
    if (this.#readers === 0) queueMicrotask(forget)
    return asked.lines
  }

  /** What was said of it last, if that is still good. */
  seen(containerId: string): Json | null {
    return this.#seen.get(containerId)?.json ?? null
  }

  /** Null: it is gone. */
  async at(listed: Listed): Promise<Json | null> {
    const line = lineOf(listed)
    const known = this.#seen.get(listed.Id)
    if (known?.line === line && known.untilMs > this.#clock.monotonicMs()) return known.json
    const turn = Symbol(listed.Id)
    this.#asking.set(listed.Id, turn)
    const json = await this.#ask(listed.Id)
    // a change that was told meanwhile may not be in the answer
    const isCurrent = this.#asking.get(listed.Id) === turn
    if (isCurrent) this.#asking.delete(listed.Id)
    if (json === null) this.#seen.delete(listed.Id)
    else if (isCurrent && this.#readers > 0) this.#seen.set(listed.Id, { line, json, untilMs: this.#clock.monotonicMs() + freshMs })
    return json
  }

  /** Something about some container is changed from here, or was: every call that may change anything says so, when it begins and when it ends. */
  changed(): void {
    this.#change++
  }

  /** The container has changed, or may have. */
  forget(containerId: string): void {
    this.#change++
    this.#seen.delete(containerId)
    this.#asking.delete(containerId)
  }

  /** From now until it is disposed of, changes are told by `forget`. */
  reading(): Disposable {
    this.#readers++
    return {
      [Symbol.dispose]: () => {
        this.#readers--
        if (this.#readers > 0) return
        this.#lists.clear()
        this.#seen.clear()
        this.#asking.clear()
      },
    }
  }
}

function lineOf({ Names, State, Status }: Listed): string {
  return [State, /\([^)]*\)/.exec(Status)?.[0] ?? '', ...Names].join(' ')
}
