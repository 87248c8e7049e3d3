import type { Reason } from '../../contract/reasons.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import { sleepReason } from '../capacity/index.ts'
import type { ContainerInfo, PodInfo } from '../engine/types.ts'
import { appTitle, decodeApp, type LeaseRecord } from '../market/index.ts'
import { Crashes } from './crashes.ts'
import { cutOff } from './cut-off.ts'
import type { Egress } from './egress.ts'
import { EngineWatch } from './engine-watch.ts'
import { nextRestartMs, observe, ownerEvent, plan, unsteady } from './plan.ts'
import { removeOrphans } from './orphans.ts'
import { recordOf } from './records.ts'
import { LeaseRunner } from './runner.ts'
import { SpareKeeper } from './spares.ts'
import { createWorkloadStore } from './store.sqlite.ts'
import type { LeaseAction, LeaseView, ServiceRecord, WorkloadDeps, WorkloadStore } from './types.ts'

/** Events make it look at once; this is for what no event tells, ms. */
const lookIntervalMs = 5_000
/** How often orphans are looked for, and spare pods counted, ms. */
const sweepIntervalMs = 10_000

interface LiveLease {
  app: App
  runner: LeaseRunner
  records: Map<string, ServiceRecord>
  rejoining: Set<string>
  isBusy: boolean
  /** Monotonic ms; nothing is tried before. */
  notBeforeMs: number
}

/** Makes what runs what should run: looks, decides (`plan`), acts (`LeaseRunner`), tells. */
export class Reconciler {
  readonly #deps: WorkloadDeps
  readonly #egress: Egress
  readonly #disk: (leaseId: string) => LeaseView['disk']
  readonly #store: WorkloadStore
  readonly #live = new Map<string, LiveLease>()
  readonly #working = new Set<Promise<void>>()
  readonly #spares: SpareKeeper
  readonly #crashes: Crashes
  readonly #engine: EngineWatch
  readonly #cycle: Cycle
  readonly #abort = new AbortController()
  #sweepAtMs = 0
  #stopListening: Disposer[] = []

  constructor(deps: WorkloadDeps, egress: Egress, disk: (leaseId: string) => LeaseView['disk']) {
    this.#deps = deps
    this.#egress = egress
    this.#disk = disk
    this.#store = createWorkloadStore(deps.database, deps.clock)
    this.#spares = new SpareKeeper(deps, () => [...this.#live.values()].some((live) => live.isBusy))
    this.#engine = new EngineWatch({
      ...deps,
      onChange: () => { for (const { leaseId } of this.#desired()) deps.bus.publish('workload-changed', leaseId) },
      onLost: () => this.#onEngineLost(),
      onEvent: () => this.#cycle.trigger(),
    })
    this.#crashes = new Crashes({ ...deps, onHeard: (leaseId) => this.#onHeard(leaseId) })
    this.#cycle = new Cycle({ ...deps, name: 'workloads', intervalMs: lookIntervalMs, maxBackoffMs: lookIntervalMs, run: () => this.#look() })
  }

  start(): void {
    const { bus } = this.#deps
    this.#stopListening = [
      bus.subscribe('lease-changed', () => this.#cycle.trigger()),
      // the owner's needs are seen to at once
      bus.subscribe('sharing-changed', () => this.#cycle.trigger()),
    ]
    this.#cycle.start()
    this.#engine.start()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    this.#engine.stop()
    this.#crashes.stop()
    this.#abort.abort(new Error('workloads stop'))
    await this.#cycle.stop()
    await Promise.allSettled(this.#working)
    await this.#spares.stop()
  }

  trigger(): void {
    this.#cycle.trigger()
  }

  async settle(): Promise<void> {
    await this.#cycle.runOnce()
    await Promise.allSettled([...this.#working, this.#spares.settle()])
  }

  records(leaseId: string): ReadonlyMap<string, ServiceRecord> {
    return this.#live.get(leaseId)?.records ?? this.#store.read(leaseId)
  }

  /** What keeps it from starting or running steadily, or us from seeing it; it may pass. */
  trouble(leaseId: string): Reason | null {
    return this.#deps.engine.awaySinceMs() === null ? this.#live.get(leaseId)?.runner.trouble ?? this.#crashes.reason(leaseId) : { code: 'engine', detail: 'The engine of the host does not answer.' }
  }

  async #look(): Promise<void> {
    const { engine, nodeId } = this.#deps
    if (engine.status().state !== 'ready') return
    // what is being worked on changes while it is looked at: its network is judged the next time
    const settled = new Set([...this.#live].flatMap(([leaseId, live]) => live.isBusy ? [] : [leaseId]))
    const [containers, pods] = await Promise.all([engine.require().listContainers(nodeId), engine.require().listPods(nodeId)])
    const leases = this.#desired()
    for (const lease of leases) this.#lookAt(lease, containers.filter((each) => each.owner.leaseId === lease.leaseId), settled.has(lease.leaseId) ? pods : null)
    await this.#sweep(new Set(leases.map((lease) => lease.leaseId)), containers)
  }

  async #sweep(leaseIds: ReadonlySet<string>, containers: readonly ContainerInfo[]): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs < this.#sweepAtMs) return
    await removeOrphans(this.#deps, leaseIds, containers)
    this.#spares.keep()
    this.#sweepAtMs = nowMs + sweepIntervalMs
  }

  /** Leases that should have, or still hold, something on this machine. */
  #desired(): LeaseRecord[] {
    const { leases, capacity } = this.#deps
    const open = leases.inState('provider', ['funded', 'running', 'grace', 'suspended'])
    const known = new Set(open.map((lease) => lease.leaseId))
    const closing = capacity.reservedLeaseIds().filter((leaseId) => !known.has(leaseId)).flatMap((leaseId) => leases.get(leaseId, 'provider') ?? [])
    return [...open, ...closing]
  }

  #lookAt(found: LeaseRecord, containers: readonly ContainerInfo[], pods: readonly PodInfo[] | null): void {
    const lease = this.#followOwner(found)
    const live = this.#liveOf(lease)
    const view: LeaseView = { ...this.#viewOf(lease, live, containers), cutOff: pods === null ? new Set() : cutOff(containers, pods) }
    this.#tell(lease, live, view)
    if (live.isBusy) return
    const actions = plan(view)
    // what failed is tried later; giving way to the owner does not wait for it
    if (live.notBeforeMs > this.#deps.clock.monotonicMs() && !actions.every((action) => action.kind === 'pause' || action.kind === 'limit' || action.kind === 'end')) return
    const end = actions.find((action) => action.kind === 'end')
    if (end !== undefined) this.#endWhenTold(lease.leaseId, end.reason)
    else if (actions.length > 0) this.#work(lease, live, actions)
    else this.#wakeForRestart(view)
  }

  /** The lease says that its guest is asleep, and why, for as long as the owner's rules keep it so. */
  #followOwner(lease: LeaseRecord): LeaseRecord {
    const { capacity, leases, database } = this.#deps
    const event = ownerEvent(lease.phase, sleepReason(capacity.target()))
    return event === null ? lease : database.transaction((tx) => leases.apply(tx, lease.leaseId, 'provider', event))
  }

  #viewOf(lease: LeaseRecord, live: LiveLease, containers: readonly ContainerInfo[]): Omit<LeaseView, 'cutOff'> {
    const { clock, capacity } = this.#deps
    return {
      leaseId: lease.leaseId,
      state: lease.phase.state,
      app: live.app,
      target: capacity.target(),
      disk: this.#disk(lease.leaseId),
      abuse: this.#deps.abuse.verdict(lease.leaseId),
      containers: new Map(containers.map((container) => [container.service, container])),
      records: live.records,
      rejoining: live.rejoining,
      isPrepared: live.runner.isPrepared,
      engineOutage: this.#engine.outage,
      bootId: clock.bootId, nowMs: clock.nowMs(),
    }
  }

  /** The meter, the lease and whoever watches learn what was seen. */
  #tell(lease: LeaseRecord, live: LiveLease, view: LeaseView): void {
    const { metering, database, leases, bus, clock } = this.#deps
    const seen = observe(view)
    this.#crashes.look(lease.leaseId, unsteady(view))
    metering.observe(lease.leaseId, seen.meter, seen.runKey)
    if (seen.meter === 'running' && lease.phase.state === 'funded') {
      database.transaction((tx) => leases.apply(tx, lease.leaseId, 'provider', { kind: 'running' }))
    }
    const records = new Map(seen.services.map((status) => [status.service, recordOf(status, live.records.get(status.service), clock.bootId)]))
    if (JSON.stringify([...records]) === JSON.stringify([...live.records])) return
    live.records = records
    database.transaction((tx) => this.#store.write(tx, lease.leaseId, records))
    bus.publish('workload-changed', lease.leaseId)
  }

  #work(lease: LeaseRecord, live: LiveLease, actions: readonly LeaseAction[]): void {
    live.isBusy = true
    const work = this.#perform(lease, live, actions).finally(() => {
      live.isBusy = false
      this.#working.delete(work)
      this.#cycle.trigger()
      if (actions.some((action) => action.kind === 'start')) this.#spares.keepSoon()
    })
    this.#working.add(work)
  }

  async #perform(lease: LeaseRecord, live: LiveLease, actions: readonly LeaseAction[]): Promise<void> {
    const { trouble } = live.runner
    const result = await live.runner.run(actions, this.#abort.signal)
    if (trouble?.detail !== live.runner.trouble?.detail) this.#deps.bus.publish('workload-changed', lease.leaseId)
    switch (result.kind) {
      case 'done':
        if (actions.some((action) => action.kind === 'teardown')) this.#forget(lease.leaseId)
        return
      case 'later':
        live.notBeforeMs = result.atMs
        this.#deps.log.warn('work on a lease failed, will try again', { leaseId: lease.leaseId, error: result.error })
        this.#deps.clock.after(result.atMs - this.#deps.clock.monotonicMs(), () => this.#cycle.trigger())
        return
      case 'end':
        this.#end(lease.leaseId, result.reason)
    }
  }

  /** An app that ended by itself is over once it is known what it said last. */
  #endWhenTold(leaseId: string, reason: Reason): void {
    if (reason.code !== 'app-exited' || !this.#crashes.isReading(leaseId)) this.#end(leaseId, this.#crashes.told(leaseId, reason))
  }

  #end(leaseId: string, reason: Reason): void {
    this.#deps.database.transaction((tx) => this.#deps.leases.apply(tx, leaseId, 'provider', { kind: 'end', reason }))
  }

  /** Nothing of it is left here: what was promised to it is free. */
  #forget(leaseId: string): void {
    const { database, capacity, metering } = this.#deps
    metering.observe(leaseId, 'stopped', '')
    database.transaction((tx) => {
      capacity.release(tx, leaseId)
      this.#store.remove(tx, leaseId)
    })
    this.#live.delete(leaseId)
    this.#crashes.forget(leaseId)
  }

  #liveOf(lease: LeaseRecord): LiveLease {
    const known = this.#live.get(lease.leaseId)
    if (known !== undefined) return known
    const app = decodeApp(this.#deps.leases.app(lease.leaseId, 'provider'))
    const live: LiveLease = { app, records: this.#store.read(lease.leaseId), rejoining: new Set(), isBusy: false, notBeforeMs: 0, runner: this.#runnerFor(lease, app) }
    this.#live.set(lease.leaseId, live)
    return live
  }

  #runnerFor({ leaseId, peerId }: LeaseRecord, app: App): LeaseRunner {
    return new LeaseRunner({
      ...this.#deps,
      app,
      tenant: peerId,
      owner: { node: this.#deps.nodeId, leaseId },
      policy: () => this.#egress.policy(leaseId, app),
      onRejoining: (service) => this.#live.get(leaseId)?.rejoining.add(service),
      onRejoin: (service) => {
        this.#live.get(leaseId)?.rejoining.delete(service)
        this.#note('guest-network-lost', leaseId, app, service)
      },
      onProgress: (service, progress) => this.#change(leaseId, service, (record) => ({ ...record, status: { ...record.status, state: 'pulling', progress } })),
      onRestart: (service, attempts) => this.#noteRestart(leaseId, app, service, attempts),
    })
  }

  /** An app that ends again and again is told of once, until it has run for a while. */
  #noteRestart(leaseId: string, app: App, service: string, attempts: number): void {
    if (attempts === 1) this.#note('guest-restarted', leaseId, app, service)
    this.#live.get(leaseId)?.rejoining.delete(service)
    this.#change(leaseId, service, (record) => ({ ...record, attempts, bootId: this.#deps.clock.bootId, status: { ...record.status, restarts: record.status.restarts + 1 } }))
  }

  #note(kind: 'guest-network-lost' | 'guest-restarted', leaseId: string, app: App, service: string): void {
    const { database, activity } = this.#deps
    database.transaction((tx) => activity.add(tx, { kind, tone: 'attention', params: { app: appTitle(app), leaseId, service } }))
  }

  #change(leaseId: string, service: string, change: (record: ServiceRecord) => ServiceRecord): void {
    const live = this.#live.get(leaseId)
    const record = live?.records.get(service)
    if (live === undefined || record === undefined) return
    live.records = new Map(live.records).set(service, change(record))
    this.#deps.bus.publish('workload-changed', leaseId)
  }

  #onHeard(leaseId: string): void {
    this.#deps.bus.publish('workload-changed', leaseId)
    this.#cycle.trigger()
  }

  /** The next restart of an app that ended may be nearer than the next look. */
  #wakeForRestart(view: LeaseView): void {
    const atMs = nextRestartMs(view)
    if (atMs !== null) this.#deps.clock.after(atMs - view.nowMs, () => this.#cycle.trigger())
  }

  #onEngineLost(): void {
    // what cannot be seen is not billed
    for (const leaseId of this.#live.keys()) this.#deps.metering.observe(leaseId, 'stopped', '')
  }
}
