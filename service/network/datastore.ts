import { BaseDatastore } from 'datastore-core'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import { NotFoundError } from 'interface-store'
import { RecordCache } from './record-cache.ts'
import type { NetworkStore } from './types.ts'

const maxRecordsPerNamespace = 10_000

/** libp2p's own records (peers, the DHT) in our store. Each of libp2p's namespaces is bounded on its own. */
export class HostDatastore extends BaseDatastore {
  readonly #caches: readonly { namespace: string, cache: RecordCache }[]

  constructor(store: NetworkStore) {
    super()
    this.#caches = ['/peers/', '/dht/', '/'].map((namespace) => ({ namespace, cache: new RecordCache(store, `libp2p:${namespace}:`, maxRecordsPerNamespace) }))
    for (const { cache } of this.#caches) cache.load()
  }

  override put(key: Key, value: Uint8Array): Key {
    this.#cacheOf(key.toString()).put(key.toString(), value)
    return key
  }

  override get(key: Key): Uint8Array {
    const value = this.#cacheOf(key.toString()).get(key.toString())
    if (value === undefined) throw new NotFoundError(`${key.toString()} is not there`)
    return value
  }

  override has(key: Key): boolean {
    return this.#cacheOf(key.toString()).get(key.toString()) !== undefined
  }

  override delete(key: Key): void {
    this.#cacheOf(key.toString()).delete(key.toString())
  }

  override* _all(query: Query): Generator<Pair> {
    for (const [key, value] of this.#under(query.prefix ?? '')) yield { key: new Key(key, false), value }
  }

  override* _allKeys(query: KeyQuery): Generator<Key> {
    for (const [key] of this.#under(query.prefix ?? '')) yield new Key(key, false)
  }

  flush(): void {
    for (const { cache } of this.#caches) cache.flush()
  }

  /** A copy: whoever walks through it may write meanwhile. */
  #under(prefix: string): [string, Uint8Array][] {
    return this.#caches.flatMap(({ cache }) => [...cache.entries()].filter(([key]) => key.startsWith(prefix)))
  }

  #cacheOf(key: string): RecordCache {
    const found = this.#caches.find(({ namespace }) => key.startsWith(namespace))
    if (found === undefined) throw new RangeError(`${key} is not a key`)
    return found.cache
  }
}
