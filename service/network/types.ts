/**
 * The peer network: who is there, and typed conversations with them. Everything that crosses it goes through `request`,
 * `stream` or `duplex`; nothing else in the service opens a libp2p stream.
 */
import type { Duplex } from 'node:stream'
import type * as z from 'zod'
import type { DuplexProtocol, RequestProtocol, StreamProtocol } from '../../contract/wire/v1/protocols.ts'
import type { BaseDeps, Disposer, Startable } from '../base/index.ts'
import type { EarlyBytes } from './wire/early.ts'

/** Who asks, as the transport proved it. */
export interface Caller {
  peerId: string
  /** Aborts when the caller is gone or the deadline has passed. */
  signal: AbortSignal
}

export interface CallOptions {
  signal?: AbortSignal
  /** Overrides the protocol's own, ms. */
  deadlineMs?: number
}

export interface DuplexOptions extends CallOptions {
  /** Of the socket that the conversation is to be joined with: what it says is sent before the handler has accepted. */
  early?: EarlyBytes
}

/** A known peer. `roundTripMs` is null until measured. */
export interface PeerInfo {
  peerId: string
  addresses: string[]
  connected: boolean
  lastSeenMs: number | null
  roundTripMs: number | null
}

/**
 * Typed conversations. Both ends parse with the protocol's schema: a caller never sees an unparsed answer, a handler
 * never an unparsed question. Errors thrown by a handler reach the caller as a `DepinError` with its code; what is not a
 * `DepinError` reaches it as E_INTERNAL. A peer that breaks the protocol makes E_PEER_MISBEHAVED, one that is late
 * E_DEADLINE, one that cannot be reached E_PEER_UNREACHABLE, a message over the bound E_TOO_LARGE.
 */
export interface Network extends Startable {
  readonly peerId: string
  /** Addresses others can dial, each ending in `/p2p/<peerId>`. */
  addresses(): string[]

  request<I extends z.ZodType, O extends z.ZodType>(peerId: string, protocol: RequestProtocol<I, O>, input: z.input<I>, options?: CallOptions): Promise<z.output<O>>
  /** Items as they come, never faster than they are read. Ends with the handler; throws when it is cut. */
  stream<I extends z.ZodType, T extends z.ZodType>(peerId: string, protocol: StreamProtocol<I, T>, input: z.input<I>, options?: CallOptions): AsyncIterable<z.output<T>>
  /** After the handler accepted: bytes both ways, each way closed on its own (half-close), with backpressure. */
  duplex<I extends z.ZodType>(peerId: string, protocol: DuplexProtocol<I>, input: z.input<I>, options?: DuplexOptions): Promise<Duplex>

  handleRequest<I extends z.ZodType, O extends z.ZodType>(protocol: RequestProtocol<I, O>, handler: (input: z.output<I>, caller: Caller) => Promise<z.input<O>> | z.input<O>): void
  handleStream<I extends z.ZodType, T extends z.ZodType>(protocol: StreamProtocol<I, T>, handler: (input: z.output<I>, caller: Caller) => AsyncIterable<z.input<T>>): void
  /** The handler refuses by throwing before it returns; it returns what to join to the caller. */
  handleDuplex<I extends z.ZodType>(protocol: DuplexProtocol<I>, handler: (input: z.output<I>, caller: Caller) => Promise<Duplex>): void

  /** Connects unless connected. E_PEER_UNREACHABLE when no address answers. */
  connect(peerId: string, options?: CallOptions): Promise<void>
  isConnected(peerId: string): boolean
  /** Ids of the peers connected now. */
  connectedPeers(): string[]
  peers(): Promise<PeerInfo[]>
  onPeer(listener: (event: { peerId: string, connected: boolean }) => void): Disposer

  /** Tells the network that this node sells in these cells, until called with others. Renewed by itself. */
  provide(cells: readonly string[]): Promise<void>
  /** Peers that sell in a cell, as far as the DHT knows. Ends at the deadline. */
  findProviders(cell: string, options?: CallOptions): AsyncIterable<string>

  /** A signed link that lets another node find this one. */
  createInvite(validForMs: number): { link: string, expiresAtMs: number }
  /** Dials who made the link, keeps them as a known peer. E_INVITE, E_INVITE_EXPIRED, E_PEER_UNREACHABLE. */
  join(link: string, options?: CallOptions): Promise<PeerInfo>
}

/** Where known peers and libp2p's own records are kept. */
export interface NetworkStore {
  get(key: string): Uint8Array | undefined
  /** Pairs whose key begins with `prefix`, in key order. */
  list(prefix: string): { key: string, value: Uint8Array }[]
  /** All or nothing, durable when it returns. A null value deletes. */
  apply(changes: readonly { key: string, value: Uint8Array | null }[]): void
}

export interface NetworkOptions {
  /** Multiaddrs to listen on; empty: the TCP port of last time, or any, on all addresses. */
  listen: readonly string[]
  /** Multiaddrs with `/p2p/<peerId>` to begin with and to come back to. */
  bootstrap: readonly string[]
  mdns: boolean
  /** Only nodes with the same name talk to each other. */
  networkName: string
  /** Memory: many nodes in one process, which reach only each other. TCP when left out. */
  transport?: 'tcp' | 'memory'
}

export interface NetworkDeps extends BaseDeps {
  /** Of the node's Ed25519 key, 32 bytes. */
  seed: Uint8Array
  store: NetworkStore
}
