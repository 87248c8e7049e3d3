import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import { DepinError } from '../../contract/errors.ts'
import { type Clock, DeadlineError, deadlineSignal, raceSignal } from '../base/index.ts'
import { addressesOf } from './addresses.ts'
import type { Host } from './host.ts'
import type { KnownPeers } from './known-peers.ts'
import type { Link, Links } from './links.ts'
import type { PeerLimits } from './wire/limits.ts'

export interface DialerDeps {
  clock: Clock
  host: Host
  links: Links
  known: KnownPeers
  limits: PeerLimits
}

/** Makes connections to peers, and waits until they have shown that they belong to this network. */
export class Dialer {
  readonly #deps: DialerDeps

  constructor(deps: DialerDeps) {
    this.#deps = deps
  }

  /**
   * The link to a peer; a new one when there is none.
   *
   * @param addresses where it may be, besides what is known of it.
   * @throws E_PEER_UNREACHABLE, E_PEER_MISBEHAVED when it is kept out, E_REFUSED when it belongs to another network or to none.
   */
  async connect(peerId: string, addresses: readonly string[], deadlineMs: number, parent?: AbortSignal): Promise<Link> {
    const existing = this.#deps.links.best(peerId)
    if (existing !== undefined) return existing
    const refusal = this.#deps.limits.refusal(peerId)
    if (refusal !== undefined) throw refusal
    using deadline = deadlineSignal(this.#deps.clock, `the connection to ${peerId}`, deadlineMs, parent)
    const { signal } = deadline
    try {
      const connection = await raceSignal(this.#dial(peerId, addresses, signal), signal)
      const link = this.#deps.links.of(connection)
      if (link === undefined) throw new Error('The connection closed at once')
      if (link.greeted !== null) await raceSignal(link.greeted, signal)
      return this.#deps.links.best(peerId) ?? link
    } catch (error) {
      throw parent?.aborted === true ? error : unreachable(error, peerId)
    }
  }

  async #dial(peerId: string, addresses: readonly string[], signal: AbortSignal): ReturnType<Host['dial']> {
    const { host, known } = this.#deps
    const id = peerIdFromString(peerId)
    const stored = await host.peerStore.getInfo(id).then((info) => info.multiaddrs, (): Multiaddr[] => [])
    const all = [...addressesOf(peerId, [...addresses, ...known.get(peerId)?.addresses ?? []]), ...stored]
    // with no address of its own, the DHT is asked
    return await host.dial(all.length === 0 ? id : all.map((address) => withPeer(address, peerId)), { signal })
  }
}

function withPeer(address: Multiaddr, peerId: string): Multiaddr {
  return address.toString().endsWith(`/p2p/${peerId}`) ? address : address.encapsulate(`/p2p/${peerId}`)
}

function unreachable(error: unknown, peerId: string): DepinError {
  if (error instanceof DepinError && error.code !== 'E_PEER_UNREACHABLE') return error
  const why = error instanceof DeadlineError ? 'It did not answer in time.' : 'None of its addresses answered.'
  return new DepinError('E_PEER_UNREACHABLE', `${peerId} cannot be reached. ${why}`, {
    next: 'It may be off or behind a firewall. Try again later, or choose another node.', details: { peerId }, cause: error,
  })
}
