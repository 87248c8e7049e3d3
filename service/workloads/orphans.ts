import type { ContainerInfo, Owner } from '../engine/types.ts'
import { tearDown } from './runner.ts'
import type { WorkloadDeps } from './types.ts'

/** What carries our label and belongs to no lease: left by a crash, by a lost database, or by who we were before. */
export async function removeOrphans(
  { engine, nodeId, formerNodeIds, log }: Pick<WorkloadDeps, 'engine' | 'nodeId' | 'formerNodeIds' | 'log'>, leaseIds: ReadonlySet<string>, containers: readonly ContainerInfo[],
): Promise<void> {
  const host = engine.require()
  const theirs = (await Promise.all(formerNodeIds.map((id) => host.listContainers(id)))).flat()
  for (const id of formerNodeIds) await host.keepSpares(id, 0)
  const things = [...containers, ...await host.listPods(nodeId), ...await host.listNetworks(nodeId), ...await host.listVolumes(nodeId)].filter((thing) => !leaseIds.has(thing.owner.leaseId))
  const owners = new Map<string, Owner>([...things, ...theirs].map((thing) => [`${thing.owner.node}/${thing.owner.leaseId}`, thing.owner]))
  for (const owner of owners.values()) {
    log.info('removing what belongs to no lease', { leaseId: owner.leaseId })
    await tearDown(host, owner, null)
  }
}
