import { DepinError } from '../../contract/errors.ts'
import type { GuestSample } from '../../contract/nouns/guest.ts'
import { isOpen } from '../../contract/nouns/lease.ts'
import type { LeaseStatus } from '../../contract/wire/v1/protocols.ts'
import type { Disposer } from '../base/index.ts'
import type { AttackResult } from '../engine/index.ts'
import type { LeaseRecord } from '../market/index.ts'
import { createDiskWatch, type DiskWatch } from './disk/watch.ts'
import { Egress } from './egress.ts'
import { Proof } from './proof.ts'
import { Reconciler } from './reconciler.ts'
import { serveTenants } from './serve.ts'
import type { WorkloadDeps, Workloads } from './types.ts'
import { UsageSampler } from './usage.ts'

export function createWorkloads(deps: WorkloadDeps): Workloads {
  return new WorkloadsPart(deps)
}

class WorkloadsPart implements Workloads {
  readonly #deps: WorkloadDeps
  readonly #reconciler: Reconciler
  readonly #usage: UsageSampler
  readonly #egress: Egress
  readonly #proof: Proof
  readonly #disks: DiskWatch
  #stopListening: Disposer = () => undefined

  constructor(deps: WorkloadDeps) {
    this.#deps = deps
    this.#egress = new Egress(deps)
    this.#proof = new Proof(deps)
    this.#disks = createDiskWatch(deps, () => this.#reconciler.trigger())
    this.#reconciler = new Reconciler(deps, this.#egress, (leaseId) => this.#disks.state(leaseId))
    this.#usage = new UsageSampler(deps)
    serveTenants({ ...deps, status: (leaseId) => this.status(leaseId) })
  }

  start(): void {
    this.#stopListening = this.#deps.abuse.onVerdict(() => this.#reconciler.trigger())
    this.#reconciler.start()
    this.#usage.start()
    this.#egress.start()
    this.#proof.start()
    this.#disks.start()
  }

  async stop(): Promise<void> {
    this.#stopListening()
    await this.#disks.stop()
    await this.#proof.stop()
    await this.#egress.stop()
    await this.#usage.stop()
    await this.#reconciler.stop()
  }

  attack(ownPorts: readonly number[]): Promise<AttackResult[]> {
    return this.#proof.attack(ownPorts)
  }

  proven(): Promise<void> {
    return this.#proof.proven()
  }

  trigger(): void {
    this.#reconciler.trigger()
  }

  use(leaseId: string): readonly GuestSample[] {
    return this.#usage.lastHour(leaseId)
  }

  onUse(listener: () => void): Disposer {
    return this.#usage.onSample(listener)
  }

  async measureUse(): Promise<void> {
    await this.#usage.settle()
  }

  measureDisks(): Promise<void> {
    return this.#disks.measure()
  }

  async settle(): Promise<void> {
    await this.#reconciler.settle()
    await this.#egress.settle()
  }

  status(leaseId: string): LeaseStatus | null {
    const lease = this.#deps.leases.get(leaseId, 'provider')
    if (lease === undefined) return null
    return {
      leaseId,
      state: lease.phase.state,
      reason: 'reason' in lease.phase ? lease.phase.reason : null,
      sinceMs: lease.sinceMs,
      disk: this.#diskOf(lease),
      throttled: this.#throttledFor(lease),
      trouble: isOpen(lease.phase.state) ? this.#reconciler.trouble(leaseId) : null,
      services: [...this.#reconciler.records(leaseId).values()].map((record) => record.status),
    }
  }

  /** Null where it has neither been measured nor pays for any. */
  #diskOf({ leaseId, lease: { resources: { diskMiB } } }: LeaseRecord): LeaseStatus['disk'] {
    const state = this.#disks.state(leaseId)
    if (state === null && diskMiB === 0) return null
    return { usedMiB: state === null ? null : Math.ceil(state.usedBytes / 1024 ** 2), limitMiB: diskMiB }
  }

  #throttledFor({ leaseId, phase }: LeaseRecord): LeaseStatus['throttled'] {
    const verdict = this.#deps.abuse.verdict(leaseId)
    return verdict.level === 'throttled' && isOpen(phase.state) ? verdict.reason : null
  }

  target(leaseId: string, service: string, port: number): { containerId: string } {
    const status = this.status(leaseId)?.services.find((each) => each.service === service)
    if (status === undefined) throw new DepinError('E_NOT_FOUND', `There is no service “${service}” in this lease.`)
    if (status.containerId === null || status.state !== 'running') {
      throw new DepinError('E_LEASE_STATE', `“${service}” is not running now (${status.state}).`, { next: 'Try again in a moment.' })
    }
    if (!status.ports.includes(port)) {
      throw new DepinError('E_NOT_FOUND', `“${service}” does not expose port ${port}.`, {
        next: status.ports.length === 0 ? `Add “expose: [${port}]” to it in the compose file.` : `It exposes ${status.ports.join(', ')}; add “expose: [${port}]” to it in the compose file for another.`,
      })
    }
    return { containerId: status.containerId }
  }
}
