import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeDeps } from '../../testing/deps.ts'
import { until } from '../../testing/wait.ts'
import type { DockerClient } from './client.ts'
import type { ContainerJson } from './containers.ts'
import { createDial, type Found } from './dial.ts'
import { createEvents } from './events.ts'
import { Published } from './published.ts'

const appPort = 80
const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await close(server)
})

/** Says its name to whoever comes. */
async function listen(name: string): Promise<Server> {
  const server = createServer((socket) => socket.end(name)).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return server
}

async function close(server: Server): Promise<void> {
  if (server.listening) await new Promise((resolve) => server.close(resolve))
}

function containerAt(server: Server): Found {
  const pod: ContainerJson = {
    Id: 'p', Name: '/p', State: { Status: 'running' }, Config: { Tty: false }, HostConfig: {},
    NetworkSettings: { Ports: { [`${appPort}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String((server.address() as AddressInfo).port) }] } },
  }
  return { container: { ...pod, Id: 'c', Config: { Tty: false, Labels: { 'io.depin.ports': String(appPort) } }, NetworkSettings: {} }, pod }
}

/** An engine that has published one container, and counts how often it is asked where. */
function engineWith(container: Found | null) {
  const { clock } = fakeDeps()
  const engine = { clock, container, asked: 0 }
  const published = new Published<Found | null>({
    clock,
    ask: () => {
      engine.asked++
      return Promise.resolve(engine.container)
    },
  })
  const { dial } = createDial({ clock, isNative: false }, published)
  const hear = async (): Promise<string> => {
    const socket = await dial('c', appPort)
    socket.end()
    let heard = ''
    for await (const chunk of socket) heard += String(chunk)
    return heard
  }
  return { engine, published, hear }
}

describe('a connection to a container', () => {
  it('asks the engine anew each time when no events are read', async () => {
    const { engine, hear } = engineWith(containerAt(await listen('first')))
    expect([await hear(), await hear()]).toEqual(['first', 'first'])
    expect(engine.asked).toBe(2)
  })

  it('asks once for many that come at once, and for those of the next second', async () => {
    const { engine, published, hear } = engineWith(containerAt(await listen('first')))
    using _ = published.reading()
    await Promise.all([hear(), hear(), hear()])
    await hear()
    expect(engine.asked).toBe(1)
    engine.clock.advance(1_000)
    await hear()
    expect(engine.asked).toBe(2)
  })

  it('finds a container that was started again and is published elsewhere now', async () => {
    const first = await listen('first')
    const { engine, published, hear } = engineWith(containerAt(first))
    using _ = published.reading()
    await hear()
    await close(first)
    engine.container = containerAt(await listen('again'))
    expect(await hear()).toBe('again')
    expect(await hear()).toBe('again')
    expect(engine.asked).toBe(2)
  })

  it('says that a container has gone, although it was there a moment ago', async () => {
    const first = await listen('first')
    const { engine, published, hear } = engineWith(containerAt(first))
    using _ = published.reading()
    await hear()
    await close(first)
    engine.container = null
    await expect(hear()).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('is refused when nobody listens, and the engine is asked no more than twice', async () => {
    const first = await listen('first')
    const { engine, published, hear } = engineWith(containerAt(first))
    using _ = published.reading()
    await hear()
    await close(first)
    await expect(hear()).rejects.toMatchObject({ code: 'E_APP_FAILED' })
    expect(engine.asked).toBe(2)
  })

  it('never goes to the old port after an event, even when somebody else listens there', async () => {
    const { engine, published, hear } = engineWith(containerAt(await listen('somebody else by now')))
    const said = Promise.withResolvers<string>()
    async function* body(): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from(await said.promise)
      await new Promise(() => undefined)
    }
    const client = { stream: () => Promise.resolve({ body: body(), [Symbol.dispose]: () => undefined }) } as unknown as DockerClient
    const events = createEvents({ client, clock: engine.clock }, [published]).events('n', new AbortController().signal)
    const event = events[Symbol.asyncIterator]().next()
    await until('an answer is remembered', async () => {
      const before = engine.asked
      await hear()
      return engine.asked === before
    })
    engine.container = containerAt(await listen('the container'))
    said.resolve(`${JSON.stringify({ Action: 'die', Actor: { ID: 'c', Attributes: { 'io.depin.lease': 'l' } } })}\n`)
    expect(await event).toMatchObject({ value: { containerId: 'c' } })
    expect(await hear()).toBe('the container')
  })
})
