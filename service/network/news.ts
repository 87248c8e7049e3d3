import type { PeerInfo } from '@libp2p/interface'
import type { Clock } from '../base/index.ts'

/** What was heard is worth hearing again after so long: the peer store forgets addresses in the end. */
const newAgainMs = 60 * 60_000
const maxPeers = 1000
const maxAddresses = 32

interface Heard {
  addresses: Set<string>
  sinceMs: number
}

/** Tells what is new of peers from what was heard before: a node at addresses that it had, or some of them. */
export class PeerNews {
  readonly #clock: Clock
  /** Heard of longest ago first. */
  readonly #heard = new Map<string, Heard>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  isNew({ id, multiaddrs }: PeerInfo): boolean {
    const heard = this.#of(id.toString())
    const fresh = multiaddrs.map(String).filter((address) => !heard.addresses.has(address))
    for (const address of fresh) heard.addresses.add(address)
    return fresh.length > 0
  }

  #of(peerId: string): Heard {
    const nowMs = this.#clock.monotonicMs()
    const before = this.#heard.get(peerId)
    if (before !== undefined && nowMs - before.sinceMs < newAgainMs && before.addresses.size < maxAddresses) return before
    this.#heard.delete(peerId)
    const heard = { addresses: new Set<string>(), sinceMs: nowMs }
    this.#heard.set(peerId, heard)
    const [longestAgo] = this.#heard.keys()
    if (longestAgo !== undefined && this.#heard.size > maxPeers) this.#heard.delete(longestAgo)
    return heard
  }
}
