import { statfs } from 'node:fs/promises'
import type { Yielding } from '../../../contract/nouns/owner.ts'
import type { ContainerEngine } from '../types.ts'
import { createArchives } from './archives.ts'
import { createContainers, createGlances } from './containers.ts'
import type { EngineContext } from './context.ts'
import { createDial, lookUp } from './dial.ts'
import { createDiskUse } from './disk-use.ts'
import { createEvents } from './events.ts'
import { createFileLayers } from './file-layers.ts'
import { createImageList } from './image-list.ts'
import { createImages } from './images.ts'
import { Insides } from './insides.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLogs } from './logs.ts'
import { createNetworks } from './networks.ts'
import { createPods } from './pods.ts'
import { Published } from './published.ts'
import { createUse } from './use.ts'
import { createVolumes } from './volumes.ts'

const unknownYielding: Yielding = { weight: 'none', memory: false, why: 'It is not known how this engine groups its containers.' }

/** Docker, or what speaks its language, behind one connection. */
export function createDockerEngine(context: EngineContext): ContainerEngine {
  const { client, status, rootDir, disks } = context

  async function freeDiskMiB(): Promise<number | null> {
    if (rootDir === null) return null
    try {
      const places = await Promise.all([rootDir, ...disks.directory === null ? [] : [disks.directory]].map((path) => statfs(path)))
      return Math.min(...places.map(({ bavail, bsize }) => Math.floor(bavail * bsize / 1024 ** 2)))
    } catch {
      // kept where this user cannot look, or inside the engine's own virtual machine
      return null
    }
  }

  const images = createImages(context, freeDiskMiB)
  const insides = new Insides(context)
  const archives = createArchives(context)
  const networks = createNetworks(context)
  const glances = createGlances(context)
  const { ensureNetwork, removeNetwork, listNetworks } = networks
  const { ready, ...pods } = createPods(context, networks, { status, ...images, ...archives }, glances)
  const published = new Published({ clock: context.clock, ask: (containerId) => lookUp(client, containerId) })
  return {
    status,
    yielding: context.traits.yielding?.says ?? unknownYielding,
    freeDiskMiB,
    async ping(signal) {
      await client.call('answer', 5000, (docker) => docker.ping(), signal)
    },
    ...images,
    ...createImageList(context),
    ...archives,
    ...createFileLayers(context, insides),
    async lookInto(look) {
      await insides.of(look)
    },
    ensureNetwork,
    removeNetwork,
    listNetworks,
    ...pods,
    ...createVolumes(context),
    ...createDiskUse(context),
    ...createContainers(context, glances, insides, ready),
    ...createLifecycle(context, glances),
    ...createUse(context, glances),
    ...createLogs(context),
    ...createEvents(context, [published, glances]),
    ...createDial(context, published),
  }
}
