import type { NetworkStore } from './types.ts'

/** Longer ones are not kept: nothing of ours or libp2p's is. */
const maxValueBytes = 64 * 1024

/**
 * Records in memory, written to the store now and then: libp2p writes on every conversation, and a store that is safe
 * against power loss takes milliseconds for each. Losing the last few seconds of these records costs nothing.
 *
 * Bounded: what was not used for longest goes first, so that a peer cannot fill the disk with what it tells us.
 */
export class RecordCache {
  readonly #store: NetworkStore
  readonly #prefix: string
  readonly #maxRecords: number
  readonly #records = new Map<string, Uint8Array>()
  readonly #dirty = new Set<string>()

  constructor(store: NetworkStore, prefix: string, maxRecords: number) {
    this.#store = store
    this.#prefix = prefix
    this.#maxRecords = maxRecords
  }

  /** Reads what is there. */
  load(): void {
    for (const { key, value } of this.#store.list(this.#prefix)) this.#records.set(key.slice(this.#prefix.length), value)
    this.#dropOldest()
  }

  get(key: string): Uint8Array | undefined {
    return this.#records.get(key)
  }

  put(key: string, value: Uint8Array): void {
    if (value.length > maxValueBytes) throw new RangeError(`A record of ${value.length} bytes is too long`)
    this.#records.delete(key)
    this.#records.set(key, value)
    this.#dirty.add(key)
    this.#dropOldest()
  }

  delete(key: string): void {
    if (this.#records.delete(key)) this.#dirty.add(key)
  }

  /** Oldest first. */
  entries(): IterableIterator<[string, Uint8Array]> {
    return this.#records.entries()
  }

  /** Writes what has changed, in one transaction. Durable when it returns. */
  flush(): void {
    if (this.#dirty.size === 0) return
    this.#store.apply([...this.#dirty].map((key) => ({ key: this.#prefix + key, value: this.#records.get(key) ?? null })))
    this.#dirty.clear()
  }

  #dropOldest(): void {
    for (const key of this.#records.keys()) {
      if (this.#records.size <= this.#maxRecords) return
      this.delete(key)
    }
  }
}
