import { PassThrough } from 'node:stream'
import { ping } from '@libp2p/ping'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, describe, expect, it } from 'vitest'
import { aDuplex, aRequest, thrown } from '../testing/network-contract/pair.ts'
import { NetworkBench } from '../testing/network-nodes.ts'
import { Stranger } from '../testing/network-stranger.ts'
import { until } from '../testing/wait.ts'
import { encodeMessage, parseMessage } from './wire/codec.ts'
import { decodeVarint } from './wire/varint.ts'
import * as z from 'zod'

const bench = new NetworkBench('tcp')
const strangers: Stranger[] = []
afterEach(async () => {
  await bench.clear()
  await Promise.all(strangers.splice(0).map((stranger) => stranger.stop()))
})

async function meet(...args: Parameters<typeof Stranger.create>): Promise<Stranger> {
  const stranger = await Stranger.create(...args)
  strangers.push(stranger)
  return stranger
}

/** The first message in these bytes. */
function firstMessage(bytes: Buffer): unknown {
  const length = decodeVarint(bytes, 0)!
  return parseMessage(bytes.subarray(length.byteCount, length.byteCount + length.value), z.unknown())
}

describe.each(['tls', 'noise'] as const)('another implementation over %s', (encryption) => {
  it('dials us, is greeted, asks and is answered', async () => {
    const { network } = await bench.start()
    const protocol = aRequest({ maxBytes: 1 << 20 })
    network.handleRequest(protocol, ({ text }, { peerId }) => ({ text: text.repeat(2), from: peerId }))
    const stranger = await meet(encryption)
    await stranger.connect(network)
    await until('it is greeted', () => network.isConnected(stranger.peerId))
    const text = 'x'.repeat(90_000)
    expect(firstMessage(await stranger.say(network, protocol.id, encodeMessage({ text })))).toEqual({ ok: { text: text + text, from: stranger.peerId } })
  })

  it('carries bytes both ways, with backpressure', async () => {
    const { network } = await bench.start()
    const protocol = aDuplex()
    network.handleDuplex(protocol, async () => Promise.resolve(new PassThrough()))
    const stranger = await meet(encryption)
    const stream = await stranger.open(network, protocol.id)
    const sent = Buffer.alloc(20 << 20, 'round and round it goes ')
    const chunks: Uint8Array[] = []
    let bytes = 0
    stream.addEventListener('message', (event) => {
      chunks.push(event.data.slice())
      bytes += event.data.byteLength
    })
    stream.send(encodeMessage({ text: '' }))
    for (let offset = 0; offset < sent.length; offset += 100_000) {
      if (!stream.send(sent.subarray(offset, offset + 100_000))) await stream.onDrain()
    }
    await stream.close()
    const accepted = encodeMessage({ ok: null })
    await until('all has come back', () => bytes === accepted.length + sent.length)
    const received = Buffer.concat(chunks)
    expect(received.subarray(0, accepted.length).equals(accepted)).toBe(true)
    expect(received.subarray(accepted.length).equals(sent)).toBe(true)
  })

  it('is dialled by us, and pinged', async () => {
    const stranger = await meet(encryption, 'test', { ping: ping() })
    const { network } = await bench.start({ bootstrap: stranger.host.getMultiaddrs().map(String) })
    await until('they are connected', () => network.isConnected(stranger.peerId))
    const pinging = stranger.host.services as unknown as { ping: { ping: (address: ReturnType<typeof multiaddr>) => Promise<number> } }
    expect(await pinging.ping.ping(multiaddr(network.addresses()[0]))).toBeLessThan(1000)
    expect(await thrown(network.request(stranger.peerId, aRequest(), { text: '' }))).toMatchObject({ code: 'E_REFUSED' })
  })

  it('of another network is shown the door', async () => {
    const { network } = await bench.start()
    const events: unknown[] = []
    network.onPeer((event) => events.push(event))
    const stranger = await meet(encryption, 'other')
    await stranger.connect(network)
    await until('it is gone', () => stranger.host.getConnections().length === 0)
    expect(events).toEqual([])
    expect(await thrown(network.connect(stranger.peerId))).toMatchObject({ code: 'E_REFUSED' })
  })
})
