import { AsyncQueue } from '../../base/index.ts'
import { engineGone } from '../errors.ts'
import { networkName, volumeName } from '../names.ts'
import type { ContainerEngine, DiskUse, EngineEvent, Owner } from '../types.ts'
import type { FakeLine } from './call.ts'
import { createFakeContainers } from './containers.ts'
import { createFakeImages } from './images.ts'
import { createFakePods } from './pods.ts'
import type { FakeWorld } from './world.ts'

/** A node's connection to the fake. */
export function createFakeEngine(line: FakeLine, status: ContainerEngine['status']): ContainerEngine {
  return {
    status,
    yielding: { weight: 'group', memory: true, why: null },
    async ping(signal) {
      await line.ask('answer', signal)
    },
    freeDiskMiB: async () => (await line.ask('tell how much disk is free')).freeDiskMiB,
    ...createFakeImages(line, status),
    ...createFakeContainers(line),
    ...createFakeNetworks(line),
    ...createFakePods(line),
    events: (node, signal) => watch(line, node, signal),
  }
}

type Networks = Pick<ContainerEngine, 'ensureNetwork' | 'removeNetwork' | 'listNetworks' | 'ensureVolume' | 'removeVolumes' | 'listVolumes' | 'diskUse'>

function createFakeNetworks(line: FakeLine): Networks {
  const isOf = (owner: Owner) => (thing: { owner: Owner }) => thing.owner.node === owner.node && thing.owner.leaseId === owner.leaseId
  return {
    async ensureNetwork(owner) {
      const world = await line.ask('make a network')
      const network = { name: networkName(owner), owner }
      world.networks.set(network.name, network)
      return network
    },
    removeNetwork: async (owner) => void (await line.ask('remove a network')).networks.delete(networkName(owner)),
    listNetworks: async (node) => [...(await line.ask('list the networks')).networks.values()].filter(({ owner }) => owner.node === node),
    async ensureVolume(owner, volume) {
      const world = await line.ask('make a volume')
      const info = { name: volumeName(owner, volume), owner, volume }
      world.volumes.set(info.name, info)
      return info
    },
    async removeVolumes(owner) {
      const world = await line.ask('remove a volume')
      for (const { name } of [...world.volumes.values()].filter(isOf(owner))) {
        world.volumes.delete(name)
        world.written.delete(name)
      }
    },
    async diskUse(node) {
      const world = await line.ask('measure the volumes')
      const uses = new Map<string, DiskUse>()
      for (const { name, owner } of world.volumes.values()) {
        if (owner.node !== node) continue
        const bytes = world.written.get(name) ?? 0
        const usedBytes = (uses.get(owner.leaseId)?.usedBytes ?? 0) + bytes
        uses.set(owner.leaseId, { usedBytes, unboundBytes: usedBytes })
      }
      return uses
    },
    listVolumes: async (node) => [...(await line.ask('list the volumes')).volumes.values()].filter(({ owner }) => owner.node === node),
  }
}

/** More events than this waiting for a reader, and he is told to look at everything anew by the end of the stream. */
const maxWaitingEvents = 10_000

/** Watches from the call on, not from the first read. */
function watch(line: FakeLine, node: string, signal: AbortSignal): AsyncIterable<EngineEvent> {
  const queue = new AsyncQueue<EngineEvent & { node: string }>(maxWaitingEvents)
  const { world } = line
  world.watchers.add(queue)
  const leave = (error?: Error): void => {
    world.watchers.delete(queue)
    queue.end(error)
  }
  const gone = (): void => leave(engineGone('watch the containers', line.socket, line.closed.reason))
  if (world.state !== 'up' || line.closed.aborted) gone()
  signal.addEventListener('abort', () => leave(signal.reason as Error), { once: true })
  line.closed.addEventListener('abort', gone, { once: true })
  void untilNotUp(world).then(gone)
  return read(queue, node)
}

async function* read(queue: AsyncQueue<EngineEvent & { node: string }>, node: string): AsyncGenerator<EngineEvent, void> {
  for await (const { node: of, ...event } of queue) if (of === node) yield event
}

/** A hung engine keeps its connections; one that stops cuts them. */
async function untilNotUp(world: FakeWorld): Promise<void> {
  while (world.state === 'up' || world.state === 'hung') await world.stateChange()
}
