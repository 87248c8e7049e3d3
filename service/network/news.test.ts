import type { PeerInfo } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/clock.ts'
import { peerIdOf, privateKeyOf, publicKeyOf } from './keys.ts'
import { PeerNews } from './news.ts'

const infoOf = (index: number, ...addresses: string[]): PeerInfo => {
  const seed = Buffer.alloc(32)
  seed.writeUInt32BE(index)
  return { id: peerIdFromString(peerIdOf(publicKeyOf(privateKeyOf(seed)))), multiaddrs: addresses.map((address) => multiaddr(address)) }
}
const home = '/ip4/192.168.1.2/tcp/4001'
const away = '/ip4/192.0.2.7/tcp/4001'

describe('what is heard of peers', () => {
  it('is new once, and again when there is another address', () => {
    const news = new PeerNews(new FakeClock())
    expect([infoOf(1, home), infoOf(1, home), infoOf(2, home), infoOf(1, home, away), infoOf(1, away), infoOf(3)].map((info) => news.isNew(info)))
      .toEqual([true, false, true, true, false, false])
  })

  it('is new again after an hour', () => {
    const clock = new FakeClock()
    const news = new PeerNews(clock)
    news.isNew(infoOf(1, home))
    clock.advance(60 * 60_000 - 1)
    expect(news.isNew(infoOf(1, home))).toBe(false)
    clock.advance(1)
    expect([news.isNew(infoOf(1, home)), news.isNew(infoOf(1, home))]).toEqual([true, false])
  })

  it('is remembered of the last thousand, and of no more addresses than one has', () => {
    const news = new PeerNews(new FakeClock())
    for (let index = 0; index <= 1000; index++) news.isNew(infoOf(index, home))
    expect([news.isNew(infoOf(1000, home)), news.isNew(infoOf(0, home))]).toEqual([false, true])
    for (let port = 1; port <= 32; port++) news.isNew(infoOf(1000, `/ip4/192.0.2.7/tcp/${port}`))
    expect(news.isNew(infoOf(1000, home))).toBe(true)
  })
})
