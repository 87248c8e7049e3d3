import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { networkName } from '../engine/names.ts'
import type { ContainerEngine, ContainerInfo, ContainerRequest, EngineEvent, EngineHost, LogOptions, Owner } from '../engine/types.ts'
import { until } from './wait.ts'

/** What a container of the suite does; each engine has its own way to be told so. */
export interface ContractProgram extends Partial<Pick<ContainerRequest, 'command' | 'healthcheck'>> {
  imageId: string
}

export interface ContractSetup {
  host: EngineHost
  /** `echo` on port 7000; `chatter` prints one, two, three and stays; `brief` prints done and ends with 3; `healthy` becomes so soon. */
  programs: Readonly<Record<'idle' | 'echo' | 'chatter' | 'brief' | 'healthy', ContractProgram>>
  /** An image that is in no place the engine can reach. */
  unreachableImage: string
  /** Starts a container that is not ours, with these labels; the disposer removes it. */
  startForeign(labels: Readonly<Record<string, string>>): Promise<() => Promise<void> | void>
  dispose(): Promise<void>
}

const echoPort = 7000

/** What every `ContainerEngine` promises, whatever is behind it. */
export function describeContainerEngine(name: string, setUp: () => Promise<ContractSetup>): void {
  describe(`${name} as a container engine`, () => {
    let setup: ContractSetup
    let engine: ContainerEngine
    let leases = 0
    const used: Owner[] = []

    beforeAll(async () => {
      setup = await setUp()
      engine = setup.host.require()
    })
    afterAll(() => setup.dispose())
    afterEach(async () => {
      for (const owner of used.splice(0)) await removeEverything(engine, owner)
    })

    /** A lease of its own for each test, so that none sees another's leftovers. */
    function newOwner(node = `contract-${process.pid}`): Owner {
      const owner = { node, leaseId: `lease${String(++leases).padStart(7, '0')}${'abcdefghijklmnopqrst'.slice(0, 20)}` }
      used.push(owner)
      return owner
    }

    function request(owner: Owner, program: ContractProgram, change: Partial<ContainerRequest> = {}): ContainerRequest {
      return {
        owner, service: 'main', imageId: program.imageId, network: networkName(owner), hostname: null, aliases: [],
        entrypoint: null, command: program.command ?? null, env: {}, workingDir: null, user: null, ports: [], volumes: [], tmpfs: [],
        healthcheck: program.healthcheck ?? null, limits: { cpuMilli: 500, memoryMiB: 64, pids: 64 }, shmMiB: null,
        init: true, tty: false, stdinOpen: false, stopSignal: null, stopGraceMs: 2000, ...change,
      }
    }

    async function create(owner: Owner, program: ContractProgram, change: Partial<ContainerRequest> = {}): Promise<ContainerInfo> {
      const [, info] = await Promise.all([engine.ensureNetwork(owner), engine.createContainer(request(owner, program, change))])
      return info
    }

    async function run(owner: Owner, program: ContractProgram, change: Partial<ContainerRequest> = {}): Promise<string> {
      const { id } = await create(owner, program, change)
      await engine.start(id)
      return id
    }

    async function state(id: string): Promise<ContainerInfo['state'] | undefined> {
      return (await engine.inspect(id))?.state
    }

    describe('a container', () => {
      it('is created once, however often it is asked for', async () => {
        const owner = newOwner()
        const first = await create(owner, setup.programs.idle)
        expect(first).toMatchObject({ owner, service: 'main', state: 'created', startedAtMs: null, finishedAtMs: null, exitCode: null, health: 'none' })
        expect(await engine.createContainer(request(owner, setup.programs.idle))).toEqual(first)
        expect(await engine.listContainers(owner.node)).toEqual([first])
      })

      it('that runs is found again by its name, even when the request has changed', async () => {
        const owner = newOwner()
        const id = await run(owner, setup.programs.idle)
        const found = await engine.createContainer(request(owner, setup.programs.idle, { env: { NEW: '1' } }))
        expect(found).toMatchObject({ id, state: 'running' })
      })

      it('that never ran is made anew when the request has changed', async () => {
        const owner = newOwner()
        const before = await create(owner, setup.programs.idle)
        const after = await engine.createContainer(request(owner, setup.programs.idle, { env: { NEW: '1' } }))
        expect(after.id).not.toBe(before.id)
        expect(await engine.listContainers(owner.node)).toEqual([after])
      })

      it('starts, stops and starts again; each order twice is as good as once', async () => {
        const id = await run(newOwner(), setup.programs.idle)
        await engine.start(id)
        const running = await engine.inspect(id)
        expect(running).toMatchObject({ state: 'running', exitCode: null })
        expect(running?.startedAtMs).toBeGreaterThan(0)
        await engine.stop(id, 2000)
        await engine.stop(id, 2000)
        const stopped = await engine.inspect(id)
        expect(stopped).toMatchObject({ state: 'exited', oomKilled: false })
        expect(stopped?.finishedAtMs).toBeGreaterThanOrEqual(stopped?.startedAtMs ?? Infinity)
        expect(stopped?.exitCode).toBeGreaterThan(0)
        await engine.start(id)
        expect(await state(id)).toBe('running')
      })

      it('is paused and resumed; each order twice is as good as once', async () => {
        const id = await run(newOwner(), setup.programs.idle)
        await engine.pause(id)
        await engine.pause(id)
        expect(await state(id)).toBe('paused')
        await engine.unpause(id)
        await engine.unpause(id)
        expect(await state(id)).toBe('running')
      })

      it('cannot be paused when it does not run', async () => {
        const { id } = await create(newOwner(), setup.programs.idle)
        await expect(engine.pause(id)).rejects.toMatchObject({ code: 'E_ENGINE' })
      })

      it('that ends by itself says how', async () => {
        const id = await run(newOwner(), setup.programs.brief)
        await until('the container has ended', async () => await state(id) === 'exited')
        expect(await engine.inspect(id)).toMatchObject({ exitCode: 3, oomKilled: false })
      })

      it('becomes healthy', async () => {
        const id = await run(newOwner(), setup.programs.healthy)
        await until('the container is healthy', async () => (await engine.inspect(id))?.health === 'healthy')
      })

      it('takes new limits while it runs', async () => {
        const id = await run(newOwner(), setup.programs.idle)
        await engine.update(id, { memoryMiB: 96, cpuMilli: 250, pids: 32 })
        expect(await state(id)).toBe('running')
      })

      it('that is gone can be stopped and removed, but not started', async () => {
        const id = await run(newOwner(), setup.programs.idle)
        await engine.removeContainer(id)
        await engine.removeContainer(id)
        await engine.stop(id, 1000)
        expect(await engine.inspect(id)).toBeNull()
        await expect(engine.start(id)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
      })

      it('is refused when it asks for another network or an image that is not there', async () => {
        const owner = newOwner()
        await expect(engine.createContainer(request(owner, setup.programs.idle, { network: 'host' }))).rejects.toMatchObject({ code: 'E_BAD_INPUT' })
        const nowhere = { imageId: `sha256:${'0'.repeat(64)}` }
        await expect(engine.createContainer(request(owner, nowhere))).rejects.toMatchObject({ code: 'E_IMAGE_NOT_FOUND' })
      })
    })

    describe('owners', () => {
      it('that share an engine do not see each other’s, even for one lease', async () => {
        const one = newOwner(`contract-a-${process.pid}`)
        const two = { ...one, node: `contract-b-${process.pid}` }
        used.push(two)
        const first = await create(one, setup.programs.idle)
        const second = await create(two, setup.programs.idle)
        await engine.ensureVolume(one, 'data')
        expect(second.id).not.toBe(first.id)
        expect((await engine.listContainers(one.node)).map(({ id }) => id)).toEqual([first.id])
        expect((await engine.listContainers(two.node)).map(({ id }) => id)).toEqual([second.id])
        expect((await engine.listNetworks(two.node)).map(({ owner }) => owner)).toEqual([two])
        expect(await engine.listVolumes(two.node)).toEqual([])
      })

      it('never see a container that somebody else started, whatever its labels say', async () => {
        const owner = newOwner()
        const mine = await create(owner, setup.programs.idle)
        const remove = await setup.startForeign({ 'io.depin.node': owner.node, 'io.depin.lease': owner.leaseId, 'io.depin.service': 'main' })
        try {
          expect((await engine.listContainers(owner.node)).map(({ id }) => id)).toEqual([mine.id])
        } finally {
          await remove()
        }
      })

      it('leave nothing behind', async () => {
        const owner = newOwner()
        const volume = await engine.ensureVolume(owner, 'data')
        expect(await engine.ensureVolume(owner, 'data')).toEqual(volume)
        expect(await engine.ensureNetwork(owner)).toEqual(await engine.ensureNetwork(owner))
        const withFiles = await engine.addFiles(setup.programs.idle.imageId, owner, 'main', [
          { path: '/run/secrets/key', content: Buffer.from('s3cret'), mode: 0o400, uid: 0, gid: 0 },
        ])
        expect(withFiles.volumes).toContain('/run/secrets')
        await run(owner, { ...setup.programs.idle, imageId: withFiles.id }, { volumes: [{ name: volume.name, path: '/data', readOnly: false }] })
        expect(await engine.listVolumes(owner.node)).toEqual([volume])

        await removeEverything(engine, owner)
        await removeEverything(engine, owner)
        expect(await engine.listContainers(owner.node)).toEqual([])
        expect(await engine.listNetworks(owner.node)).toEqual([])
        expect(await engine.listVolumes(owner.node)).toEqual([])
        expect(await engine.inspectImage(withFiles.id)).toBeNull()
        expect(await engine.inspectImage(setup.programs.idle.imageId)).not.toBeNull()
      })
    })

    describe('images', () => {
      it('that are there need no registry', async () => {
        const { imageId } = setup.programs.idle
        const image = await engine.pullImage(imageId, { platform: null, signal: new AbortController().signal })
        expect(image).toEqual(await engine.inspectImage(imageId))
        expect(image).toMatchObject({ id: imageId, os: engine.status.os, arch: engine.status.arch })
      })

      it('get the same layer for the same files, and another for others', async () => {
        const owner = newOwner()
        const file = { path: '/etc/app.conf', content: Buffer.from('a'), mode: 0o644, uid: 0, gid: 0 }
        const { imageId } = setup.programs.idle
        const first = await engine.addFiles(imageId, owner, 'main', [file])
        expect(await engine.addFiles(imageId, owner, 'main', [file])).toEqual(first)
        const second = await engine.addFiles(imageId, owner, 'main', [{ ...file, content: Buffer.from('b') }])
        expect(new Set([imageId, first.id, second.id]).size).toBe(3)
        expect(await engine.listContainers(owner.node)).toEqual([])
      })

      it('that cannot be had say why', async () => {
        const signal = new AbortController().signal
        expect(await engine.inspectImage(setup.unreachableImage)).toBeNull()
        await expect(engine.pullImage(setup.unreachableImage, { platform: null, signal })).rejects.toMatchObject({ code: 'E_REGISTRY_UNREACHABLE' })
        await expect(engine.pullImage(setup.programs.idle.imageId, { platform: 'linux/s390x', signal })).rejects.toMatchObject({ code: 'E_IMAGE_PLATFORM' })
      })
    })

    describe('logs', () => {
      const options = (change: Partial<LogOptions> = {}): LogOptions => ({ follow: false, tailLines: 100, signal: new AbortController().signal, ...change })

      it('come in order, with their times, and end with the container', async () => {
        const beforeMs = Date.now()
        const id = await run(newOwner(), setup.programs.brief)
        const { text, times } = await readLog(engine, id, options({ follow: true }))
        expect(text).toBe('done\n')
        expect(Math.min(...times)).toBeGreaterThan(beforeMs - 5000)
        expect(await state(id)).toBe('exited')
      })

      it('begin with the last lines', async () => {
        const id = await run(newOwner(), setup.programs.chatter)
        await until('all is printed', async () => (await readLog(engine, id, options())).text.includes('three'))
        expect((await readLog(engine, id, options({ tailLines: 2 }))).text).toBe('two\nthree\n')
        expect((await readLog(engine, id, options())).text).toBe('one\ntwo\nthree\n')
      })

      it('are followed until the reader has enough', async () => {
        const id = await run(newOwner(), setup.programs.chatter)
        const enough = new AbortController()
        const seen: string[] = []
        const following = (async () => {
          for await (const { text } of engine.logs(id, options({ follow: true, signal: enough.signal }))) {
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
        const id = await run(newOwner(), setup.programs.echo, { ports: [echoPort] })
        const socket = await connected(engine, id)
        const others = await Promise.all([connected(engine, id), connected(engine, id)])
        socket.end('half-closed')
        expect(await readAll(socket)).toBe('half-closed')
        for (const other of others) other.end('ping')
        expect(await Promise.all(others.map(readAll))).toEqual(['ping', 'ping'])
      })

      it('must have been asked for, and its container must run', async () => {
        const id = await run(newOwner(), setup.programs.echo, { ports: [echoPort] })
        expect((await engine.inspect(id))?.ports).toEqual([echoPort])
        await expect(engine.dial(id, 7001)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
        await engine.stop(id, 1000)
        await expect(engine.dial(id, echoPort)).rejects.toMatchObject({ code: 'E_APP_FAILED' })
        await engine.removeContainer(id)
        await expect(engine.dial(id, echoPort)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
      })
    })

    describe('use', () => {
      it('is measured for what runs and left out for what does not', async () => {
        const owner = newOwner()
        const running = await run(owner, setup.programs.idle)
        const { id: created } = await create(owner, setup.programs.idle, { service: 'other' })
        const use = await until('something was used', async () => {
          const measured = await engine.use([running, created, 'f'.repeat(64)])
          return (measured.get(running)?.cpuUsedUs ?? 0) > 0 ? measured : null
        })
        expect([...use.keys()]).toEqual([running])
        expect(use.get(running)?.memoryBytes).toBeGreaterThan(0)
      })
    })

    describe('events', () => {
      it('tell of this node’s containers, from the call on', async () => {
        const owner = newOwner()
        const stranger = newOwner(`contract-stranger-${process.pid}`)
        const stop = new AbortController()
        const events = engine.events(owner.node, stop.signal)
        const strange = await run(stranger, setup.programs.idle)
        const id = await run(owner, setup.programs.idle)
        const seen: EngineEvent[] = []
        const reading = (async () => {
          for await (const event of events) {
            seen.push(event)
            if (event.containerId === id) stop.abort(new Error('enough'))
          }
        })()
        await expect(reading).rejects.toThrow('enough')
        expect(seen.at(-1)).toEqual({ kind: 'container', containerId: id, leaseId: owner.leaseId })
        expect(seen.map(({ containerId }) => containerId)).not.toContain(strange)
      })

      it('tell of an end that nobody ordered', async () => {
        const owner = newOwner()
        const { id } = await create(owner, setup.programs.brief)
        const stop = new AbortController()
        const events = engine.events(owner.node, stop.signal)
        await engine.start(id)
        for await (const event of events) {
          expect(event.leaseId).toBe(owner.leaseId)
          if (await state(id) === 'exited') break
        }
        stop.abort()
      })
    })

    it('says how much disk is free', async () => {
      expect(await engine.freeDiskMiB()).toBeGreaterThan(0)
    })
  })
}

/** In the order that a provider ends a lease in. */
export async function removeEverything(engine: ContainerEngine, owner: Owner): Promise<void> {
  for (const container of await engine.listContainers(owner.node)) {
    if (container.owner.leaseId === owner.leaseId) await engine.removeContainer(container.id)
  }
  await Promise.all([engine.removeNetwork(owner), engine.removeVolumes(owner), engine.removeLeaseImages(owner)])
}

/** The program inside may take a moment longer than the engine to listen. */
async function connected(engine: ContainerEngine, id: string): Promise<Duplex> {
  return await until('the program listens', async () => {
    const probe = await engine.dial(id, echoPort)
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
