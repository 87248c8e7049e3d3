import * as z from 'zod'
import { labelKeys, ownerOf } from '../names.ts'
import type { ContainerEngine, DiskUse } from '../types.ts'
import type { EngineContext } from './context.ts'

const VolumesJson = z.object({
  Volumes: z.array(z.object({
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Options: z.record(z.string(), z.string()).nullish(),
    UsageData: z.object({ Size: z.number() }).nullish(),
  })).nullish(),
})
type Volume = NonNullable<z.infer<typeof VolumesJson>['Volumes']>[number]

const measureDeadlineMs = 120_000

export function createDiskUse({ client, disks }: EngineContext): Pick<ContainerEngine, 'diskUse'> {
  async function listOf(node: string): Promise<Volume[]> {
    const filters = { label: [`${labelKeys.node}=${node}`] }
    const answer = await client.call('list the volumes', 15_000, (docker, abortSignal) => docker.listVolumes({ filters, abortSignal }))
    return VolumesJson.parse(answer).Volumes ?? []
  }

  /** The engine walks through all of its volumes: only when there is one that nothing else tells of. Older engines also count images. */
  async function measure(): Promise<Map<string, number>> {
    const answer = VolumesJson.parse(await client.ask('measure the volumes', measureDeadlineMs, '/system/df?type=volume'))
    return new Map((answer.Volumes ?? []).map(({ Name, UsageData }) => [Name, Math.max(0, UsageData?.Size ?? 0)]))
  }

  return {
    async diskUse(node) {
      const [volumes, known] = await Promise.all([listOf(node), disks.use(node)])
      const measured = volumes.every(({ Name }) => known.has(Name)) ? new Map<string, number>() : await measure()
      const uses = new Map<string, DiskUse>()
      for (const volume of volumes) {
        const owner = ownerOf(volume.Labels)
        if (owner?.node !== node) continue
        const bytes = known.get(volume.Name) ?? measured.get(volume.Name) ?? 0
        const before = uses.get(owner.leaseId) ?? { usedBytes: 0, unboundBytes: 0 }
        uses.set(owner.leaseId, { usedBytes: before.usedBytes + bytes, unboundBytes: before.unboundBytes + (isBound(volume) ? 0 : bytes) })
      }
      return uses
    },
  }
}

/** On a device of its own, or with a size that the engine keeps it to. */
function isBound({ Options: options }: Volume): boolean {
  return options?.['device']?.startsWith('/dev/loop') === true || options?.['size'] !== undefined
}
