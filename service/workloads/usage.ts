import { Cycle } from '../base/index.ts'
import type { WorkloadDeps } from './types.ts'

/** One-shot stats of all guests in parallel, this often, ms: about 1 % of a core for 50 guests. */
const sampleIntervalMs = 10_000

/** Reads how much processor time guests used: information on the statement, never the bill. */
export function createUsageSampler(deps: WorkloadDeps): Cycle {
  const last = new Map<string, number>()
  return new Cycle({
    ...deps,
    name: 'guest-usage',
    intervalMs: sampleIntervalMs,
    run: async () => {
      if (deps.engine.status().state !== 'ready' || deps.leases.inState('provider', ['running', 'grace']).length === 0) return
      const engine = deps.engine.require()
      const running = (await engine.listContainers(deps.nodeId)).filter((container) => container.state === 'running')
      const use = await engine.use(running.map((container) => container.id))
      for (const container of running) {
        const cpuUsedUs = use.get(container.id)?.cpuUsedUs
        if (cpuUsedUs === undefined) continue
        const before = last.get(container.id)
        // a counter that fell belongs to a container that was started again
        const delta = before === undefined || cpuUsedUs < before ? 0 : cpuUsedUs - before
        deps.metering.addCpu(container.owner.leaseId, Math.round(delta))
        last.set(container.id, cpuUsedUs)
      }
      for (const id of last.keys()) if (!use.has(id)) last.delete(id)
    },
  })
}
