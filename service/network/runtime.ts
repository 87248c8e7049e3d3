/** Everything that exists between a start and a stop: the host, the loops, and what ties them together. */
import type { Connection, IdentifyResult, PeerInfo as HostPeerInfo } from '@libp2p/interface'
import { Cycle, type Disposer } from '../base/index.ts'
import { createAddressOrder } from './addresses.ts'
import { HostDatastore } from './datastore.ts'
import { Dialer } from './dialer.ts'
import { Discovery } from './discovery.ts'
import { createGate } from './gate.ts'
import { createHost, type Host, maxInboundConnections } from './host.ts'
import { bootstrapWishes, Keeper, type Wish } from './keeper.ts'
import { KnownPeers } from './known-peers.ts'
import { listenAddresses, listenError } from './listen.ts'
import type { Links } from './links.ts'
import type { Session } from './mux/session.ts'
import { createSelfSession } from './self.ts'
import type { NetworkDeps, NetworkOptions } from './types.ts'
import type { Answerer } from './wire/answer.ts'
import type { PeerLimits } from './wire/limits.ts'

export interface Runtime {
  host: Host
  dialer: Dialer
  discovery: Discovery
  keeper: Keeper
  known: KnownPeers
  self: Session
  /** Writes what is remembered of peers. Durable when it returns. */
  flush(): void
  stop(): Promise<void>
}

/** What lives as long as the network object: handlers and links are registered before a start and outlive a stop. */
export interface Lasting { peerId: string, answerer: Answerer, limits: PeerLimits, links: Links }

const pulseMs = 5_000
const flushMs = 10_000
const dialMs = 15_000
/** So many of the nodes we know we stay connected with; others when they are needed. */
const maxKept = 48

export async function startRuntime(options: NetworkOptions, deps: NetworkDeps, lasting: Lasting): Promise<Runtime> {
  const { clock, log, store } = deps
  const { links, limits, peerId, answerer } = lasting
  const datastore = new HostDatastore(store)
  const known = new KnownPeers(store)
  const lastAddress = (address: string): boolean => known.isLastAddress(address)
  const listen = await listenAddresses(options, peerId, store)
  const host = await createHost(options, listen, {
    ...deps, datastore, addressOrder: createAddressOrder(lastAddress),
    gate: createGate({ limits, maxInbound: maxInboundConnections }),
    onNeighbour: (peer) => void meetNeighbour(peer),
  })
  const dialer = new Dialer({ clock, host, links, known, limits })
  const wishes = bootstrapWishes(options.bootstrap, peerId)
  const dial = (wish: Wish, signal?: AbortSignal): Promise<unknown> =>
    dialer.connect(wish.peerId, wish.addresses, dialMs, signal)
  const keeper = new Keeper({
    ...deps, dial, isConnected: (id) => links.best(id) !== undefined,
    wishes: () => [...wishes, ...known.all().slice(0, maxKept).filter((peer) => !limits.isRefused(peer.peerId))],
  })
  const discovery = new Discovery(options.networkName, host, deps)
  const flush = (): void => {
    datastore.flush()
    known.flush()
  }
  const cycles = [
    keeper.cycle, discovery.cycle,
    new Cycle({ ...deps, name: 'look after connections', intervalMs: pulseMs, run: now(() => links.pulse()) }),
    new Cycle({ ...deps, name: 'write what is known of peers', intervalMs: flushMs, run: now(flush) }),
  ]

  /** A node on the LAN is worth a connection at once; mDNS tells of it again and again. */
  async function meetNeighbour(peer: HostPeerInfo): Promise<void> {
    const wish = { peerId: peer.id.toString(), addresses: peer.multiaddrs.map(String) }
    if (wish.peerId === peerId || links.best(wish.peerId) !== undefined) return
    await dial(wish).catch((error: unknown) => log.debug('a node on this LAN does not answer', { peerId: wish.peerId, error }))
  }

  const disposers = [watchHost(host, links, known, clock), watchPeers({ host, links, known, discovery, keeper, clock })]
  await startHost(host, listen)
  for (const cycle of cycles) cycle.start()
  const self = createSelfSession(peerId, clock, answerer)
  return {
    host, dialer, discovery, keeper, known, flush, self,
    async stop() {
      for (const dispose of disposers) dispose()
      discovery.stop()
      for (const cycle of cycles) await cycle.stop()
      self.close()
      links.cutAll()
      await host.stop()
      flush()
    },
  }
}

/** Work that is done at once, as a turn of a loop. */
function now(work: () => void): () => Promise<void> {
  return () => Promise.try(work)
}

async function startHost(host: Host, listen: readonly string[]): Promise<void> {
  try {
    await host.start()
  } catch (error) {
    throw listenError(error, listen)
  }
}

/** Every connection becomes a link; where a peer says that it listens is remembered. */
function watchHost(host: Host, links: Links, known: KnownPeers, clock: NetworkDeps['clock']): Disposer {
  const onOpen = (event: CustomEvent<Connection>): void => links.add(event.detail)
  const onIdentify = ({ detail }: CustomEvent<IdentifyResult>): void => {
    const id = detail.peerId.toString()
    if (links.best(id) !== undefined) known.saw(id, detail.listenAddrs.map(String), clock.nowMs())
  }
  host.addEventListener('connection:open', onOpen)
  host.addEventListener('peer:identify', onIdentify)
  return () => {
    host.removeEventListener('connection:open', onOpen)
    host.removeEventListener('peer:identify', onIdentify)
  }
}

interface Watched { host: Host, links: Links, known: KnownPeers, discovery: Discovery, keeper: Keeper, clock: NetworkDeps['clock'] }

/** Nodes of this network are remembered, with the address that led to them first. */
function watchPeers({ host, links, known, discovery, keeper, clock }: Watched): Disposer {
  return links.onPeer(({ peerId, connected }) => {
    const link = connected ? links.best(peerId) : undefined
    known.saw(peerId, link?.isOutbound === true ? [link.address] : [], clock.nowMs())
    if (link === undefined) {
      keeper.retryNow(peerId)
      return
    }
    discovery.onPeer()
    void host.peerStore.getInfo(link.hostPeerId).then(({ multiaddrs }) => known.saw(peerId, multiaddrs.map(String), clock.nowMs()), () => undefined)
  })
}
