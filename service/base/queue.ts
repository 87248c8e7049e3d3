/**
 * Hands values from callbacks to one `for await` loop. Bounded: the producer learns from `push` when the reader has
 * fallen behind, and decides itself whether to pause, drop or give up.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #limit: number
  readonly #items: T[] = []
  #wake: (() => void) | undefined
  #ended = false
  #error: Error | undefined
  #onDrain: (() => void) | undefined

  constructor(limit: number, onDrain?: () => void) {
    this.#limit = limit
    this.#onDrain = onDrain
  }

  /** Adds an item. False when the queue is now full: wait for `onDrain` before the next. */
  push(item: T): boolean {
    if (this.#ended) return false
    this.#items.push(item)
    this.#wake?.()
    return this.#items.length < this.#limit
  }

  /** No more items; the reader gets what is left, then the end or the error. */
  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  get length(): number {
    return this.#items.length
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    try {
      for (;;) {
        while (this.#items.length > 0) {
          const wasFull = this.#items.length >= this.#limit
          yield this.#items.shift() as T
          if (wasFull && this.#items.length < this.#limit) this.#onDrain?.()
        }
        if (this.#ended) {
          if (this.#error !== undefined) throw this.#error
          return
        }
        await new Promise<void>((resolve) => { this.#wake = resolve })
        this.#wake = undefined
      }
    } finally {
      this.#ended = true
      this.#onDrain = undefined
    }
  }
}
