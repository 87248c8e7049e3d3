import type { LogChunk, LogOptions } from '../types.ts'

/** What a container has printed, kept as an engine keeps it: readers go through it at their own pace. */
export class FakeLog {
  readonly #chunks: LogChunk[] = []
  #wake = Promise.withResolvers<null>()
  #writing = false

  write(chunk: LogChunk): void {
    this.#chunks.push(chunk)
    this.#notify()
  }

  /** Followers wait for more while it is open. */
  setWriting(writing: boolean): void {
    this.#writing = writing
    this.#notify()
  }

  async *read({ follow, tailLines, signal }: LogOptions): AsyncGenerator<LogChunk, void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    for (let next = Math.max(0, this.#chunks.length - tailLines); ;) {
      signal.throwIfAborted()
      const chunk = this.#chunks[next]
      if (chunk !== undefined) {
        next++
        yield chunk
      } else if (follow && this.#writing) {
        await Promise.race([this.#wake.promise, aborted])
      } else {
        return
      }
    }
  }

  #notify(): void {
    this.#wake.resolve(null)
    this.#wake = Promise.withResolvers<null>()
  }
}
