import { type BaseDeps, randomHex } from '../base/index.ts'
import { FakeLine } from './fake/call.ts'
import { createFakeEngine } from './fake/engine.ts'
import type { FakeDaemon, FakeEngineOptions } from './fake/types.ts'
import { endFakePod } from './fake/pods.ts'
import { defaultCpuMilli, FakeWorld } from './fake/world.ts'
import type { EngineFinder } from './finder.ts'
import { EngineWatch } from './host.ts'
import { podName } from './names.ts'
import type { ContainerEngine } from './types.ts'

export { manifestOf } from './fake/images.ts'
export { contentOf, digestOf } from './fake/world.ts'
export type { FakeDaemon, FakeEngineOptions, FakeEngineState, FakeImage, FakeProgram } from './fake/types.ts'

/**
 * An engine in memory, for networks of many nodes in one process. It keeps the real one's promises (the contract suite
 * holds both to them) and refuses what the real one refuses: requests go through the same spec builder. Nothing is
 * executed; images say what their containers pretend to do.
 */
export function createFakeDaemon(deps: BaseDeps, options: FakeEngineOptions = {}): FakeDaemon {
  const world = new FakeWorld(deps.clock, options)
  const socket = `fake:${randomHex(deps.rng, 4)}`
  const container = (id: string) => {
    const found = world.containers.get(id)
    if (found === undefined) throw new Error(`the fake has no container ${id}`)
    return found
  }
  return {
    host: () => new EngineWatch(createFakeFinder(world, socket), deps),
    addImage: (image) => world.addImage(image),
    publish: (image) => void world.registry.set(image.ref, image),
    findImage: (ref) => world.findImage(ref)?.info ?? null,
    setRegistryReachable: (reachable) => { world.registryReachable = reachable },
    setFreeDiskMiB: (freeMiB) => { world.freeDiskMiB = freeMiB },
    write: (leaseId, bytes) => {
      for (const { name, owner } of world.volumes.values()) if (owner.leaseId === leaseId) world.written.set(name, bytes)
    },
    setState: (state) => world.setState(state),
    print: (id, text) => container(id).print(text),
    exit: (id, code) => container(id).exit(code),
    endPod: (owner, service) => endFakePod(world, owner, service),
    count(owner, service, counts, destinations = []) {
      const pod = world.pods.get(podName(owner, service))
      if (pod !== undefined) Object.assign(pod, { counts, destinations })
    },
    podPolicy: (owner, service) => world.pods.get(podName(owner, service))?.policy ?? null,
    containerIds: () => [...world.containers.keys(), ...world.foreign.keys()],
    addForeignContainer(labels) {
      const id = world.newContainerId()
      world.foreign.set(id, labels)
      return () => void world.foreign.delete(id)
    },
  }
}

function createFakeFinder(world: FakeWorld, socket: string): EngineFinder {
  return {
    async find(only, signal) {
      if (world.state === 'absent') return { state: 'missing', tried: [`${socket}: there is none`], install: 'nothing installs a fake' }
      const line = new FakeLine(world, socket)
      try {
        await line.ask('answer', signal)
      } catch {
        signal.throwIfAborted()
        return { state: world.state === 'hung' ? 'hung' : 'silent', socket, message: `The container engine at ${only ?? socket} does not answer.` }
      }
      const engine = createFakeEngine(line, statusOf(world, socket))
      return { state: 'ready', connection: { engine, close: (reason) => line.close(reason), onSilence: () => undefined } }
    },
  }
}

function statusOf({ options }: FakeWorld, socket: string): ContainerEngine['status'] {
  return {
    state: 'ready', kind: 'fake', version: '1', socket, os: 'linux', arch: 'amd64',
    cpuMilli: options.cpuMilli ?? defaultCpuMilli, memoryMiB: options.memoryMiB ?? 8192, rootless: true, containment: 'proven', disk: { means: 'measured', why: 'It is a fake.' }, isolation: options.isolation ?? 'userns',
  }
}
