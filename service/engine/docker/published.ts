import type { Clock } from '../../base/index.ts'

/** No answer is used for longer than this, whatever was or was not heard, ms. */
const freshMs = 1_000

export interface PublishedDeps<T> {
  clock: Clock
  /** Asks the engine. */
  ask: (containerId: string) => Promise<T>
}

interface Answer<T> {
  answer: Promise<T>
  untilMs: number
  isSettled: boolean
}

/**
 * What the engine said of where containers are published, for the many connections of a busy tunnel: asking costs more
 * than all the rest of a connection.
 *
 * A port is another container's as soon as this one has stopped, so an answer is used again only while the engine's
 * events are being read, until one of them names the container, until a connection is refused, and for a second at most.
 */
export class Published<T> {
  readonly #deps: PublishedDeps<T>
  readonly #answers = new Map<string, Answer<T>>()
  #readers = 0

  constructor(deps: PublishedDeps<T>) {
    this.#deps = deps
  }

  /** `isRemembered`: said a moment ago, and perhaps no longer true. Those that ask at once are answered at once. */
  async of(containerId: string): Promise<{ answer: T, isRemembered: boolean }> {
    const known = this.#answers.get(containerId)
    if (known !== undefined && known.untilMs > this.#deps.clock.monotonicMs()) return { answer: await known.answer, isRemembered: known.isSettled }
    const asked: Answer<T> = { answer: this.#deps.ask(containerId), untilMs: this.#deps.clock.monotonicMs() + freshMs, isSettled: false }
    this.#answers.set(containerId, asked)
    const drop = (): void => {
      if (this.#answers.get(containerId) === asked) this.#answers.delete(containerId)
    }
    asked.answer.then(() => {
      asked.isSettled = true
      if (this.#readers === 0) drop()
      else this.#deps.clock.after(freshMs, drop)
    }, drop)
    return { answer: await asked.answer, isRemembered: false }
  }

  /** The container has changed, or may have. */
  forget(containerId: string): void {
    this.#answers.delete(containerId)
  }

  /** From now until it is disposed of, changes are told by `forget`. */
  reading(): Disposable {
    this.#readers++
    return {
      [Symbol.dispose]: () => {
        this.#readers--
        if (this.#readers === 0) this.#answers.clear()
      },
    }
  }
}
