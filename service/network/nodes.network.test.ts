import { createServer, type Server } from 'node:net'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { afterEach, describe, expect, it } from 'vitest'
import { aRequest, thrown } from '../testing/network-contract/pair.ts'
import { NetworkBench, type TestNode } from '../testing/network-nodes.ts'
import { Stranger } from '../testing/network-stranger.ts'
import { until } from '../testing/wait.ts'
import { createNetwork } from './index.ts'

const bench = new NetworkBench('tcp')
afterEach(() => bench.clear())

const port = (node: TestNode): number => Number(/\/tcp\/(\d+)/.exec(node.network.addresses()[0]!)![1])
const invite = (node: TestNode): string => node.network.createInvite(60_000).link

async function occupy(): Promise<{ server: Server, port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as { port: number }).port }
}

/** The same node once more, as after a restart of its process. */
async function restart(node: TestNode, options = node.options): Promise<TestNode> {
  await node.network.stop()
  return await bench.start(options, node.deps)
}

describe('a node', () => {
  it('that comes back at its old place is found again, by itself', async () => {
    const [first, second] = await bench.star(2)
    const protocol = aRequest()
    await first!.network.stop()
    await until('it is missed', () => !second!.network.isConnected(first!.network.peerId))
    const back = createNetwork({ ...first!.options, listen: [`/ip4/127.0.0.1/tcp/${await portOf(second!, first!)}`] }, first!.deps)
    back.handleRequest(protocol, ({ text }) => ({ text, from: 'the second life' }))
    await back.start()
    await until('they are connected', () => second!.network.isConnected(back.peerId))
    expect(await second!.network.request(back.peerId, protocol, { text: '' })).toMatchObject({ from: 'the second life' })
    await back.stop()
  })

  it('remembers whom it knew, and goes back to them by itself', async () => {
    const [first, second] = await bench.star(2)
    const again = await restart(second!)
    await until('they are connected', () => again.network.isConnected(first!.network.peerId))
    expect(await again.network.peers()).toEqual([expect.objectContaining({ peerId: first!.network.peerId, connected: true })])
  })

  it('goes to its bootstrap addresses, and waits for those that are not there yet', async () => {
    const { server, port: place } = await occupy()
    const unborn = bench.create({ listen: [`/ip4/127.0.0.1/tcp/${place}`] })
    const waiting = await bench.start({ bootstrap: [`/ip4/127.0.0.1/tcp/${place}/p2p/${unborn.network.peerId}`] })
    await new Promise((resolve) => server.close(resolve))
    await unborn.network.start()
    await until('they are connected', () => waiting.network.isConnected(unborn.network.peerId))
  })

  it('listens where it did last time, or anywhere when that is taken', async () => {
    const node = await bench.start({ listen: [] })
    const place = port(node)
    const again = await restart(node)
    expect(port(again)).toBe(place)
    await again.network.stop()
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(place, '0.0.0.0', resolve))
    const elsewhere = await bench.start({ listen: [] }, node.deps)
    expect(port(elsewhere)).not.toBe(place)
    taken.close()
  })

  it.each<[string, (taken: number) => string, string]>([
    ['a port that is taken', (taken) => `/ip4/127.0.0.1/tcp/${taken}`, 'E_PORT_IN_USE'],
    ['an address of another computer', () => '/ip4/8.8.8.8/tcp/4747', 'E_ADDRESS'],
    ['what is no address', () => 'here', 'E_ADDRESS'],
    ['a socket file', () => '/unix/%2Ftmp%2Fdepin.sock', 'E_ADDRESS'],
    ['what it cannot listen on', () => '/ip4/127.0.0.1/udp/4747/quic-v1', 'E_ADDRESS'],
  ])('does not start on %s', async (_, address, code) => {
    const { server, port: taken } = await occupy()
    const { network } = bench.create({ listen: [address(taken)] })
    expect(await thrown(Promise.resolve(network.start()))).toMatchObject({ code, next: expect.any(String) as string })
    expect(network.addresses()).toEqual([])
    server.close()
  })

  it('does not start with a bootstrap address that names nobody', async () => {
    const { network } = bench.create({ bootstrap: ['/ip4/127.0.0.1/tcp/1'] })
    expect(await thrown(Promise.resolve(network.start()))).toMatchObject({ code: 'E_ADDRESS' })
  })

  it('announces itself on the LAN', async () => {
    const networkName = `lan-${Date.now()}`
    const one = await bench.start({ mdns: true, networkName, listen: [] })
    const other = await bench.start({ mdns: true, networkName, listen: [] })
    await until('they have met', () => one.network.isConnected(other.network.peerId) && other.network.isConnected(one.network.peerId))
  })
})

describe('networks of different names', () => {
  it('do not talk to each other', async () => {
    const ours = await bench.start()
    const theirs = await bench.start({ networkName: 'other' })
    const events: unknown[] = []
    for (const { network } of [ours, theirs]) network.onPeer((event) => events.push(event))
    // the address is known, whoever told it
    const stray = await bench.start({ bootstrap: theirs.network.addresses() })
    const error = await until('it is refused', async () => {
      const failure = await thrown(stray.network.connect(theirs.network.peerId))
      return (failure as { code: string }).code === 'E_PEER_UNREACHABLE' ? false : failure
    })
    expect(error).toMatchObject({ code: 'E_REFUSED', message: expect.stringContaining('other') as string })
    expect(await thrown(ours.network.join(invite(theirs)))).toMatchObject({ code: 'E_INVITE' })
    expect(events).toEqual([])
    expect([stray.network.connectedPeers(), theirs.network.connectedPeers()]).toEqual([[], []])
  })
})

describe('invites', () => {
  it('bring two nodes together, for good', async () => {
    const host = await bench.start()
    const guest = await bench.start()
    const peer = await guest.network.join(invite(host))
    expect(peer).toMatchObject({ peerId: host.network.peerId, connected: true })
    const again = await restart(guest)
    await until('they are together again', () => again.network.isConnected(host.network.peerId))
  })

  it('of nodes that are off lead nowhere, and those of one’s own are refused', async () => {
    const host = await bench.start()
    const link = invite(host)
    expect(await thrown(host.network.join(link))).toMatchObject({ code: 'E_INVITE' })
    await host.network.stop()
    const guest = await bench.start()
    expect(await thrown(guest.network.join(link, { deadlineMs: 3000 }))).toMatchObject({ code: 'E_PEER_UNREACHABLE', next: expect.any(String) as string })
    expect(await guest.network.peers()).toEqual([])
  })
})

describe('discovery', () => {
  it('finds who sells, though the two have never met', async () => {
    const [hub, seller, buyer] = await bench.star(3)
    await seller!.network.provide(['eu-small', 'eu-large'])
    const find = async (cell: string): Promise<string[]> => {
      const found: string[] = []
      for await (const peerId of buyer!.network.findProviders(cell, { deadlineMs: 5000 })) found.push(peerId)
      return found
    }
    expect(buyer!.network.isConnected(seller!.network.peerId)).toBe(false)
    await until('the seller is found', async () => (await find('eu-small')).includes(seller!.network.peerId))
    expect(await find('us-small')).toEqual([])
    const protocol = aRequest()
    seller!.network.handleRequest(protocol, ({ text }) => ({ text, from: 'the seller' }))
    expect(await buyer!.network.request(seller!.network.peerId, protocol, { text: 'hello' })).toEqual({ text: 'hello', from: 'the seller' })
    expect(hub!.network.connectedPeers()).toHaveLength(2)
  })

  it('tells those that come later as well', async () => {
    const seller = await bench.start()
    await seller.network.provide(['eu-small'])
    const hub = await bench.start()
    await hub.network.join(invite(seller))
    const buyer = await bench.start()
    await buyer.network.join(invite(hub))
    await until('the seller is found', async () => {
      for await (const peerId of buyer.network.findProviders('eu-small', { deadlineMs: 2000 })) if (peerId === seller.network.peerId) return true
      return false
    })
  })

  it('is over at its deadline', async () => {
    const [, node] = await bench.star(2)
    const found: string[] = []
    for await (const peerId of node!.network.findProviders('nowhere', { deadlineMs: 300 })) found.push(peerId)
    expect(found).toEqual([])
  })
})

describe('a relay', () => {
  it('carries conversations between two that cannot reach each other', async () => {
    const relay = await Stranger.create('noise', 'test', { relay: circuitRelayServer({ reservations: { defaultDataLimit: 1n << 26n } }) })
    const through = `${relay.host.getMultiaddrs()[0]!.toString()}/p2p-circuit`
    const hidden = await bench.start({ listen: [through] })
    const protocol = aRequest()
    hidden.network.handleRequest(protocol, ({ text }) => ({ text: text.length.toString(), from: 'behind the relay' }))
    const near = await bench.start({ bootstrap: [`${through}/p2p/${hidden.network.peerId}`] })
    await until('they are connected', () => near.network.isConnected(hidden.network.peerId))
    expect(await near.network.request(hidden.network.peerId, protocol, { text: 'x'.repeat(10_000) })).toEqual({ text: '10000', from: 'behind the relay' })
    await relay.stop()
  })
})

describe('a network in memory', () => {
  it('of ten whole nodes starts in well under two seconds', async () => {
    const memory = new NetworkBench('memory')
    const beforeMs = performance.now()
    const nodes = await memory.star(10)
    await until('all are connected', () => nodes[0]!.network.connectedPeers().length === 9)
    expect(performance.now() - beforeMs).toBeLessThan(2000)
    await memory.clear()
  })
})

/** Where the second node last met the first. */
async function portOf(second: TestNode, first: TestNode): Promise<number> {
  const peer = (await second.network.peers()).find(({ peerId }) => peerId === first.network.peerId)
  return Number(/\/tcp\/(\d+)/.exec(peer!.addresses[0]!)![1])
}
