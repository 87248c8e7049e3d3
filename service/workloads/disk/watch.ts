import { Cycle, type Startable } from '../../base/index.ts'
import type { WorkloadDeps } from '../types.ts'
import { type DiskState, isMeasuringDue, leastIntervalMs, nextDiskState } from './plan.ts'

const bytesPerMiB = 1024 ** 2
/** Owner and tenant are told of changes from here on, bytes. */
const tellFromBytes = bytesPerMiB

export interface DiskWatch extends Startable {
  start(): void
  state(leaseId: string): DiskState | null
  /** One look, whether or not it is time. For tests. */
  measure(): Promise<void>
}

/** @param onFull a lease is at its limit, or still is. */
export function createDiskWatch(deps: WorkloadDeps, onFull: () => void): DiskWatch {
  return new DiskWatcher(deps, onFull)
}

/** Looks at the free disk every two seconds, which costs nothing, and at what guests hold when that asks for it. */
class DiskWatcher implements DiskWatch {
  readonly #deps: WorkloadDeps
  readonly #onFull: () => void
  readonly #cycle: Cycle
  #states = new Map<string, DiskState>()
  #last = { atMs: Number.NEGATIVE_INFINITY, tookMs: 0, freeMiB: null as number | null }

  constructor(deps: WorkloadDeps, onFull: () => void) {
    this.#deps = deps
    this.#onFull = onFull
    this.#cycle = new Cycle({ ...deps, name: 'guest-disks', intervalMs: leastIntervalMs, run: () => this.#look() })
  }

  start(): void {
    this.#cycle.start()
  }

  stop(): Promise<void> {
    return this.#cycle.stop()
  }

  state(leaseId: string): DiskState | null {
    return this.#states.get(leaseId) ?? null
  }

  async measure(): Promise<void> {
    const { engine, nodeId, clock, leases } = this.#deps
    const host = engine.require()
    const startedMs = clock.monotonicMs()
    const freeMiB = await host.freeDiskMiB()
    const uses = await host.diskUse(nodeId)
    const nowMs = clock.monotonicMs()
    this.#last = { atMs: nowMs, tookMs: nowMs - startedMs, freeMiB }
    const limits = new Map(leases.inState('provider', ['funded', 'running', 'grace', 'suspended']).map((lease) => [lease.leaseId, lease.lease.resources.diskMiB * bytesPerMiB]))
    const before = this.#states
    this.#states = new Map([...uses].flatMap(([leaseId, use]) => {
      const limitBytes = limits.get(leaseId)
      return limitBytes === undefined ? [] : [[leaseId, nextDiskState(before.get(leaseId), use, limitBytes, nowMs)] as const]
    }))
    this.#tell(before)
  }

  async #look(): Promise<void> {
    const { engine, leases, clock } = this.#deps
    if (engine.status().state !== 'ready' || leases.inState('provider', ['funded', 'running', 'grace', 'suspended']).length === 0) return
    const freeMiB = await engine.require().freeDiskMiB()
    const { atMs, tookMs, freeMiB: before } = this.#last
    const freeDropBytes = freeMiB === null || before === null ? null : (before - freeMiB) * bytesPerMiB
    if (isMeasuringDue([...this.#states.values()], { sinceMs: clock.monotonicMs() - atMs, tookMs, freeDropBytes })) await this.measure()
  }

  #tell(before: ReadonlyMap<string, DiskState>): void {
    for (const [leaseId, state] of this.#states) {
      const last = before.get(leaseId)
      const isNews = last?.state !== state.state || Math.abs(last.usedBytes - state.usedBytes) >= tellFromBytes
      if (isNews) this.#deps.bus.publish('workload-changed', leaseId)
    }
    if ([...this.#states.values()].some(({ state }) => state !== 'within')) this.#onFull()
  }
}
