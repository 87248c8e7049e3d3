import * as z from 'zod'
import type { ContainerEngine, ContainerUse } from '../types.ts'
import type { ContainerGlances } from './containers.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { Groups } from './groups.ts'

const StatsJson = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number().nullish() }).nullish() }),
  memory_stats: z.object({
    usage: z.number().nullish(),
    stats: z.object({ inactive_file: z.number().nullish(), total_inactive_file: z.number().nullish() }).nullish(),
  }).nullish(),
})

export function createUse({ client, isNative }: EngineContext, glances: Pick<ContainerGlances, 'seen'>): Pick<ContainerEngine, 'use'> {
  const groups = new Groups()

  async function measure(containerId: string): Promise<[string, ContainerUse] | null> {
    const read = isNative ? groups.use(containerId, glances.seen(containerId)?.State.Pid ?? null) : null
    return read === null ? await ask(containerId) : [containerId, read]
  }

  async function ask(containerId: string): Promise<[string, ContainerUse] | null> {
    try {
      // one-shot: the engine does not wait a second for a second sample, whose difference would be ours to make anyway
      const answer = await client.call('measure a container', 10_000, (docker, abortSignal) => (
        docker.getContainer(containerId).stats({ stream: false, 'one-shot': true, ...{ abortSignal } })
      ))
      // of a container that does not run Podman says nothing at all
      const stats = StatsJson.safeParse(answer).data
      const use = stats === undefined ? null : useOf(stats)
      return use === null ? null : [containerId, use]
    } catch (error) {
      if (statusOf(error) === 404) return null
      throw error
    }
  }

  return {
    async use(containerIds) {
      groups.forgetBut(new Set(containerIds))
      const measured = await Promise.all(containerIds.map(measure))
      return new Map(measured.filter((entry) => entry !== null))
    },
  }
}

/** Null for a container that does not run: engines answer with nothing in it. Page cache that can be had back is not use. */
function useOf(stats: z.infer<typeof StatsJson>): ContainerUse | null {
  const usedNs = stats.cpu_stats.cpu_usage?.total_usage ?? 0
  const usageBytes = stats.memory_stats?.usage
  if (usageBytes === null || usageBytes === undefined || usedNs === 0) return null
  const detail = stats.memory_stats?.stats
  const cacheBytes = detail?.total_inactive_file ?? detail?.inactive_file ?? 0
  return { cpuUsedUs: Math.round(usedNs / 1000), memoryBytes: Math.max(0, usageBytes - cacheBytes) }
}
