import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { aDuplex, aRequest, aStream, all, thrown } from '../testing/network-contract/pair.ts'
import { NetworkBench, type TestNode } from '../testing/network-nodes.ts'
import { Stranger } from '../testing/network-stranger.ts'
import { until } from '../testing/wait.ts'
import type { Network } from './index.ts'
import { encodeMessage, parseMessage } from './wire/codec.ts'
import { proposal } from './wire/select.ts'
import { decodeVarint, encodeVarint } from './wire/varint.ts'

const bench = new NetworkBench('tcp')
const strangers: Stranger[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await bench.clear()
  await Promise.all(strangers.splice(0).map((stranger) => stranger.stop()))
})

async function meet(network: Network, services?: Parameters<typeof Stranger.create>[2]): Promise<Stranger> {
  const stranger = await Stranger.create('tls', 'test', services)
  strangers.push(stranger)
  await stranger.connect(network)
  await until('they are connected', () => network.isConnected(stranger.peerId))
  return stranger
}

function dial(network: Network): Socket {
  const port = Number(/\/tcp\/(\d+)/.exec(network.addresses()[0]!)![1])
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  socket.resume()
  sockets.push(socket)
  return socket
}

const isOver = (socket: Socket): boolean => socket.destroyed || socket.readableEnded

/** The error that a node answered with, if these bytes are one. */
function errorIn(bytes: Buffer): { code?: string } {
  const length = bytes.length === 0 ? undefined : decodeVarint(bytes, 0)
  if (length === undefined) return {}
  return z.object({ error: z.object({ code: z.string() }) }).parse(parseMessage(bytes.subarray(length.byteCount, length.byteCount + length.value), z.unknown())).error
}

describe('strangers', () => {
  it('that send noise, dawdle or say nothing are cut within ten seconds, and others are served meanwhile', async () => {
    const [host, guest] = await bench.star(2)
    const { network } = host!
    const protocol = aRequest()
    network.handleRequest(protocol, ({ text }) => ({ text, from: '' }))
    const startMs = performance.now()
    const noisy = Array.from({ length: 100 }, () => dial(network))
    for (const socket of noisy) socket.write(randomBytes(3000))
    const almostRight = [proposal('/tls/1.0.0'), proposal('/noise')].map((words) => {
      const socket = dial(network)
      socket.write(Buffer.concat([words, Buffer.from([0, 32]), randomBytes(500)]))
      return socket
    })
    const silent = dial(network)
    const trickling = dial(network)
    const stranger = await meet(network)
    const stream = await stranger.open(network, protocol.id)
    const question = encodeMessage({ text: 'x'.repeat(100) })
    let sent = 0
    const trickle = setInterval(() => {
      trickling.write('\x13')
      if (stream.status === 'open') stream.send(question.subarray(sent, ++sent))
    }, 1000)
    expect(await guest!.network.request(network.peerId, protocol, { text: 'still here' })).toMatchObject({ text: 'still here' })
    await until('all are cut', () => [...noisy, ...almostRight, silent, trickling].every(isOver) && stream.status !== 'open', 15_000)
    clearInterval(trickle)
    expect(performance.now() - startMs).toBeLessThan(12_000)
    expect(await guest!.network.request(network.peerId, protocol, { text: 'still here' })).toMatchObject({ text: 'still here' })
    expect(network.isConnected(stranger.peerId)).toBe(true)
  })

  it('without a certificate are nobody', async () => {
    const { network } = await bench.start()
    const events: unknown[] = []
    network.onPeer((event) => events.push(event))
    const socket = dial(network)
    socket.pause()
    socket.write(proposal('/tls/1.0.0'))
    await new Promise((resolve) => socket.once('readable', resolve))
    socket.read()
    const secure = connectTls({ socket, rejectUnauthorized: false, ALPNProtocols: ['/yamux/1.0.0'] })
    secure.on('error', () => undefined)
    secure.resume()
    await until('it is closed', () => secure.destroyed)
    expect(events).toEqual([])
  })
})

describe('a peer that sends garbage', () => {
  it.each<[string, (valid: Buffer) => Buffer, string]>([
    ['bytes that are no message', () => Buffer.from([5, 1, 2, 3, 4, 5]), 'E_PEER_MISBEHAVED'],
    ['a message of another shape', () => encodeMessage({ word: 'x' }), 'E_PEER_MISBEHAVED'],
    ['a message that is not canonical', () => Buffer.concat([Buffer.from([0x0a]), Buffer.from('a1647465787478016161', 'hex')]), 'E_PEER_MISBEHAVED'],
    ['a length that is padded', (valid) => Buffer.concat([Buffer.from([0x80 | valid[0]!, 0]), valid.subarray(1)]), 'E_PEER_MISBEHAVED'],
    ['a message that is too long', () => Buffer.concat([encodeVarint(50_000_000), Buffer.alloc(100_000)]), 'E_TOO_LARGE'],
  ])('is told so: %s', async (_, garble, code) => {
    const { network } = await bench.start()
    const protocol = aRequest()
    network.handleRequest(protocol, ({ text }) => ({ text, from: '' }))
    const stranger = await meet(network)
    expect(errorIn(await stranger.say(network, protocol.id, garble(encodeMessage({ text: 'x' }))))).toMatchObject({ code })
    expect(network.isConnected(stranger.peerId)).toBe(true)
  })

  it('ten thousand times is thrown out within a hundred, costs little, and harms nobody', async () => {
    const [host, guest] = await bench.star(2)
    const protocols = [aRequest(), aStream(), aDuplex()] as const
    let calls = 0
    const count = (): never => {
      calls++
      throw new Error('nobody should get here')
    }
    host!.network.handleRequest(protocols[0], count)
    host!.network.handleStream(protocols[1], count)
    host!.network.handleDuplex(protocols[2], count)
    const good = aRequest()
    host!.network.handleRequest(good, ({ text }) => ({ text, from: '' }))
    const stranger = await meet(host!.network)
    const beforeBytes = process.memoryUsage().rss
    let answers = 0
    let refusals = 0
    for (let sent = 0; sent < 10_000 && refusals < 200; sent += 10) {
      const said = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => stranger.say(host!.network, protocols[index % 3]!.id, Buffer.concat([encodeVarint(2000), randomBytes(2000)]))))
      for (const result of said) {
        if (result.status === 'fulfilled' && result.value.length > 0) answers++
        if (result.status === 'rejected') refusals++
      }
    }
    expect(answers).toBeLessThanOrEqual(100)
    expect(refusals).toBeGreaterThanOrEqual(200)
    expect(calls).toBe(0)
    expect(host!.network.isConnected(stranger.peerId)).toBe(false)
    expect(process.memoryUsage().rss - beforeBytes).toBeLessThan(64 << 20)
    expect(await guest!.network.request(host!.network.peerId, good, { text: 'well' })).toMatchObject({ text: 'well' })
  })

  it('may not ask for everything at once', async () => {
    const [{ network }, guest] = await bench.star(2) as [TestNode, TestNode]
    const protocol = aRequest()
    network.handleRequest(protocol, () => new Promise<never>(() => undefined))
    const codes: string[] = []
    for (let count = 0; count < 50; count++) void thrown(guest.network.request(network.peerId, protocol, { text: '' })).then((error) => codes.push((error as { code: string }).code))
    await until('some are told to wait', () => codes.length >= 18)
    expect(new Set(codes)).toEqual(new Set(['E_BUSY']))
  })
})

describe('a peer that answers badly', () => {
  const replies: [string, Buffer | 'cut' | 'silence', string][] = [
    ['no message', Buffer.from([3, 255, 255, 255]), 'E_PEER_MISBEHAVED'],
    ['an answer of another shape', encodeMessage({ ok: { word: 'x' } }), 'E_PEER_MISBEHAVED'],
    ['something that is no answer', encodeMessage({ maybe: 1 }), 'E_PEER_MISBEHAVED'],
    ['an error of another shape', encodeMessage({ error: { code: 5 } }), 'E_PEER_MISBEHAVED'],
    ['an endless answer', Buffer.concat([encodeVarint(200_000_000), Buffer.alloc(50_000)]), 'E_TOO_LARGE'],
    ['nothing, and ends', Buffer.alloc(0), 'E_PEER_MISBEHAVED'],
    ['nothing, for ever', 'silence', 'E_DEADLINE'],
    ['nothing, and cuts', 'cut', 'E_PEER_UNREACHABLE'],
  ]

  it.each(replies)('with %s', async (_, reply, code) => {
    const { network } = await bench.start()
    const [request, stream, duplex] = [aRequest({ deadlineMs: 500 }), aStream({ deadlineMs: 500 }), aDuplex({ deadlineMs: 500 })]
    const stranger = await meet(network, {
      rude: ({ registrar }: { registrar: { handle: (ids: string, handler: (stream: { send: (bytes: Uint8Array) => void, close: () => Promise<void>, abort: (error: Error) => void }) => void) => Promise<void> } }) => {
        for (const { id } of [request, stream, duplex]) {
          void registrar.handle(id, (open) => {
            if (reply === 'cut') open.abort(new Error('cut'))
            else if (reply !== 'silence') {
              if (reply.length > 0) open.send(reply)
              void open.close()
            }
          })
        }
        return {}
      },
    })
    expect(await thrown(network.request(stranger.peerId, request, { text: '' }))).toMatchObject({ code })
    expect(await thrown(all(network.stream(stranger.peerId, stream, { text: '' })))).toMatchObject({ code })
    expect(await thrown(network.duplex(stranger.peerId, duplex, { text: '' }))).toMatchObject({ code })
  })
})

describe('a peer that is somebody else', () => {
  it('than was dialled is not spoken with', async () => {
    const imposter = await bench.start()
    const wanted = bench.create()
    const { network } = await bench.start({ bootstrap: [imposter.network.addresses()[0]!.replace(imposter.network.peerId, wanted.network.peerId)] })
    expect(await thrown(network.join(wanted.network.addresses()[0] ?? 'depin://join/'))).toMatchObject({ code: 'E_INVITE' })
    const other = await bench.start()
    await network.join(other.network.createInvite(1000).link)
    expect(network.connectedPeers()).toEqual([other.network.peerId])
    expect(imposter.network.connectedPeers()).toEqual([])
  })
})
