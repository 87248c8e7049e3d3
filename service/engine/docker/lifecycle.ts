import { DepinError } from '../../../contract/errors.ts'
import { containerGone } from '../errors.ts'
import type { ContainerEngine, ContainerLimits } from '../types.ts'
import { containerInfo, inspectJson } from './containers.ts'
import type { DockerApi } from './client.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import type { Glances } from './glances.ts'

type Lifecycle = Pick<ContainerEngine, 'start' | 'stop' | 'pause' | 'unpause' | 'update' | 'removeContainer'>
type Container = ReturnType<DockerApi['getContainer']>

const goneCheckMs = 50

/** @param glances told of what is done here, whose event may come later. */
export function createLifecycle(context: EngineContext, glances: Pick<Glances<unknown>, 'forget'>): Lifecycle {
  const { client, clock, traits, quotas } = context

  /**
   * Runs an order whose refusal may mean “already so”.
   *
   * @param isDone the state in which a refusal is as good as success; null stands for a container that is gone.
   */
  async function order(
    what: string, deadlineMs: number, containerId: string,
    work: (container: Container, abortSignal: AbortSignal) => Promise<unknown>, isDone: (state: string | null) => boolean,
  ): Promise<void> {
    try {
      await client.call(what, deadlineMs, (docker, signal) => work(docker.getContainer(containerId), signal)).finally(() => glances.forget(containerId))
    } catch (error) {
      const status = statusOf(error)
      if (status === 304) return
      if (status === null) throw error
      const json = await inspectJson(client, containerId)
      if (isDone(json?.State.Status ?? null)) return
      throw json === null ? containerGone(containerId, error) : error
    }
  }

  /** A removal that somebody else began: done when the container is not there any more. */
  async function untilGone(containerId: string): Promise<void> {
    await client.call('see a container removed', 60_000, async (_, signal) => {
      while (await inspectJson(client, containerId, signal) !== null) await clock.sleep(goneCheckMs, signal)
    })
  }

  async function update(id: string, limits: Partial<ContainerLimits>): Promise<void> {
    // Podman has this order in its own language only
    const work = traits.kind === 'podman'
      ? () => client.post('change the limits of the container', 15_000, `/v4.0.0/libpod/containers/${encodeURIComponent(id)}/update`, podmanLimits(limits))
      : (container: Container, abortSignal: AbortSignal) => container.update({ ...engineLimits(limits), abortSignal })
    await order('change the limits of the container', 15_000, id, work, () => false)
    if (limits.cpuMilli !== undefined) quotas?.given(id, limits.cpuMilli)
  }

  return {
    async start(id) {
      try {
        await order('start the container', 120_000, id, (container, abortSignal) => container.start({ abortSignal }), (state) => state === 'running')
        quotas?.started(id)
      } catch (error) {
        // the engine's way to say that the program is not there or cannot be run
        if (statusOf(error) !== 400) throw error
        throw new DepinError('E_APP_FAILED', (error as DepinError).message, { next: 'Check the command and the entrypoint.', cause: error })
      }
    },
    stop: (id, graceMs) => order(
      'stop the container', graceMs + 60_000, id,
      (container, abortSignal) => container.stop({ t: Math.ceil(graceMs / 1000), abortSignal }),
      (state) => state === null || state === 'exited' || state === 'dead' || state === 'created',
    ),
    pause: (id) => pauseSurely(context, id, update, () => order('pause the container', 15_000, id, (container, abortSignal) => container.pause({ abortSignal }), (state) => state === 'paused')),
    unpause: (id) => order('resume the container', 15_000, id, (container, abortSignal) => container.unpause({ abortSignal }), (state) => state === 'running'),
    update,
    async removeContainer(id) {
      quotas?.gone(id)
      try {
        // v: volumes that the image declares and nobody named go with it
        await client.call('remove the container', 60_000, (docker, abortSignal) => docker.getContainer(id).remove({ force: true, v: true, abortSignal }))
      } catch (error) {
        const status = statusOf(error)
        if (status === 404) return
        if (status !== 409) throw error
        await untilGone(id)
      }
    },
  }
}

/** What waits for its quota, or for its turn behind the owner's work, cannot be frozen: then it gets what it needs for a moment. */
async function pauseSurely({ client, traits, status, quotas }: EngineContext, id: string, update: Lifecycle['update'], freeze: () => Promise<void>): Promise<void> {
  try {
    await freeze()
  } catch (error) {
    const json = await inspectJson(client, id)
    const info = json === null ? null : containerInfo(json, quotas)
    if (info?.state !== 'running' || info.cpuMilli === null) throw error
    const { cpuMilli } = info
    await update(id, { cpuMilli: status.cpuMilli })
    const frozen = traits.yielding === undefined ? freeze() : traits.yielding.whileHeavy(freeze)
    await frozen.finally(() => update(id, { cpuMilli }))
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
