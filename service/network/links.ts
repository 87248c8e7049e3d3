import type { Connection, PeerId as HostPeerId } from '@libp2p/interface'
import { DepinError } from '../../contract/errors.ts'
import type { Clock, Disposer, Logger } from '../base/index.ts'
import { helloProtocol } from './hello.ts'
import { muxerOf } from './mux/muxer.ts'
import type { Session } from './mux/session.ts'
import { type Channel, ChannelError } from './mux/types.ts'
import type { Answerer, Opener } from './wire/answer.ts'
import { callRequest } from './wire/call.ts'
import { isOffence } from './wire/errors.ts'
import type { PeerLimits } from './wire/limits.ts'
import { NotSpokenError } from './wire/select.ts'

/** Nodes of another network, and programs that are none of ours, are left alone for so long. */
const strangerMs = 10 * 60_000

/**
 * A connection to a node, with what we know of it:
 *
 *     greeting ──it is of our network──► up ──► closed
 *        └──it is not, or does not answer──────► closed
 */
export interface Link extends Opener {
  readonly session: Session
  /** Through a relay, which bounds it. */
  readonly isLimited: boolean
  readonly isOutbound: boolean
  readonly address: string
  readonly hostPeerId: HostPeerId
  state: 'greeting' | 'up' | 'closed'
}

export interface LinksDeps {
  clock: Clock
  log: Logger
  limits: PeerLimits
  answerer: Answerer
  networkName: string
  peerId: string
}

/** The connections there are, and which peers are met by them. */
export class Links {
  readonly #deps: LinksDeps
  readonly #byPeer = new Map<string, Set<Link>>()
  readonly #byConnection = new Map<Connection, Link>()
  readonly #listeners = new Set<(event: { peerId: string, connected: boolean }) => void>()

  constructor(deps: LinksDeps) {
    this.#deps = deps
    deps.answerer.onRequest(helloProtocol, ({ network }, { peerId }) => this.#answerHello(network, peerId), true)
  }

  onPeer(listener: (event: { peerId: string, connected: boolean }) => void): Disposer {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Takes a connection that libp2p has just made, and greets the peer. */
  add(connection: Connection): void {
    const muxer = muxerOf(connection)
    if (muxer === undefined) {
      connection.abort(new Error('A connection without a muxer of ours'))
      return
    }
    const link = newLink(connection, muxer.session, (channel) => muxer.hand(channel))
    this.#byConnection.set(connection, link)
    void muxer.session.whenClosed.then((error) => this.#onClosed(connection, link, error))
    muxer.session.serve((channel) => void this.#deps.answerer.accept(channel, link))
    const greeted = this.#greet(link).then(() => this.#onUp(link))
    link.greeted = greeted
    greeted.catch((error: unknown) => {
      this.#deps.log.debug('a connection was not to a node of this network', { peerId: link.peerId, error })
      connection.abort(error as Error)
    })
  }

  of(connection: Connection): Link | undefined {
    return this.#byConnection.get(connection)
  }

  /** The best way to a peer that is connected. */
  best(peerId: string): Link | undefined {
    let best: Link | undefined
    for (const link of this.#byPeer.get(peerId) ?? []) {
      if (link.session.state === 'open' && (best === undefined || this.#rank(link) > this.#rank(best))) best = link
    }
    return best
  }

  peerIds(): string[] {
    return [...this.#byPeer.keys()]
  }

  /** Ends all connections to a peer. */
  cut(peerId: string): void {
    for (const [connection, link] of this.#byConnection) {
      if (link.peerId === peerId) connection.abort(new ChannelError('This peer is not wanted now'))
    }
  }

  cutAll(): void {
    for (const connection of this.#byConnection.keys()) connection.abort(new ChannelError('This node stops'))
  }

  /** Looks after every connection: is it alive, and is it needed? */
  pulse(): void {
    for (const [connection, link] of this.#byConnection) {
      link.session.pulse()
      const isSpare = link.state === 'up' && link.isOutbound && link !== this.best(link.peerId)
      if (isSpare && link.session.channelCount === 0) void connection.close().catch(() => undefined)
    }
  }

  /** Direct before relayed. Of two alike, which is what two nodes get that dial each other at once, both keep the same. */
  #rank(link: Link): number {
    const dialledBySmaller = link.isOutbound === (this.#deps.peerId < link.peerId)
    return (link.isLimited ? 0 : 2) + (dialledBySmaller ? 1 : 0)
  }

  #answerHello(network: string, peerId: string): { network: string } {
    const { networkName, limits } = this.#deps
    if (network === networkName) return { network: networkName }
    const why = otherNetwork(peerId, network, networkName)
    limits.refuse(peerId, strangerMs, why)
    throw new DepinError('E_REFUSED', `This node is in the network “${networkName}”, not in “${network}”.`, { next: 'Connect to nodes of your own network.', details: { network: networkName } })
  }

  async #greet(link: Link): Promise<void> {
    const { clock, limits, networkName } = this.#deps
    try {
      const patience = { what: `the greeting of ${link.peerId}`, deadlineMs: helloProtocol.deadlineMs }
      const answer = await callRequest({ session: link.session, clock, patience }, helloProtocol, { network: networkName })
      if (answer.network !== networkName) throw otherNetwork(link.peerId, answer.network, networkName)
    } catch (error) {
      const why = strangeness(error, link.peerId)
      if (why !== undefined) limits.refuse(link.peerId, strangerMs, why)
      throw why ?? error
    }
  }

  #onUp(link: Link): void {
    if (link.session.state !== 'open') throw new ChannelError('The connection closed')
    link.state = 'up'
    link.greeted = null
    // the first measurement had the work of connecting in it
    link.session.ping()
    const links = this.#byPeer.get(link.peerId)
    this.#byPeer.set(link.peerId, (links ?? new Set()).add(link))
    if (links === undefined) this.#tell(link.peerId, true)
  }

  #onClosed(connection: Connection, link: Link, error: Error | undefined): void {
    this.#byConnection.delete(connection)
    link.state = 'closed'
    if (isOffence(error)) this.#deps.limits.offend(link.peerId)
    const links = this.#byPeer.get(link.peerId)
    if (links?.delete(link) !== true || links.size > 0) return
    this.#byPeer.delete(link.peerId)
    this.#tell(link.peerId, false)
  }

  #tell(peerId: string, connected: boolean): void {
    for (const listener of [...this.#listeners]) listener({ peerId, connected })
  }
}

/** Why a peer that answered a greeting like this is left alone; undefined when it merely did not answer. */
function strangeness(error: unknown, peerId: string): DepinError | undefined {
  if (error instanceof DepinError && error.code === 'E_REFUSED') return error
  if (!isOffence(error) && !(error instanceof NotSpokenError)) return undefined
  return new DepinError('E_REFUSED', `${peerId} is not a node of Depin.`, { next: 'Choose another address.', details: { peerId }, cause: error })
}

function otherNetwork(peerId: string, network: string, ours: string): DepinError {
  return new DepinError('E_REFUSED', `${peerId} is in the network “${network}”, and this node is in “${ours}”.`, { next: 'Connect to nodes of your own network.', details: { peerId, network } })
}

function newLink(connection: Connection, session: Session, hand: (channel: Channel) => void): Link {
  return {
    peerId: connection.remotePeer.toString(),
    hostPeerId: connection.remotePeer,
    session,
    hand,
    isLimited: connection.limits !== undefined,
    isOutbound: connection.direction === 'outbound',
    address: connection.remoteAddr.toString(),
    state: 'greeting',
    greeted: null,
  }
}
