import { once } from 'node:events'
import { connect } from 'node:net'
import { implement } from '@orpc/server'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { api } from '../../../contract/api.ts'
import { apiTransports, localSocketOf, originOf, tokenOf, type RunningApi } from '../../testing/api-clients.ts'
import { nodeStatus } from '../../testing/api-fixtures.ts'
import { FakeClock } from '../../testing/clock.ts'
import { createFakeApi } from '../../testing/fake-api.ts'
import { startApi, type StartApiOptions } from '../../testing/running-api.ts'
import type { ApiRouter } from '../index.ts'

const os = implement(api)
const cleanUps: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function start(options: Partial<StartApiOptions> = {}): Promise<RunningApi> {
  const running = await startApi({ router: createFakeApi().router, ...options })
  cleanUps.push(() => running.stop())
  return running
}

/** Opens a socket as a page does. It need not become a welcome one. */
function open(running: RunningApi, protocols = ['depin', `token.${tokenOf(running)}`], options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`${originOf(running).replace('http', 'ws')}/api/ws`, protocols, options)
  socket.on('error', () => undefined)
  cleanUps.push(() => socket.terminate())
  return socket
}

const closed = async (socket: WebSocket): Promise<number> => (await once(socket, 'close') as [number])[0]
const statusCall = JSON.stringify({ i: '1', p: { u: '/node/status', b: {} } })

describe('a WebSocket without the right token', () => {
  it.each([[['depin']], [['depin', 'token.x']], [['depin', `token.${'A'.repeat(43)}`]]])('is closed with 4401, unheard: %j', async (protocols) => {
    const fake = createFakeApi()
    const stopped = vi.fn()
    fake.stop = stopped
    const socket = open(await start({ router: fake.router }), protocols)
    const answers = vi.fn()
    socket.on('message', answers)
    await once(socket, 'open')
    socket.send(JSON.stringify({ i: '1', p: { u: '/node/stop', b: {} } }))
    expect(await closed(socket)).toBe(4401)
    expect(stopped).not.toHaveBeenCalled()
    expect(answers).not.toHaveBeenCalled()
  })

  it('gets 401 when it does not say that it is a page of ours, 403 when it is another’s', async () => {
    const running = await start()
    const status = async (protocols: string[], origin?: string): Promise<number | undefined> => {
      const socket = open(running, protocols, origin === undefined ? {} : { origin })
      return (await once(socket, 'unexpected-response') as [unknown, { statusCode?: number }])[1].statusCode
    }
    expect(await status([])).toBe(401)
    expect(await status(['other'])).toBe(401)
    expect(await status(['depin', `token.${tokenOf(running)}`], 'http://evil.example')).toBe(403)
    expect(await status(['depin'], 'null')).toBe(403)
  })
})

describe('a WebSocket with the token', () => {
  it('is told only its own protocol, never the token', async () => {
    const socket = open(await start())
    await once(socket, 'open')
    expect(socket.protocol).toBe('depin')
  })

  it.each([
    ['text that is no JSON', 'hello', 1002],
    ['null', 'null', 1002],
    ['a number', '7', 1002],
    ['an empty object', '{}', 1002],
    ['a request without an address', '{"i":"1","p":{}}', 1002],
    ['an address that is none', '{"i":"1","p":{"u":"http://"}}', 1002],
    ['an event without a body', '{"i":"1","t":3}', 1002],
    ['bytes', Buffer.from(statusCall), 1003],
    ['text that is no UTF-8', Buffer.from([0xff, 0xfe]), 1007],
  ])('that sends %s is closed, and nobody else', async (_, message, code) => {
    const running = await start()
    const other = await apiTransports['websocket']!(running)
    cleanUps.push(() => other.close())
    const socket = open(running)
    await once(socket, 'open')
    socket.send(message, { binary: code === 1003 })
    expect(await closed(socket)).toBe(code)
    expect((await other.client.node.status()).pid).toBe(4711)
  })

  it('that sends more than a message may hold is closed', async () => {
    const socket = open(await start({ maxMessageBytes: 10_000 }))
    await once(socket, 'open')
    socket.send('x'.repeat(10_001))
    expect(await closed(socket)).toBe(1009)
  })

  it('that sends broken frames is cut off', async () => {
    const running = await start()
    const url = new URL(originOf(running))
    const socket = connect(Number(url.port), url.hostname)
    cleanUps.push(() => void socket.destroy())
    socket.write(`GET /api/ws HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: Bearer ${tokenOf(running)}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`)
    expect(String(await once(socket, 'data'))).toContain('101 Switching Protocols')
    // a reserved opcode, unmasked, with a length of 2^63
    socket.write(Buffer.from([0xff, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0]))
    await once(socket.resume(), 'close')
  })

  it('asks for a procedure nobody has, and learns that it does not exist', async () => {
    const socket = open(await start())
    await once(socket, 'open')
    socket.send('{"i":"1","p":{"u":"/node/format","b":{}}}')
    expect(String(await once(socket, 'message'))).toContain('E_VERSION')
  })

  it('may have so many calls under way and no more', async () => {
    const running = await start({ maxCalls: 2 })
    const connection = await apiTransports['websocket']!(running)
    const { client } = connection
    cleanUps.push(() => connection.close())
    const streams = [await client.share.watch(), await client.share.watch()]
    await Promise.all(streams.map((stream) => stream.next()))
    await expect(client.node.status()).rejects.toMatchObject({ data: { code: 'E_BUSY' } })
    await streams[0]?.return()
    await vi.waitFor(async () => expect(await client.node.status()).toHaveProperty('pid'))
  })

  it('is one of so many and no more', async () => {
    const running = await start({ maxSockets: 1 })
    await once(open(running), 'open')
    const [, response] = await once(open(running), 'unexpected-response') as [unknown, { statusCode?: number }]
    expect(response.statusCode).toBe(503)
  })
})

describe('a service that stops', () => {
  it('sends the answers that are under way, but waits only so long', async () => {
    const { router } = createFakeApi()
    const quick = Promise.withResolvers<typeof nodeStatus>()
    const running = await start({ router: { ...router, node: {
      ...router.node,
      retryEngine: os.node.retryEngine.handler(() => quick.promise),
      stop: os.node.stop.handler(() => new Promise<never>(() => undefined)),
    } } })
    const { client } = await apiTransports['local socket']!(running)
    const [answered, cut] = [client.node.retryEngine(), client.node.stop()]
    await client.node.status()
    const stopped = running.server.stop()
    quick.resolve(nodeStatus)
    expect(await answered).toEqual(nodeStatus)
    await expect(cut).rejects.toThrow()
    await stopped
  })
})

describe('a client that gives no sign of life', () => {
  it('is dropped, and one that answers is not', async () => {
    const clock = new FakeClock()
    const running = await start({ clock, keepAliveMs: 1000 })
    const [dead, alive] = [open(running, undefined, { autoPong: false }), open(running)]
    await Promise.all([once(dead, 'open'), once(alive, 'open')])
    const pinged = Promise.all([once(dead, 'ping'), once(alive, 'ping')])
    clock.advance(1000)
    await pinged
    // the answer to this call comes after the pong has arrived
    alive.send(statusCall)
    await once(alive, 'message')
    const gone = closed(dead)
    clock.advance(1000)
    expect(await gone).toBe(1006)
    alive.send(statusCall.replace('"1"', '"2"'))
    await once(alive, 'message')
  })
})

/** A stream that is as fast as it is let, and counts. */
function flood(): { router: ApiRouter, count: { sent: number, running: number } } {
  const count = { sent: 0, running: 0 }
  const { router } = createFakeApi()
  const text = 'x'.repeat(16_000)
  const logs = os.deployments.logs.handler(async function* ({ signal }) {
    count.running++
    try {
      while (signal?.aborted !== true) {
        yield await Promise.resolve({ lines: [{ service: 'web', source: 'stdout' as const, atMs: count.sent++, text, replica: 0 }] })
      }
    } finally {
      count.running--
    }
  })
  return { router: { ...router, deployments: { ...router.deployments, logs } }, count }
}

const logsCall = (id: string): string => JSON.stringify({ i: id, p: { u: '/deployments/logs', b: { json: { name: 'shop', service: null, replica: null, follow: true, tailLines: 0 } } } })

describe('a client that does not read', () => {
  it('stops the stream at its source, and gets all of it when it reads on', async () => {
    const { router, count } = flood()
    const running = await start({ router })
    const socket = new WebSocket('ws://localhost/api/ws', { createConnection: () => connect(localSocketOf(running)), headers: { authorization: `Bearer ${tokenOf(running)}` } })
    cleanUps.push(() => socket.terminate())
    await once(socket, 'open')
    socket.send(logsCall('1'))
    await once(socket, 'message')
    socket.pause()
    const other = await apiTransports['websocket']!(running)
    cleanUps.push(() => other.close())
    // each of these is a turn in which an unbounded stream would have gone on
    for (let turn = 0; turn < 200; turn++) await other.client.node.status()
    const held = count.sent
    for (let turn = 0; turn < 200; turn++) await other.client.node.status()
    expect(count.sent).toBe(held)
    expect(held * 16_000).toBeLessThan(8 * 1024 * 1024)
    let expected: number | undefined
    socket.on('message', (data: Buffer) => {
      const { p } = JSON.parse(data.toString()) as { p: { d?: { json: { lines: { atMs: number }[] } } } }
      const atMs = p.d?.json.lines[0]?.atMs ?? -1
      expect(atMs).toBe(expected ?? atMs)
      expected = atMs + 1
    })
    socket.resume()
    await vi.waitFor(() => expect(expected).toBeGreaterThan(held))
  })

  it('is dropped when what waits for it grows over its bound', async () => {
    const { router, count } = flood()
    const running = await start({ router, maxUnreadBytes: 100_000 })
    const socket = open(running)
    await once(socket, 'open')
    for (let id = 0; id < 50; id++) socket.send(logsCall(String(id)))
    await once(socket, 'message')
    socket.pause()
    await vi.waitFor(() => expect(count.running).toBe(0), { timeout: 5000 })
    expect(count.sent).toBeGreaterThan(50)
  })
})
