import { type PeerDiscovery, type PeerDiscoveryEvents, type PeerDiscoveryProvider, peerDiscoverySymbol, TypedEventEmitter } from '@libp2p/interface'
import { kadDHT, type KadDHT, type KadDHTComponents, passthroughMapper } from '@libp2p/kad-dht'
import type { Clock } from '../base/index.ts'
import { PeerNews } from './news.ts'

/**
 * The network's own DHT. Every answer in it names up to twenty nodes, in a small network the same ones each time, and
 * libp2p's peer store reads, decodes and writes a record for each: that was most of what an idle node did. So the store is
 * told of what is new only.
 */
export function createDht(networkName: string, clock: Clock): (components: KadDHTComponents) => KadDHT {
  const create = kadDHT({
    protocol: `/depin/${networkName}/kad/1`,
    clientMode: false,
    // a network may live in one house: private addresses are as good as public ones
    peerInfoMapper: passthroughMapper,
    allowQueryWithZeroPeers: true,
  })
  return (components) => {
    const dht: KadDHT & Partial<PeerDiscoveryProvider> = create(components)
    const heard = dht[peerDiscoverySymbol]
    if (heard !== undefined) Object.defineProperty(dht, peerDiscoverySymbol, { value: onlyNews(heard, new PeerNews(clock)) })
    return dht
  }
}

function onlyNews(heard: PeerDiscovery, news: PeerNews): PeerDiscovery {
  const discovery = new TypedEventEmitter<PeerDiscoveryEvents>()
  heard.addEventListener('peer', ({ detail }) => {
    if (news.isNew(detail)) discovery.safeDispatchEvent('peer', { detail })
  })
  return discovery
}
