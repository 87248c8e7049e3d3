import { DepinError } from '../../../contract/errors.ts'
import { containerGone } from '../errors.ts'
import type { ContainerEngine } from '../types.ts'
import { containerInfo, inspectJson } from './containers.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import type { Glances } from './glances.ts'
import { createLimits, type Order } from './limits.ts'

type Lifecycle = Pick<ContainerEngine, 'start' | 'stop' | 'pause' | 'unpause' | 'update' | 'removeContainer'>

const goneCheckMs = 50

/** @param glances told of what is done here, whose event may come later. */
export function createLifecycle(context: EngineContext, glances: Pick<Glances<unknown>, 'forget'>): Lifecycle {
  const { client, clock, quotas } = context

  const order: Order = async (what, deadlineMs, containerId, work, isDone) => {
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

  const limits = createLimits(context, order)

  return {
    async start(id, changed) {
      await limits.starting(id, changed)
      try {
        await order('start the container', 120_000, id, (container, abortSignal) => container.start({ abortSignal }), (state) => state === 'running')
        quotas?.started(id)
      } catch (error) {
        // the engine's way to say that the program is not there or cannot be run
        if (statusOf(error) !== 400) throw error
        throw new DepinError('E_APP_FAILED', (error as DepinError).message, { next: 'Check the command and the entrypoint.', cause: error })
      }
      await limits.started(id, changed)
    },
    async stop(id, graceMs) {
      await limits.freeWrites(id)
      await order(
        'stop the container', graceMs + 60_000, id,
        (container, abortSignal) => container.stop({ t: Math.ceil(graceMs / 1000), abortSignal }),
        (state) => state === null || state === 'exited' || state === 'dead' || state === 'created',
      )
    },
    async pause(id) {
      const freeze = (): Promise<void> => order('pause the container', 15_000, id, (container, abortSignal) => container.pause({ abortSignal }), (state) => state === 'paused')
      await limits.whileFree(id, () => pauseSurely(context, id, limits.update, freeze))
    },
    unpause: (id) => order('resume the container', 15_000, id, (container, abortSignal) => container.unpause({ abortSignal }), (state) => state === 'running'),
    update: limits.update,
    async removeContainer(id) {
      quotas?.gone(id)
      await limits.freeWrites(id)
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
async function pauseSurely(context: EngineContext, id: string, update: Lifecycle['update'], freeze: () => Promise<void>): Promise<void> {
  try {
    await freeze()
  } catch (error) {
    const { client, traits, status } = context
    const json = await inspectJson(client, id)
    const info = json === null ? null : containerInfo(json, context)
    if (info?.state !== 'running' || info.cpuMilli === null) throw error
    const { cpuMilli } = info
    await update(id, { cpuMilli: status.cpuMilli })
    try {
      await (traits.yielding === undefined ? freeze() : traits.yielding.whileHeavy(freeze))
    } finally {
      await update(id, { cpuMilli })
    }
  }
}
