import { paceWrites, whileWritesAreFree, type Writer } from '../write-pace.ts'
import type { ChangedLimits, ContainerLimits } from '../types.ts'
import type { DockerApi } from './client.ts'
import { inspectJson, writerOf } from './containers.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'

type Container = ReturnType<DockerApi['getContainer']>

/**
 * Runs an order whose refusal may mean “already so”.
 *
 * @param isDone the state in which a refusal is as good as success; null stands for a container that is gone.
 */
export type Order = (
  what: string, deadlineMs: number, containerId: string,
  work: (container: Container, abortSignal: AbortSignal) => Promise<unknown>, isDone: (state: string | null) => boolean,
) => Promise<void>

export interface Limits {
  update: (id: string, limits: ChangedLimits) => Promise<void>
  /** What a container is to start with. */
  starting: (id: string, limits: ChangedLimits | undefined) => Promise<void>
  /** What of that can be said only to one that runs. */
  started: (id: string, limits: ChangedLimits | undefined) => Promise<void>
  /** Before it must write what it has not written yet, to end. */
  freeWrites: (id: string) => Promise<void>
  /** Likewise, to fall asleep. */
  whileFree: (id: string, work: () => Promise<void>) => Promise<void>
}

/** Changes of what a container may use while it runs. */
export function createLimits(context: EngineContext, order: Order): Limits {
  const { client, traits, quotas, disks, cores } = context

  async function find(id: string): Promise<Writer | null> {
    return disks.says.means === 'loop' ? await writerOf(context, await inspectJson(client, id)) : null
  }

  async function pace(id: string, heldBackPercent: number | null): Promise<void> {
    const writer = await find(id)
    if (writer !== null) await paceWrites(writer, heldBackPercent === null ? 'free' : 'held-back')
  }

  async function isAlive(id: string): Promise<boolean> {
    const state = (await inspectJson(client, id))?.State.Status
    return state === 'running' || state === 'paused'
  }

  async function update(id: string, { heldBackPercent, ...limits }: ChangedLimits): Promise<void> {
    if (heldBackPercent === undefined) {
      await updateEngine(id, limits)
      return
    }
    await pace(id, heldBackPercent)
    const kept = cores?.for(heldBackPercent) ?? null
    try {
      await updateEngine(id, limits, kept)
    } catch (error) {
      if (kept === null || statusOf(error) === null) throw error
      const wasAlive = await isAlive(id)
      await updateEngine(id, limits)
      // one that ended meanwhile was refused for that
      if (wasAlive) cores?.refused()
    }
  }

  async function updateEngine(id: string, limits: Partial<ContainerLimits>, kept: string | null = null): Promise<void> {
    // Podman has this order in its own language only
    const work = traits.kind === 'podman'
      ? () => client.post('change the limits of the container', 15_000, `/v4.0.0/libpod/containers/${encodeURIComponent(id)}/update`, podmanLimits(limits))
      : (container: Container, abortSignal: AbortSignal) => container.update({ ...engineLimits(limits), ...kept !== null && { CpusetCpus: kept }, abortSignal })
    await order('change the limits of the container', 15_000, id, work, () => false)
    if (limits.cpuMilli !== undefined) quotas?.given(id, limits.cpuMilli)
  }

  return {
    update,
    async starting(id, limits) {
      // Podman changes nothing of what does not run
      if (limits !== undefined && traits.kind === 'docker') await update(id, limits)
    },
    async started(id, limits) {
      if (limits !== undefined && traits.kind === 'podman') {
        try {
          await update(id, limits)
        } catch (error) {
          // one that ended at once has nothing to be held back
          if (await isAlive(id)) throw error
        }
      } else if (limits?.heldBackPercent !== undefined) await pace(id, limits.heldBackPercent)
    },
    freeWrites: (id) => pace(id, null),
    async whileFree(id, work) {
      const writer = await find(id)
      await (writer === null ? work() : whileWritesAreFree(writer, work))
    },
  }
}

function engineLimits(limits: Partial<ContainerLimits>): object {
  const memoryBytes = limits.memoryMiB === undefined ? undefined : limits.memoryMiB * 1024 ** 2
  return {
    ...memoryBytes !== undefined && { Memory: memoryBytes, MemorySwap: memoryBytes },
    ...limits.cpuMilli !== undefined && { NanoCpus: limits.cpuMilli * 1_000_000 },
    ...limits.pids !== undefined && { PidsLimit: limits.pids },
  }
}

/** A period of the kernel's scheduler, µs. */
const periodUs = 100_000

/** As the runtime takes them (OCI runtime specification, `LinuxResources`). */
function podmanLimits(limits: Partial<ContainerLimits>): Readonly<Record<string, unknown>> {
  const memoryBytes = limits.memoryMiB === undefined ? undefined : limits.memoryMiB * 1024 ** 2
  return {
    ...memoryBytes !== undefined && { memory: { limit: memoryBytes, swap: memoryBytes } },
    ...limits.cpuMilli !== undefined && { cpu: { quota: Math.round(limits.cpuMilli * periodUs / 1000), period: periodUs } },
    ...limits.pids !== undefined && { pids: { limit: limits.pids } },
  }
}
