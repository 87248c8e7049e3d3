/** The libp2p node below: which transports, encryption and services, and with what limits. */
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify, identifyPush } from '@libp2p/identify'
import type { AddressSorter, ComponentLogger, ConnectionGater, Libp2p, Logger as HostLogger, PeerDiscovery, PeerInfo } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'
import { mdns, type MulticastDNSComponents } from '@libp2p/mdns'
import { memory } from '@libp2p/memory'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'
import type { Clock, Logger } from '../base/index.ts'
import type { HostDatastore } from './datastore.ts'
import { createDht } from './dht.ts'
import { privateKeyOf } from './keys.ts'
import { yamux } from './mux/muxer.ts'
import { tls } from './tls/encrypter.ts'
import type { NetworkOptions } from './types.ts'

/** Connections that others made may take three quarters of all. */
export const maxConnections = 300
export const maxInboundConnections = 225
const dayMs = 24 * 60 * 60_000

export type Host = Libp2p<{ dht: KadDHT }>

export interface HostDeps {
  seed: Uint8Array
  clock: Clock
  log: Logger
  datastore: HostDatastore
  gate: ConnectionGater
  /** Sorts the addresses of a peer that is to be dialled. */
  addressOrder: AddressSorter
  /** A node that announced itself on the LAN. */
  onNeighbour: (peer: PeerInfo) => void
}

export async function createHost(options: NetworkOptions, listen: readonly string[], deps: HostDeps): Promise<Host> {
  const { clock, seed } = deps
  const isMemory = options.transport === 'memory'
  return await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', seed),
    start: false,
    addresses: { listen: [...listen] },
    // two minutes of silence are nothing: sessions look after themselves
    transports: isMemory ? [memory()] : [tcp({ inboundSocketInactivityTimeout: 0, outboundSocketInactivityTimeout: 0 }), circuitRelayTransport()],
    connectionEncrypters: [tls({ identityKey: privateKeyOf(seed), clock }), noise()],
    streamMuxers: [yamux({ clock })],
    peerDiscovery: options.mdns && !isMemory ? [neighbours(options.networkName, deps.onNeighbour)] : [],
    services: {
      identify: identify(),
      identifyPush: identifyPush(),
      ping: ping(),
      dht: createDht(options.networkName, clock),
    },
    connectionGater: deps.gate,
    connectionManager: {
      maxConnections,
      // a whole office comes from one address
      inboundConnectionThreshold: isMemory ? Infinity : 200,
      maxIncomingPendingConnections: isMemory ? Infinity : 256,
      addressSorter: deps.addressOrder,
    },
    // it opens a stream to every peer every few seconds; our sessions ask for a sign of life without one
    connectionMonitor: { enabled: false },
    peerStore: { maxAddressAge: 30 * dayMs, maxPeerAge: 30 * dayMs },
    datastore: deps.datastore,
    nodeInfo: { name: 'depin', version: '1', userAgent: 'depin/1' },
    logger: hostLogger(deps.log),
  })
}

/** mDNS under a name of the network's own. It tells of a peer each time it hears of it, where libp2p would tell once. */
function neighbours(networkName: string, onNeighbour: (peer: PeerInfo) => void): (components: MulticastDNSComponents) => PeerDiscovery {
  const create = mdns({ serviceTag: `_depin-${networkName.replaceAll('.', '-')}._udp.local`, interval: 20_000 })
  return (components) => {
    const discovery = create(components)
    discovery.addEventListener('peer', (event) => onNeighbour(event.detail))
    return discovery
  }
}

/** libp2p reports errors in passing, of peers mostly; they are details here. The rest of what it says is dropped unformatted. */
function hostLogger(log: Logger): ComponentLogger {
  const forComponent = (component: string): HostLogger => Object.assign(() => undefined, {
    enabled: false,
    trace: () => undefined,
    error: (format: unknown, ...args: unknown[]) => log.debug('libp2p reports an error', { component, format, reason: args.find((arg) => arg instanceof Error)?.message }),
    newScope: () => forComponent(component),
  })
  return { forComponent }
}
