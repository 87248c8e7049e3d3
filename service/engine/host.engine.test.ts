import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineStatus } from '../../contract/nouns/node.ts'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { silentLog } from '../testing/deps.ts'
import { OwnDockerd } from '../testing/own-dockerd.ts'
import { until } from '../testing/wait.ts'
import { createEngineHost, type EngineHost } from './index.ts'

describe('the watch over a real engine', () => {
  let dockerd: OwnDockerd
  let host: EngineHost

  beforeAll(async () => {
    dockerd = await OwnDockerd.create()
    host = createEngineHost({ choice: dockerd.socket, clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
    await host.start()
    await reached('ready', 20_000)
  })
  afterAll(async () => {
    await host.stop()
    await dockerd.remove()
  })

  /** How long it took until the watch said so, ms. */
  async function reached(state: EngineStatus['state'], deadlineMs: number): Promise<number> {
    const startMs = performance.now()
    await until(`the engine counts as ${state}`, () => host.status().state === state, deadlineMs)
    return performance.now() - startMs
  }

  it('flags one that hangs, cuts what hung with it, and is back soon after it', async () => {
    const engine = host.require()
    const events = engine.events('node', new AbortController().signal)[Symbol.asyncIterator]()
    const next = expect(events.next()).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
    dockerd.signal('SIGSTOP')
    const call = expect(engine.listContainers('node')).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
    await reached('stopped', 20_000)
    await Promise.all([next, call])
    expect(() => host.require()).toThrow(expect.objectContaining({ code: 'E_ENGINE_STOPPED' }))
    dockerd.signal('SIGCONT')
    await reached('ready', 5000)
    expect(await host.require().listContainers('node')).toEqual([])
  })

  it('flags one that stops at once when something was listening, and finds the next one', async () => {
    const events = host.require().events('node', new AbortController().signal)[Symbol.asyncIterator]()
    const next = expect(events.next()).rejects.toMatchObject({ code: 'E_ENGINE_STOPPED' })
    await dockerd.stop()
    await next
    await reached('stopped', 5000)
    await dockerd.start()
    await reached('ready', 5000)
    expect(host.status()).toMatchObject({ kind: 'docker', socket: `unix://${dockerd.socket}` })
  })
})
