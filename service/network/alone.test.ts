import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/clock.ts'
import { aloneAfterMs, createAloneWatch } from './alone.ts'

function setUp() {
  const clock = new FakeClock()
  const facts = { peers: [] as string[], hasNetwork: true }
  let listener = (): void => undefined
  const news: (string | null)[] = []
  const watch = createAloneWatch({
    clock, hasNetwork: () => facts.hasNetwork, onChange: () => news.push(watch.status()?.why ?? null),
    network: {
      connectedPeers: () => facts.peers,
      onPeer(given) {
        listener = () => given({ peerId: 'a', connected: true })
        return () => { listener = () => undefined }
      },
    },
  })
  void watch.start()
  const connect = (...peers: string[]): void => {
    facts.peers = peers
    listener()
  }
  return { clock, facts, watch, news, connect }
}

describe('a computer that nobody is connected to', () => {
  it('says so once it lasts, with the time it began', () => {
    const { clock, watch, news } = setUp()
    const sinceMs = clock.nowMs()
    clock.advance(aloneAfterMs - 1)
    expect(watch.status()).toBeNull()
    clock.advance(1)
    expect(watch.status()).toEqual({ sinceMs, why: 'no-peers' })
    expect(news).toEqual(['no-peers'])
  })

  it('says nothing of what repairs itself in the meantime, and the wait begins anew', () => {
    const { clock, watch, news, connect } = setUp()
    clock.advance(aloneAfterMs / 2)
    connect('a')
    connect()
    clock.advance(aloneAfterMs - 1)
    expect([watch.status(), news]).toEqual([null, []])
  })

  it('is not alone any more at the first that comes', () => {
    const { clock, watch, news, connect } = setUp()
    clock.advance(aloneAfterMs)
    connect('a')
    expect([watch.status(), news]).toEqual([null, ['no-peers', null]])
  })

  it('tells when it has lost its own network, and when that is back', () => {
    const { clock, facts, news } = setUp()
    clock.advance(aloneAfterMs)
    facts.hasNetwork = false
    clock.advance(2 * aloneAfterMs)
    facts.hasNetwork = true
    clock.advance(aloneAfterMs)
    expect(news).toEqual(['no-peers', 'no-network', 'no-peers'])
  })

  it('is asked nothing after its stop', () => {
    const { clock, watch, news } = setUp()
    void watch.stop()
    clock.advance(2 * aloneAfterMs)
    expect(news).toEqual([])
  })
})
