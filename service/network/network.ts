import type { Duplex } from 'node:stream'
import type * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { PeerId } from '../../contract/ids.ts'
import type { DuplexProtocol, RequestProtocol, StreamProtocol } from '../../contract/wire/v1/protocols.ts'
import { deadlineSignal, type Disposer } from '../base/index.ts'
import { addressesOf, publicFirst } from './addresses.ts'
import { readInvite, writeInvite } from './invite.ts'
import { peerIdOf, privateKeyOf, publicKeyOf } from './keys.ts'
import { Links } from './links.ts'
import type { Session } from './mux/session.ts'
import { type Lasting, type Runtime, startRuntime } from './runtime.ts'
import type { Caller, CallOptions, DuplexOptions, Network, NetworkDeps, NetworkOptions, PeerInfo } from './types.ts'
import { Answerer } from './wire/answer.ts'
import { type CallContext, callDuplex, callRequest, callStream } from './wire/call.ts'
import { isOffence, toCallError } from './wire/errors.ts'
import { PeerLimits } from './wire/limits.ts'

const connectMs = 10_000
const joinMs = 15_000
const findMs = 10_000

/** `stopped ──start──► running ──stop──► stopped` */
type State = { phase: 'stopped' } | { phase: 'running', runtime: Runtime }

/** One node's share of the network. */
export class NodeNetwork implements Network {
  readonly peerId: string
  readonly #options: NetworkOptions
  readonly #deps: NetworkDeps
  readonly #lasting: Lasting
  #state: State = { phase: 'stopped' }

  constructor(options: NetworkOptions, deps: NetworkDeps) {
    const { clock } = deps
    const log = deps.log.child({ part: 'network' })
    this.peerId = peerIdOf(publicKeyOf(privateKeyOf(deps.seed)))
    this.#options = options
    this.#deps = { ...deps, log }
    const limits: PeerLimits = new PeerLimits(clock, (peerId) => {
      log.info('a peer broke the rules too often and is kept out for a while', { peerId })
      links.cut(peerId)
    })
    const answerer = new Answerer({ clock, log, limits })
    const links = new Links({ clock, log, limits, answerer, networkName: options.networkName, peerId: this.peerId })
    this.#lasting = { peerId: this.peerId, answerer, limits, links }
  }

  async start(): Promise<void> {
    if (this.#state.phase === 'running') return
    this.#state = { phase: 'running', runtime: await startRuntime(this.#options, this.#deps, this.#lasting) }
    this.#deps.log.info('the network is up', { peerId: this.peerId, addresses: this.addresses() })
  }

  async stop(): Promise<void> {
    if (this.#state.phase === 'stopped') return
    const { runtime } = this.#state
    this.#state = { phase: 'stopped' }
    await runtime.stop()
  }

  addresses(): string[] {
    if (this.#state.phase === 'stopped') return []
    return addressesOf(this.peerId, publicFirst(this.#state.runtime.host.getMultiaddrs()).map(String)).map(String)
  }

  async request<I extends z.ZodType, O extends z.ZodType>(peerId: string, protocol: RequestProtocol<I, O>, input: z.input<I>, options: CallOptions = {}): Promise<z.output<O>> {
    return await this.#talk(peerId, protocol, options, (context) => callRequest(context, protocol, input))
  }

  async* stream<I extends z.ZodType, T extends z.ZodType>(peerId: string, protocol: StreamProtocol<I, T>, input: z.input<I>, options: CallOptions = {}): AsyncGenerator<z.output<T>, void> {
    const context = await this.#context(peerId, protocol, options)
    try {
      yield* callStream(context, protocol, input)
    } catch (error) {
      throw this.#judge(error, peerId, protocol.id)
    }
  }

  async duplex<I extends z.ZodType>(peerId: string, protocol: DuplexProtocol<I>, input: z.input<I>, options: DuplexOptions = {}): Promise<Duplex> {
    return await this.#talk(peerId, protocol, options, (context) => callDuplex(context, protocol, input, options.early))
  }

  handleRequest<I extends z.ZodType, O extends z.ZodType>(protocol: RequestProtocol<I, O>, handler: (input: z.output<I>, caller: Caller) => Promise<z.input<O>> | z.input<O>): void {
    this.#lasting.answerer.onRequest(protocol, handler)
  }

  handleStream<I extends z.ZodType, T extends z.ZodType>(protocol: StreamProtocol<I, T>, handler: (input: z.output<I>, caller: Caller) => AsyncIterable<z.input<T>>): void {
    this.#lasting.answerer.onStream(protocol, handler)
  }

  handleDuplex<I extends z.ZodType>(protocol: DuplexProtocol<I>, handler: (input: z.output<I>, caller: Caller) => Promise<Duplex>): void {
    this.#lasting.answerer.onDuplex(protocol, handler)
  }

  async connect(peerId: string, options: CallOptions = {}): Promise<void> {
    await this.#session(peerId, options.deadlineMs ?? connectMs, options.signal)
  }

  isConnected(peerId: string): boolean {
    return peerId === this.peerId || this.#lasting.links.best(peerId) !== undefined
  }

  connectedPeers(): string[] {
    return this.#lasting.links.peerIds()
  }

  peers(): Promise<PeerInfo[]> {
    const { known } = this.#running()
    return Promise.resolve(known.all().map((peer) => this.#describe(peer.peerId)))
  }

  onPeer(listener: (event: { peerId: string, connected: boolean }) => void): Disposer {
    return this.#lasting.links.onPeer(listener)
  }

  async provide(cells: readonly string[]): Promise<void> {
    await this.#running().discovery.provide(cells)
  }

  async* findProviders(cell: string, options: CallOptions = {}): AsyncGenerator<string, void> {
    using deadline = deadlineSignal(this.#deps.clock, `looking for ${cell}`, options.deadlineMs ?? findMs, options.signal)
    try {
      yield* this.#running().discovery.find(cell, deadline.signal)
    } catch (error) {
      if (!deadline.signal.aborted || options.signal?.aborted === true) throw error
    }
  }

  createInvite(validForMs: number): { link: string, expiresAtMs: number } {
    const addresses = this.addresses()
    if (addresses.length === 0) throw new DepinError('E_NOT_RUNNING', 'This node is at no address yet.', { next: 'Start it, and make the link then.' })
    const expiresAtMs = this.#deps.clock.nowMs() + validForMs
    return { link: writeInvite(privateKeyOf(this.#deps.seed), { network: this.#options.networkName, addresses, expiresAtMs }), expiresAtMs }
  }

  async join(link: string, options: CallOptions = {}): Promise<PeerInfo> {
    const { clock } = this.#deps
    const runtime = this.#running()
    const { peerId, addresses } = readInvite(link, this.#options.networkName, clock.nowMs())
    if (peerId === this.peerId) throw new DepinError('E_INVITE', 'This link was made by this very node.', { next: 'Use it on another computer.' })
    // the owner vouches for this peer, whatever was
    this.#lasting.limits.forgive(peerId)
    await runtime.dialer.connect(peerId, addresses, options.deadlineMs ?? joinMs, options.signal)
    runtime.known.saw(peerId, addresses, clock.nowMs())
    runtime.flush()
    return this.#describe(peerId)
  }

  #describe(peerId: string): PeerInfo {
    const link = this.#lasting.links.best(peerId)
    const peer = this.#running().known.get(peerId)
    return {
      peerId,
      addresses: peer?.addresses ?? [],
      connected: link !== undefined,
      lastSeenMs: link === undefined ? peer?.lastSeenMs ?? null : this.#deps.clock.nowMs(),
      roundTripMs: link?.session.measuredRoundTripMs ?? null,
    }
  }

  async #talk<T>(peerId: string, protocol: { id: string, deadlineMs: number }, options: CallOptions, talk: (context: CallContext) => Promise<T>): Promise<T> {
    const context = await this.#context(peerId, protocol, options)
    try {
      return await talk(context)
    } catch (error) {
      throw this.#judge(error, peerId, protocol.id)
    }
  }

  /** A session with the peer, and what is left of the patience after connecting. */
  async #context(peerId: string, protocol: { id: string, deadlineMs: number }, options: CallOptions): Promise<CallContext> {
    const { clock } = this.#deps
    const deadlineMs = options.deadlineMs ?? protocol.deadlineMs
    const startedAtMs = clock.monotonicMs()
    const session = await this.#session(peerId, deadlineMs, options.signal)
    const leftMs = Math.max(1, deadlineMs - (clock.monotonicMs() - startedAtMs))
    return { session, clock, patience: { what: protocol.id, deadlineMs: leftMs, signal: options.signal } }
  }

  async #session(peerId: string, deadlineMs: number, signal?: AbortSignal): Promise<Session> {
    const { dialer, self } = this.#running()
    if (peerId === this.peerId) return self
    const existing = this.#lasting.links.best(peerId)
    if (existing !== undefined) return existing.session
    if (!PeerId.safeParse(peerId).success) throw new DepinError('E_BAD_INPUT', `“${peerId.slice(0, 100)}” is not a peer id.`, { next: 'A peer id begins with 12D3KooW.' })
    const link = await dialer.connect(peerId, [], deadlineMs, signal)
    return link.session
  }

  /** What a failed conversation means, and to whom it counts. */
  #judge(error: unknown, peerId: string, protocolId: string): unknown {
    if (isOffence(error)) this.#lasting.limits.offend(peerId)
    return toCallError(error, peerId, protocolId)
  }

  #running(): Runtime {
    if (this.#state.phase === 'running') return this.#state.runtime
    throw new DepinError('E_NOT_RUNNING', 'The network of this node is not running.', { next: 'Start the node.' })
  }
}
