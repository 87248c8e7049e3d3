import * as dagCbor from '@ipld/dag-cbor'
import * as z from 'zod'
import { PeerId } from '../../contract/ids.ts'
import { addressesOf } from './addresses.ts'
import { RecordCache } from './record-cache.ts'
import type { NetworkStore } from './types.ts'

const maxPeers = 1000
const maxAddresses = 8
const maxAddressLength = 256

const Record = z.strictObject({
  addresses: z.array(z.string().max(maxAddressLength)).max(maxAddresses),
  lastSeenMs: z.int().min(0),
})

export interface KnownPeer {
  peerId: string
  /** Each ends in `/p2p/<peerId>`. The one that worked last comes first. */
  addresses: string[]
  lastSeenMs: number
}

/** Nodes of this network that were met, with the addresses they were met at, so that a restart finds them again. */
export class KnownPeers {
  readonly #cache: RecordCache
  /** What records say: all of them are asked for every few seconds. */
  readonly #decoded = new WeakMap<Uint8Array, KnownPeer>()

  constructor(store: NetworkStore) {
    this.#cache = new RecordCache(store, 'peer:', maxPeers)
    this.#cache.load()
  }

  /** Last seen first. */
  all(): KnownPeer[] {
    const peers = [...this.#cache.entries()].flatMap(([peerId]) => this.get(peerId) ?? [])
    return peers.toSorted((a, b) => b.lastSeenMs - a.lastSeenMs)
  }

  get(peerId: string): KnownPeer | undefined {
    const value = this.#cache.get(peerId)
    if (value === undefined) return undefined
    const before = this.#decoded.get(value)
    if (before !== undefined) return before
    const parsed = Record.safeParse(decode(value))
    if (!parsed.success || !PeerId.safeParse(peerId).success) return undefined
    const peer = { peerId, ...parsed.data }
    this.#decoded.set(value, peer)
    return peer
  }

  /** Whether some peer was last met at this address. */
  isLastAddress(address: string): boolean {
    const peerId = address.slice(address.lastIndexOf('/') + 1)
    return this.get(peerId)?.addresses[0] === address
  }

  /** The peer was there just now; at these addresses, the best first, as far as they are known. */
  saw(peerId: string, addresses: readonly string[], nowMs: number): void {
    const all = addressesOf(peerId, [...addresses, ...this.get(peerId)?.addresses ?? []]).map(String).filter((address) => address.length <= maxAddressLength)
    this.#cache.put(peerId, dagCbor.encode({ addresses: [...new Set(all)].slice(0, maxAddresses), lastSeenMs: nowMs }))
  }

  flush(): void {
    this.#cache.flush()
  }
}

function decode(value: Uint8Array): unknown {
  try {
    return dagCbor.decode(value)
  } catch {
    return undefined
  }
}
