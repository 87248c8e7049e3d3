import { networkInterfaces } from 'node:os'
import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { fakeDeps } from '../testing/deps.ts'
import { addressesOf, createAddressOrder, publicFirst } from './addresses.ts'
import { originOf } from './gate.ts'
import { bootstrapWishes, Keeper, type Wish } from './keeper.ts'
import { peerIdOf, privateKeyOf, publicKeyOf } from './keys.ts'

const ada = peerIdOf(publicKeyOf(privateKeyOf(Buffer.alloc(32, 1))))
const bob = peerIdOf(publicKeyOf(privateKeyOf(Buffer.alloc(32, 2))))

describe('addresses', () => {
  it('of a peer end in it', () => {
    expect(addressesOf(ada, ['/ip4/1.2.3.4/tcp/5', `/ip4/1.2.3.4/tcp/6/p2p/${ada}`, `/ip4/1.2.3.4/tcp/7/p2p/${bob}`, 'x']).map(String))
      .toEqual([`/ip4/1.2.3.4/tcp/5/p2p/${ada}`, `/ip4/1.2.3.4/tcp/6/p2p/${ada}`])
  })

  it('are tried in the order of their prospects', () => {
    const own = Object.values(networkInterfaces()).flat().find((entry) => entry?.family === 'IPv4')!
    const list = ['/ip4/10.255.77.1/tcp/1', `/ip4/8.8.8.8/tcp/1/p2p/${bob}/p2p-circuit`, '/ip4/8.8.8.8/tcp/1', `/ip4/${own.address}/tcp/1`, '/ip4/9.9.9.9/tcp/1']
    const order = createAddressOrder((address) => address === '/ip4/9.9.9.9/tcp/1')
    expect(list.map((text) => ({ multiaddr: multiaddr(text), isCertified: false })).toSorted(order).map((address) => address.multiaddr.toString()))
      .toEqual([list[4], list[3], list[2], list[1], list[0]])
  })

  it('are shown to others with the public ones first and loopback last', () => {
    const list = ['/ip4/127.0.0.1/tcp/1', '/ip4/192.168.1.2/tcp/1', '/ip4/8.8.8.8/tcp/1', '/ip6/::1/tcp/1'].map((text) => multiaddr(text))
    expect(publicFirst(list).map(String)).toEqual(['/ip4/8.8.8.8/tcp/1', '/ip4/192.168.1.2/tcp/1', '/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1'])
  })

  it.each([
    ['/ip4/8.8.4.77/tcp/1', '8.8.4', 16],
    ['/ip4/192.168.1.7/tcp/1', '192.168.1.7', 256],
    ['/ip6/2a01:4f8::1/tcp/1', '2a01:4f8:0', 16],
    ['/ip6/2a01:4f8:c17:1::1/tcp/1', '2a01:4f8:c17', 16],
  ])('%s counts with its neighbours', (text, name, limit) => {
    expect(originOf(multiaddr(text))).toEqual({ name, limit })
  })

  it('without a network of their own are not counted by it', () => {
    expect(originOf(multiaddr('/memory/a'))).toBeUndefined()
    expect(originOf(multiaddr(`/ip4/8.8.8.8/tcp/1/p2p/${ada}/p2p-circuit`))).toBeUndefined()
  })
})

describe('bootstrap addresses', () => {
  it('are gathered by peer, without ourselves', () => {
    const list = [`/ip4/1.2.3.4/tcp/5/p2p/${ada}`, `/dns4/example.org/tcp/5/p2p/${ada}`, `/ip4/1.2.3.4/tcp/5/p2p/${bob}`]
    expect(bootstrapWishes(list, bob)).toEqual([{ peerId: ada, addresses: list.slice(0, 2) }])
  })

  it.each(['/ip4/1.2.3.4/tcp/5', 'nonsense', ''])('that name nobody are refused: “%s”', (address) => {
    expect(() => bootstrapWishes([address], bob)).toThrow(expect.objectContaining({ code: 'E_ADDRESS' }) as Error)
  })
})

describe('the keeper of connections', () => {
  function keep(answers: (wish: Wish) => boolean): { keeper: Keeper, dialled: string[], connected: Set<string>, clock: ReturnType<typeof fakeDeps>['clock'] } {
    const deps = fakeDeps()
    const dialled: string[] = []
    const connected = new Set<string>()
    const keeper = new Keeper({
      ...deps, isConnected: (peerId) => connected.has(peerId), wishes: () => [{ peerId: ada, addresses: [] }, { peerId: bob, addresses: [] }],
      dial: (wish) => {
        dialled.push(wish.peerId)
        if (!answers(wish)) return Promise.reject(new Error('no answer'))
        connected.add(wish.peerId)
        return Promise.resolve()
      },
    })
    return { keeper, dialled, connected, clock: deps.clock }
  }

  it('dials those that are missing, and again when they go', async () => {
    const { keeper, dialled, connected } = keep(() => true)
    await keeper.cycle.runOnce()
    await keeper.cycle.runOnce()
    expect(dialled).toEqual([ada, bob])
    connected.delete(bob)
    await keeper.cycle.runOnce()
    expect(dialled).toEqual([ada, bob, bob])
  })

  it('waits longer for those that do not answer, but never long, and never gives up', async () => {
    const { keeper, dialled, clock } = keep(({ peerId }) => peerId === bob)
    const atMs: number[] = []
    for (let second = 0; second < 600; second++) {
      const before = dialled.filter((peerId) => peerId === ada).length
      await keeper.cycle.runOnce()
      if (dialled.filter((peerId) => peerId === ada).length > before) atMs.push(second * 1000)
      clock.advance(1000)
    }
    const pauses = atMs.slice(1).map((ms, index) => ms - atMs[index]!)
    expect(pauses[0]).toBeLessThanOrEqual(2000)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(16_000)
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(7000)
    expect(600_000 - atMs.at(-1)!).toBeLessThanOrEqual(16_000)
  })

  it('does not wait when something about a peer has changed', async () => {
    const { keeper, dialled } = keep(() => false)
    await keeper.cycle.runOnce()
    await keeper.cycle.runOnce()
    keeper.retryNow(ada)
    await keeper.cycle.runOnce()
    expect(dialled).toEqual([ada, bob, ada])
  })
})
