import { once } from 'node:events'
import { connect } from 'node:net'
import { DepinError } from '../../../contract/errors.ts'
import { containerGone, imageNotFound, portNotAsked } from '../errors.ts'
import { podName, volumeOf } from '../names.ts'
import { containerSpec } from '../spec.ts'
import type { ContainerEngine, ContainerInfo, ContainerUse, LogChunk, LogOptions } from '../types.ts'
import type { FakeLine } from './call.ts'
import { FakeContainer } from './container.ts'
import { defaultCpuMilli, type FakeWorld } from './world.ts'

type Containers = Pick<ContainerEngine,
  'createContainer' | 'inspect' | 'listContainers' | 'start' | 'stop' | 'pause' | 'unpause' | 'update' | 'removeContainer' | 'use' | 'logs' | 'outputRate' | 'dial'>

export function createFakeContainers(line: FakeLine): Containers {
  async function find(what: string, containerId: string): Promise<FakeContainer> {
    const container = (await line.ask(what)).containers.get(containerId)
    if (container === undefined) throw containerGone(containerId)
    return container
  }

  async function* logs(containerId: string, options: LogOptions): AsyncGenerator<LogChunk, void> {
    const world = await line.ask('read the log', options.signal)
    const container = world.containers.get(containerId)
    if (container === undefined) return
    yield* container.log.read({ ...options, signal: AbortSignal.any([options.signal, line.closed]) })
  }

  return {
    createContainer: async (request) => create(await line.ask('create a container'), request),
    inspect: async (id) => (await line.ask('look at a container')).containers.get(id)?.info() ?? null,
    async listContainers(node) {
      const world = await line.ask('list the containers')
      return [...world.containers.values()].map((container) => container.info()).filter((info) => info.owner.node === node)
    },
    async start(id, limits) {
      const container = await find('start the container', id)
      const { owner, service } = container.request
      if (line.world.pods.get(podName(owner, service))?.isRunning !== true) throw new DepinError('E_ENGINE', 'The container engine could not start the container: its pod does not run')
      await container.start(limits)
    },
    stop: async (id, graceMs) => await (await line.ask('stop the container')).containers.get(id)?.stop(graceMs),
    pause: async (id) => (await find('pause the container', id)).pause(),
    unpause: async (id) => (await find('resume the container', id)).unpause(),
    update: async (id, limits) => (await find('change the limits of the container', id)).update(limits),
    async removeContainer(id) {
      const world = await line.ask('remove the container')
      const container = world.containers.get(id)
      await container?.kill()
      if (container === undefined || !world.containers.delete(id)) return
      announce(world, container.info())
    },
    async use(ids) {
      const world = await line.ask('measure a container')
      const measured = ids.map((id): [string, ContainerUse | null] => [id, world.containers.get(id)?.use() ?? null])
      return new Map(measured.filter((entry): entry is [string, ContainerUse] => entry[1] !== null))
    },
    logs,
    outputRate: async (id) => (await find('overhear a container', id)).printsPerS,
    async dial(id, port, signal) {
      const container = await find('connect to the container', id)
      if (!container.request.ports.includes(port)) throw portNotAsked(port)
      const localPort = container.localPort(port)
      if (localPort === null) throw new DepinError('E_APP_FAILED', 'The container takes no connection on this port.', { next: 'Look in its log: is the program listening?' })
      const socket = connect({ host: '127.0.0.1', port: localPort, allowHalfOpen: true, noDelay: true })
      await once(socket, 'connect', signal === undefined ? {} : { signal })
      return socket
    },
  }
}

function create(world: FakeWorld, request: Parameters<ContainerEngine['createContainer']>[0]): ContainerInfo {
  const { name, hash } = containerSpec(request, { kind: 'docker', seccomp: 'named', runtime: null })
  const present = [...world.containers.values()].find((container) => container.name === name)
  // as with a real engine: what has run is kept, what never did is made anew when the request has changed
  if (present !== undefined && (present.info().state !== 'created' || present.specHash === hash)) return present.info()
  if (present !== undefined) world.containers.delete(present.id)
  const image = world.images.get(request.imageId)
  if (image === undefined) throw imageNotFound(request.imageId, 'no such image')
  const { owner } = request
  for (const mount of request.volumes) {
    const volume = volumeOf(owner, mount.name)
    if (volume !== null) world.volumes.set(mount.name, { name: mount.name, owner, volume })
  }
  const id = world.newContainerId()
  const container = new FakeContainer({ id, name, specHash: hash }, request, (world.options.cpuMilli ?? defaultCpuMilli) / 1000, image.program, world.clock, () => announce(world, container.info()))
  world.containers.set(id, container)
  announce(world, container.info())
  return container.info()
}

function announce(world: FakeWorld, { id, owner }: ContainerInfo): void {
  world.announce(owner.node, { kind: 'container', containerId: id, leaseId: owner.leaseId })
}
