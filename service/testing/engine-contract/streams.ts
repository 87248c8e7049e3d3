import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { ContainerEngine, EngineEvent, LogOptions } from '../../engine/types.ts'
import { until } from '../wait.ts'
import type { Bench } from './bench.ts'

const echoPort = 7000

export function describeStreams(bench: Bench): void {
  describe('logs', () => {
    const options = (change: Partial<LogOptions> = {}): LogOptions => ({ follow: false, tailLines: 100, signal: new AbortController().signal, ...change })

    it('come in order, with their times, and end with the container', async () => {
      const beforeMs = Date.now()
      const id = await bench.run(bench.newOwner(), bench.setup.programs.brief)
      const { text, times } = await readLog(bench.engine, id, options({ follow: true }))
      expect(text).toBe('done\n')
      expect(Math.min(...times)).toBeGreaterThan(beforeMs - 5000)
      expect(await bench.state(id)).toBe('exited')
    })

    it('begin with the last lines', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.chatter)
      await until('all is printed', async () => (await readLog(bench.engine, id, options())).text.includes('three'))
      expect((await readLog(bench.engine, id, options({ tailLines: 2 }))).text).toBe('two\nthree\n')
      expect((await readLog(bench.engine, id, options())).text).toBe('one\ntwo\nthree\n')
    })

    it('are heard without being read: how fast somebody prints who has printed long ago', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.chatter)
      await until('it prints no more', async () => await bench.engine.outputRate(id, new AbortController().signal) === 0)
    })

    it('are followed until the reader has enough', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.chatter)
      const enough = new AbortController()
      const seen: string[] = []
      const following = (async () => {
        for await (const { text } of bench.engine.logs(id, options({ follow: true, signal: enough.signal }))) {
          seen.push(text)
          if (text.includes('three')) enough.abort(new Error('enough'))
        }
      })()
      await expect(following).rejects.toThrow('enough')
      expect(seen.join('')).toBe('one\ntwo\nthree\n')
    })
  })

  describe('a dialled port', () => {
    it('sends back, and each way closes on its own', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.echo, { ports: [echoPort] })
      const socket = await connected(bench.engine, id)
      const others = await Promise.all([connected(bench.engine, id), connected(bench.engine, id)])
      socket.end('half-closed')
      expect(await readAll(socket)).toBe('half-closed')
      for (const other of others) other.end('ping')
      expect(await Promise.all(others.map(readAll))).toEqual(['ping', 'ping'])
    })

    it('must have been asked for, and its container must run', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.echo, { ports: [echoPort] })
      expect((await bench.engine.inspect(id))?.ports).toEqual([echoPort])
      await expect(bench.engine.dial(id, 7001)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
      await bench.engine.stop(id, 1000)
      await expect(bench.engine.dial(id, echoPort)).rejects.toMatchObject({ code: 'E_APP_FAILED' })
      await bench.engine.removeContainer(id)
      await expect(bench.engine.dial(id, echoPort)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    })
  })

  describe('events', () => {
    it('tell of this node’s containers, from the call on', async () => {
      const owner = bench.newOwner()
      const stranger = bench.newOwner(`contract-stranger-${process.pid}`)
      const stop = new AbortController()
      const events = bench.engine.events(owner.node, stop.signal)
      const strange = await bench.run(stranger, bench.setup.programs.idle)
      const id = await bench.run(owner, bench.setup.programs.idle)
      const seen: EngineEvent[] = []
      const reading = (async () => {
        for await (const event of events) {
          seen.push(event)
          if (event.containerId === id) stop.abort(new Error('enough'))
        }
      })()
      await expect(reading).rejects.toThrow('enough')
      expect(seen).toContainEqual({ kind: 'container', containerId: id, leaseId: owner.leaseId })
      expect(seen.map(({ containerId }) => containerId)).not.toContain(strange)
    })

    it('tell of an end that nobody ordered', async () => {
      const owner = bench.newOwner()
      const { id } = await bench.create(owner, bench.setup.programs.brief)
      const stop = new AbortController()
      const events = bench.engine.events(owner.node, stop.signal)
      await bench.engine.start(id)
      for await (const event of events) {
        // hints of what was a moment before the call may come too
        if (event.containerId === id && await bench.state(id) === 'exited') break
      }
      stop.abort()
    })
  })
}

/** The program inside may take a moment longer than the engine to listen. */
async function connected(engine: ContainerEngine, id: string): Promise<Duplex> {
  return await until('the program listens', async () => {
    // refused while it has not begun to listen
    const probe = await engine.dial(id, echoPort).catch(() => null)
    if (probe === null) return null
    probe.write('?')
    const answered = await Promise.race([once(probe, 'data').then(() => true), once(probe, 'close').then(() => false), once(probe, 'end').then(() => false)])
    if (answered) return probe
    probe.destroy()
    return null
  })
}

async function readAll(socket: Duplex): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

async function readLog(engine: ContainerEngine, id: string, options: LogOptions): Promise<{ text: string, times: number[] }> {
  let text = ''
  const times: number[] = []
  for await (const chunk of engine.logs(id, options)) {
    text += chunk.text
    times.push(chunk.atMs)
  }
  return { text, times }
}
