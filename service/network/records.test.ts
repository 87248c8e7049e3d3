import { Key } from 'interface-datastore'
import { describe, expect, it } from 'vitest'
import { HostDatastore } from './datastore.ts'
import { KnownPeers } from './known-peers.ts'
import { RecordCache } from './record-cache.ts'
import { createMemoryStore } from './store.memory.ts'
import { peerIdOf, privateKeyOf, publicKeyOf } from './keys.ts'

const peerOf = (index: number): string => peerIdOf(publicKeyOf(privateKeyOf(Buffer.alloc(32, index))))

describe('records in memory', () => {
  it('are written when asked, in one go, and read again', () => {
    const store = createMemoryStore()
    const cache = new RecordCache(store, 'x:', 10)
    cache.put('a', Uint8Array.of(1))
    cache.put('b', Uint8Array.of(2))
    cache.delete('b')
    expect(store.list('')).toEqual([])
    cache.flush()
    expect(store.list('')).toEqual([{ key: 'x:a', value: Uint8Array.of(1) }])
    const again = new RecordCache(store, 'x:', 10)
    again.load()
    expect(again.get('a')).toEqual(Uint8Array.of(1))
    again.delete('a')
    again.flush()
    expect(store.list('')).toEqual([])
  })

  it('are bounded: the oldest goes, from the store as well', () => {
    const store = createMemoryStore()
    const cache = new RecordCache(store, 'x:', 3)
    for (const key of ['a', 'b', 'c']) cache.put(key, Uint8Array.of(0))
    cache.flush()
    cache.put('a', Uint8Array.of(1))
    cache.put('d', Uint8Array.of(1))
    cache.flush()
    expect(store.list('').map(({ key }) => key)).toEqual(['x:a', 'x:c', 'x:d'])
    expect(() => cache.put('e', new Uint8Array(1 << 20))).toThrow(RangeError)
  })
})

describe('libp2p’s datastore', () => {
  it('keeps what it is given, across a restart', async () => {
    const store = createMemoryStore()
    const datastore = new HostDatastore(store)
    datastore.put(new Key('/peers/a'), Uint8Array.of(1))
    datastore.put(new Key('/dht/provider/x/1'), Uint8Array.of(2))
    datastore.put(new Key('/dht/provider/y/1'), Uint8Array.of(3))
    datastore.flush()
    const again = new HostDatastore(store)
    expect(again.get(new Key('/peers/a'))).toEqual(Uint8Array.of(1))
    expect(again.has(new Key('/peers/b'))).toBe(false)
    const found: [string, Uint8Array][] = []
    for await (const { key, value } of again.query({ prefix: '/dht/provider/x' })) found.push([key.toString(), value])
    expect(found).toEqual([['/dht/provider/x/1', Uint8Array.of(2)]])
    const keys: string[] = []
    for await (const key of again.queryKeys({ prefix: '/dht' })) keys.push(key.toString())
    expect(keys).toEqual(['/dht/provider/x/1', '/dht/provider/y/1'])
  })

  it('says in libp2p’s way that something is not there', () => {
    expect(() => new HostDatastore(createMemoryStore()).get(new Key('/peers/a'))).toThrow(expect.objectContaining({ name: 'NotFoundError' }) as Error)
  })

  it('does not let one kind of record push out another', () => {
    const datastore = new HostDatastore(createMemoryStore())
    datastore.put(new Key('/peers/a'), Uint8Array.of(1))
    for (let index = 0; index < 10_500; index++) datastore.put(new Key(`/dht/provider/x/${index}`, false), Uint8Array.of(0))
    expect(datastore.has(new Key('/peers/a'))).toBe(true)
    expect(datastore.has(new Key('/dht/provider/x/0'))).toBe(false)
    expect(datastore.has(new Key('/dht/provider/x/10499'))).toBe(true)
  })
})

describe('known peers', () => {
  const [ada, bob] = [peerOf(1), peerOf(2)]

  it('are remembered with their addresses, the last that worked first', () => {
    const store = createMemoryStore()
    const known = new KnownPeers(store)
    known.saw(ada, ['/ip4/10.0.0.1/tcp/1', '/ip4/10.0.0.2/tcp/1'], 1000)
    known.saw(bob, [], 2000)
    known.saw(ada, [`/ip4/10.0.0.2/tcp/1/p2p/${ada}`, 'nonsense', `/ip4/10.0.0.9/tcp/1/p2p/${bob}`], 3000)
    known.flush()
    const again = new KnownPeers(store)
    expect(again.all()).toEqual([
      { peerId: ada, addresses: [`/ip4/10.0.0.2/tcp/1/p2p/${ada}`, `/ip4/10.0.0.1/tcp/1/p2p/${ada}`], lastSeenMs: 3000 },
      { peerId: bob, addresses: [], lastSeenMs: 2000 },
    ])
    expect(again.isLastAddress(`/ip4/10.0.0.2/tcp/1/p2p/${ada}`)).toBe(true)
    expect(again.isLastAddress(`/ip4/10.0.0.1/tcp/1/p2p/${ada}`)).toBe(false)
  })

  it('have eight addresses at most', () => {
    const known = new KnownPeers(createMemoryStore())
    for (let port = 1; port < 100; port++) known.saw(ada, [`/ip4/10.0.0.1/tcp/${port}`], port)
    expect(known.get(ada)?.addresses).toHaveLength(8)
    expect(known.get(ada)?.addresses[0]).toBe(`/ip4/10.0.0.1/tcp/99/p2p/${ada}`)
  })

  it('whose record is damaged are not there', () => {
    const store = createMemoryStore()
    store.apply([{ key: `peer:${ada}`, value: Uint8Array.of(0xff) }, { key: 'peer:nobody', value: Uint8Array.of(0xa0) }])
    expect(new KnownPeers(store).all()).toEqual([])
  })
})
