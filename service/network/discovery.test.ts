import { describe, expect, it } from 'vitest'
import { fakeDeps } from '../testing/deps.ts'
import { Discovery } from './discovery.ts'
import type { Host } from './host.ts'

/** A DHT of some nodes, and how often a record was put into it. */
function aDht(nodes: number) {
  const dht = {
    nodes, told: 0, dropped: 0,
    async* provide() {
      this.told++
      for (let node = 0; node < this.nodes; node++) yield await Promise.resolve({ name: 'PEER_RESPONSE', messageName: 'ADD_PROVIDER' })
    },
    async cancelReprovide() {
      this.dropped++
      return Promise.resolve()
    },
  }
  const deps = fakeDeps()
  return { dht, clock: deps.clock, discovery: new Discovery('test', { services: { dht } } as unknown as Host, deps) }
}

describe('what a node sells', () => {
  it('is told once, however often it is said, and only what is new of it later', async () => {
    const { dht, discovery } = aDht(3)
    await discovery.provide(['any/s', 'any/m'])
    await discovery.provide(['any/s', 'any/m'])
    expect(dht.told).toBe(2)
    await discovery.provide(['any/s', 'any/l'])
    expect([dht.told, dht.dropped]).toEqual([3, 1])
  })

  it('is told again as long as nobody has heard it', async () => {
    const { dht, discovery } = aDht(0)
    await discovery.provide(['any/s'])
    dht.nodes = 1
    await discovery.provide(['any/s'])
    await discovery.provide(['any/s'])
    expect(dht.told).toBe(2)
  })

  it('is told to those that come: soon to the first, together to the rest', async () => {
    const { dht, clock, discovery } = aDht(1)
    await discovery.provide(['any/s'])
    discovery.cycle.start()
    await discovery.cycle.runOnce()
    const before = dht.told
    for (let second = 0; second < 60; second++) {
      discovery.onPeer()
      clock.advance(1000)
    }
    await discovery.cycle.stop()
    expect(dht.told - before).toBe(1)
    discovery.onPeer()
    discovery.stop()
    clock.advance(10 * 60_000)
    expect(dht.told - before).toBe(1)
  })
})
