import { createServer, connect, type Socket } from 'node:net'
import { type Duplex, duplexPair, PassThrough } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { DepinError } from '../../../contract/errors.ts'
import { EarlyBytes, splice } from '../../network/index.ts'
import { until } from '../wait.ts'
import { aDuplex, answering, gate, type Pair, thrown, type Who } from './pair.ts'

const mebibyte = 1 << 20

async function write(stream: Duplex, bytes: Uint8Array): Promise<void> {
  if (!stream.write(bytes)) await new Promise((resolve) => stream.once('drain', resolve))
}

export function describeBytes(pair: Pair, who: Who): void {
  const open = async (handler: (text: string) => Promise<Duplex> | Duplex, said = ''): Promise<Duplex> => {
    const protocol = aDuplex()
    answering(pair, who).handleDuplex(protocol, async ({ text }) => await handler(text))
    return await pair.near.duplex(answering(pair, who).peerId, protocol, { text: said })
  }

  describe('a conversation of bytes', () => {
    it('carries bytes both ways', async () => {
      const stream = await open(() => new PassThrough({ allowHalfOpen: true }))
      stream.end('hello')
      expect(await text(stream)).toBe('hello')
    })

    it('ends each way on its own', async () => {
      const [handed, kept] = duplexPair()
      const stream = await open(() => handed)
      stream.end('question')
      expect(await text(kept)).toBe('question')
      kept.write('answer')
      kept.end(' after the end')
      expect(await text(stream)).toBe('answer after the end')
    })

    it('ends the other way first as well', async () => {
      const [handed, kept] = duplexPair()
      const stream = await open(() => handed)
      kept.end('banner')
      expect(await text(stream)).toBe('banner')
      stream.write('still ')
      stream.end('here')
      expect(await text(kept)).toBe('still here')
    })

    it('is refused by a handler that throws', async () => {
      expect(await thrown(open(() => { throw new DepinError('E_LEASE_STATE', 'The app sleeps.') }))).toMatchObject({ code: 'E_LEASE_STATE', message: 'The app sleeps.' })
    })

    it('is cut there when it is cut here', async () => {
      const [handed] = duplexPair()
      handed.on('error', () => undefined)
      const stream = await open(() => handed)
      stream.write('x')
      await until('it has begun', () => handed.readableFlowing)
      stream.on('error', () => undefined)
      stream.destroy()
      await until('it is cut there', () => handed.destroyed)
    })

    it('is cut here when it is cut there', async () => {
      const [handed] = duplexPair()
      handed.on('error', () => undefined)
      const stream = await open(() => handed)
      const failure = gate<Error>()
      stream.on('error', (error) => failure.resolve(error))
      stream.resume()
      handed.destroy(new Error('broken'))
      expect(await failure.promise).toBeInstanceOf(Error)
      expect(stream.readableEnded).toBe(false)
    })

    it('is one of a hundred at once', async () => {
      const protocol = aDuplex()
      answering(pair, who).handleDuplex(protocol, async () => Promise.resolve(new PassThrough()))
      const sent = Array.from({ length: 100 }, (_, index) => Buffer.alloc(50_000 + index, `${index} `))
      const received = await Promise.all(sent.map(async (bytes) => {
        const stream = await pair.near.duplex(answering(pair, who).peerId, protocol, { text: '' })
        stream.end(bytes)
        return await buffer(stream)
      }))
      received.forEach((bytes, index) => expect(bytes.equals(sent[index]!)).toBe(true))
    })

    it('makes the sender wait for a reader that stands still, keeps little meanwhile, and loses nothing', async () => {
      const [handed, kept] = duplexPair()
      const stream = await open(() => handed)
      const chunk = Buffer.alloc(mebibyte / 4, 'every byte of it counts; ')
      let sentBytes = 0
      const sending = (async () => {
        for (; sentBytes < 64 * mebibyte; sentBytes += chunk.length) await write(stream, chunk)
        stream.end()
      })()
      await until('the sender waits', () => stream.writableNeedDrain)
      let before = -1
      await until('nothing moves any more', async () => {
        const isStill = sentBytes === before
        before = sentBytes
        await new Promise((resolve) => setImmediate(resolve))
        return isStill
      })
      expect(sentBytes).toBeLessThan(8 * mebibyte)
      kept.end()
      stream.resume()
      const received = await buffer(kept)
      await sending
      expect(received.length).toBe(64 * mebibyte)
      for (let offset = 0; offset < received.length; offset += chunk.length) expect(received.compare(chunk, 0, chunk.length, offset, offset + chunk.length)).toBe(0)
    })

    it('makes a handler wait for a caller that stands still', async () => {
      const [handed, kept] = duplexPair()
      const stream = await open(() => handed)
      const chunk = Buffer.alloc(mebibyte / 4, 'x')
      let sentBytes = 0
      const sending = (async () => {
        for (; sentBytes < 32 * mebibyte; sentBytes += chunk.length) await write(kept, chunk)
        kept.end()
      })()
      await until('the sender waits', () => kept.writableNeedDrain)
      expect(sentBytes).toBeLessThan(8 * mebibyte)
      stream.end()
      expect((await buffer(stream)).length).toBe(32 * mebibyte)
      await sending
    })
  })

  describe('what a socket says early', () => {
    it('is there before the handler has accepted, in order, and its end with it', async () => {
      const protocol = aDuplex()
      const [handed, kept] = duplexPair()
      const accept = gate()
      answering(pair, who).handleDuplex(protocol, async () => {
        await accept.promise
        return handed
      })
      const [socket, client] = duplexPair()
      const early = new EarlyBytes(socket)
      const opening = pair.near.duplex(answering(pair, who).peerId, protocol, { text: '' }, { early })
      client.write('one ')
      client.end('two')
      await until('all of it was sent', () => socket.readableEnded)
      accept.resolve()
      splice(await opening, socket)
      kept.end('answer')
      expect([await text(kept), await text(client), early.isLost]).toEqual(['one two', 'answer', false])
    })

    it('is for the next one when this one refuses', async () => {
      const refusing = aDuplex()
      const protocol = aDuplex()
      const [handed, kept] = duplexPair()
      const [socket, client] = duplexPair()
      answering(pair, who).handleDuplex(refusing, async () => {
        await until('something was sent', () => socket.readableFlowing === true && socket.readableLength === 0 && client.writableLength === 0)
        throw new DepinError('E_LEASE_STATE', 'The app sleeps.')
      })
      answering(pair, who).handleDuplex(protocol, () => Promise.resolve(handed))
      const early = new EarlyBytes(socket)
      client.write('one ')
      expect(await thrown(pair.near.duplex(answering(pair, who).peerId, refusing, { text: '' }, { early }))).toMatchObject({ code: 'E_LEASE_STATE' })
      expect(early.isLost).toBe(false)
      client.end('two')
      splice(await pair.near.duplex(answering(pair, who).peerId, protocol, { text: '' }, { early }), socket)
      kept.end()
      expect(await text(kept)).toBe('one two')
    })

    it('is lost when no answer comes, and little of it is taken from the socket', async () => {
      const protocol = aDuplex()
      answering(pair, who).handleDuplex(protocol, () => new Promise(() => undefined))
      const [socket, client] = duplexPair()
      const early = new EarlyBytes(socket)
      const chunk = Buffer.alloc(mebibyte / 16, 'x')
      client.on('error', () => undefined)
      for (let index = 0; index < 16; index++) client.write(chunk)
      expect(await thrown(pair.near.duplex(answering(pair, who).peerId, protocol, { text: '' }, { early, deadlineMs: 300 }))).toMatchObject({ code: 'E_DEADLINE' })
      expect(early.isLost).toBe(true)
      expect(client.writableLength).toBeGreaterThanOrEqual(12 * chunk.length)
      client.destroy()
    })
  })

  describe('a tunnel of sockets', () => {
    /** A listening port whose connections go through the network to a socket of `serve`. */
    async function tunnel(serve: (socket: Socket) => void): Promise<{ dial: () => Socket, close: () => void }> {
      const origin = createServer({ allowHalfOpen: true }, serve)
      await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve))
      const protocol = aDuplex()
      const port = (origin.address() as { port: number }).port
      answering(pair, who).handleDuplex(protocol, () => new Promise((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => resolve(socket)).once('error', reject)
      }))
      const entrance = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
        // as the product's own: it may be reset before it is joined to anything
        socket.on('error', () => undefined)
        pair.near.duplex(answering(pair, who).peerId, protocol, { text: '' }, { early: new EarlyBytes(socket) }).then((stream) => splice(stream, socket), () => socket.destroy())
      })
      await new Promise<void>((resolve) => entrance.listen(0, '127.0.0.1', resolve))
      return {
        dial: () => connect({ port: (entrance.address() as { port: number }).port, host: '127.0.0.1', allowHalfOpen: true }),
        close: () => {
          entrance.close()
          origin.close()
        },
      }
    }

    it('passes bytes and half-closes through', async () => {
      const { dial, close } = await tunnel((socket) => {
        void text(socket).then((said) => socket.end(`you said ${said}`))
      })
      const socket = dial()
      socket.end('hello')
      expect(await text(socket)).toBe('you said hello')
      close()
    })

    it('passes what comes before and after everything else', async () => {
      const big = Buffer.alloc(20 * mebibyte, 'a long answer ')
      const { dial, close } = await tunnel((socket) => {
        socket.write('banner')
        socket.once('data', () => socket.end(big))
      })
      const socket = dial()
      await new Promise((resolve) => socket.once('data', resolve))
      socket.end('go')
      expect((await buffer(socket)).length).toBe(big.length)
      close()
    })

    it('cuts the far socket when the near one breaks, and the other way round', async () => {
      const sockets: Socket[] = []
      const { dial, close } = await tunnel((socket) => {
        socket.on('error', () => undefined)
        socket.resume()
        sockets.push(socket)
      })
      const near = dial()
      near.on('error', () => undefined)
      near.write('x')
      const far = await until('the far socket is there', () => sockets[0])
      near.resetAndDestroy()
      await until('the far socket is gone', () => far.destroyed)
      const second = dial()
      second.on('error', () => undefined)
      second.resume()
      second.write('x')
      const farSecond = await until('the second is there', () => sockets[1])
      farSecond.resetAndDestroy()
      await until('the near socket is gone', () => second.destroyed)
      close()
    })
  })
}
