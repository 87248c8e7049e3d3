import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../../base/index.ts'
import { silentLog } from '../../testing/deps.ts'
import { testEngineSocket } from '../../testing/engine-images.ts'
import { until } from '../../testing/wait.ts'
import { createEngineHost, type EngineHost } from '../index.ts'
import { attack, leaksOf } from './attack.ts'

/** A machine on a local network of this one, in a namespace of its own, that answers over IPv4 and IPv6. Needs root. */
class Neighbour {
  readonly places = [{ address: '10.213.77.2', port: 8080 }, { address: 'fd77:213::2', port: 8080 }]
  readonly #name = `depin-lan-${process.pid}`
  readonly #cable = `dl${process.pid}`
  #server: ChildProcess | null = null

  async open(): Promise<void> {
    const ip = (...words: string[]) => execFileSync('ip', words)
    ip('netns', 'add', this.#name)
    ip('link', 'add', this.#cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', this.#name)
    for (const [namespace, link, last] of [[[], this.#cable, 1], [['-n', this.#name], 'eth0', 2]] as const) {
      ip(...namespace, 'addr', 'add', `10.213.77.${last}/24`, 'dev', link)
      ip(...namespace, 'addr', 'add', `fd77:213::${last}/64`, 'dev', link, 'nodad')
      ip(...namespace, 'link', 'set', link, 'up')
    }
    ip('addr', 'add', `${this.publicAddress}/32`, 'dev', this.#cable)
    // it knows the way back to every container
    ip('-n', this.#name, 'route', 'add', 'default', 'via', '10.213.77.1')
    this.#server = spawn('ip', ['netns', 'exec', this.#name, process.execPath, '-e', `require('node:net').createServer((s) => s.end('hello')).listen(8080, '::')`], { stdio: 'ignore' })
    await until('the neighbour answers', async () => await this.answers('10.213.77.2', 8080))
  }

  async answers(host: string, port: number): Promise<boolean> {
    const socket = connect({ host, port })
    return await once(socket, 'connect').then(() => true, () => false).finally(() => socket.destroy())
  }

  /** As a rented server has one: this machine's own, and in no private network. */
  readonly publicAddress = '11.213.77.1'

  close(): void {
    this.#server?.kill()
    execFileSync('ip', ['link', 'del', this.#cable])
    execFileSync('ip', ['netns', 'del', this.#name])
  }
}

describe('an attack from inside, on a real engine', () => {
  const nodeId = `attack-test-${process.pid}`
  let host: EngineHost
  let ours: Server

  const lan = new Neighbour()

  beforeAll(async () => {
    await lan.open()
    ours = createServer().listen(0, '0.0.0.0')
    await once(ours, 'listening')
    host = createEngineHost({ choice: testEngineSocket(), clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
    await host.start()
    await until('the engine was found', () => host.status().state === 'ready')
  })
  afterAll(async () => {
    ours.close()
    lan.close()
    await host.stop()
  })

  it('reaches its own lease and nothing else, and leaves nothing behind', async () => {
    const engine = host.require()
    for (const { address, port } of lan.places) expect(await lan.answers(address, port), address).toBe(true)
    const { port } = ours.address() as { port: number }
    const results = await attack(engine, { nodeId, ownPorts: [port], neighbours: lan.places, clock: createSystemClock(), signal: new AbortController().signal })
    expect(leaksOf(results)).toEqual([])
    expect(results.filter(({ what }) => what === `this machine, ${lan.publicAddress}`).map(({ tier, outcome }) => `${tier}: ${outcome}`)).toEqual(['none: refused', 'open: refused'])
    expect(results.length).toBeGreaterThan(60)
    expect(results.filter(({ outcome }) => outcome === 'reached').map(({ what }) => what)).toEqual(['another service of its own lease'])
    expect(await left()).toEqual([[], [], []])
  })

  it.each(['ensurePod', 'createContainer', 'start'] as const)('leaves nothing behind when it is given up in the middle: %s', async (step) => {
    const stop = new AbortController()
    let calls = 0
    const engine = new Proxy(host.require(), {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (key !== step || typeof value !== 'function') return value
        return (...args: unknown[]): unknown => {
          // the first two are of those that are attacked
          if (++calls === 3) stop.abort(new Error('the service stops'))
          return Reflect.apply(value, target, args) as unknown
        }
      },
    })
    await expect(attack(engine, { nodeId, ownPorts: [], clock: createSystemClock(), signal: stop.signal })).rejects.toThrow('the service stops')
    expect(await left()).toEqual([[], [], []])
  })

  async function left(): Promise<unknown[]> {
    const [engine, node] = [host.require(), `${nodeId}-attack`]
    return [await engine.listContainers(node), await engine.listPods(node), await engine.listNetworks(node)]
  }
})
