import type { Reason } from '../../contract/reasons.ts'
import type { ReplicaEvent } from '../../contract/nouns/deployment.ts'
import type { ActivityKind } from '../../contract/nouns/node.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import type { WriteHandle } from '../database/index.ts'
import { encodeApp, type HostAnswer } from '../market/index.ts'
import type { Leasing } from './leasing.ts'
import { plan } from './plan.ts'
import type { DeploymentDeps, DeploymentRecord, DeploymentStore, RemoteView, ReplicaAction, ReplicaRecord, ReplicaState, ReplicaView } from './types.ts'
import { isComingUp } from './view.ts'

/** Without a better place, a copy that sleeps is looked after again this late, ms. */
const moveAgainMs = 15_000
/** Events make it look at once; this finds what only time tells, ms. */
const lookIntervalMs = 1_000

/** Keeps as many copies leased as are wanted: looks, decides (`plan`), acts, and writes down why. */
export class Reconciler {
  readonly #deps: DeploymentDeps
  readonly #store: DeploymentStore
  readonly #leasing: Leasing
  readonly #remote: RemoteView
  readonly #cycle: Cycle
  readonly #abort = new AbortController()
  /** Deployments whose actions are under way. */
  readonly #busy = new Map<string, Promise<void>>()
  /** Leases that found no better place lately: not before then, monotonic ms. */
  readonly #stay = new Map<string, number>()
  #stopListening: Disposer[] = []

  constructor(deps: DeploymentDeps, store: DeploymentStore, leasing: Leasing, remote: RemoteView) {
    this.#deps = deps
    this.#store = store
    this.#leasing = leasing
    this.#remote = remote
    this.#cycle = new Cycle({
      ...deps, name: 'deployments', intervalMs: lookIntervalMs, maxBackoffMs: 5_000,
      run: async () => {
        for (const record of store.list()) this.#lookAt(record)
        return Promise.resolve()
      },
    })
  }

  start(): void {
    const { bus, network } = this.#deps
    this.#stopListening = [
      bus.subscribe('lease-changed', () => this.#cycle.trigger()),
      bus.subscribe('workload-changed', (leaseId) => this.#onWorkloadChange(leaseId)),
      network.onPeer(({ connected }) => { if (connected) this.#retryWaiting() }),
    ]
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    this.#abort.abort(new Error('deployments stop'))
    await this.#cycle.stop()
    await Promise.allSettled(this.#busy.values())
  }

  trigger(): void {
    this.#cycle.trigger()
  }

  /** The first leases of a new deployment, on prices that were just asked for. */
  begin(record: DeploymentRecord, answers: readonly HostAnswer[]): void {
    this.#run(record.name, () => this.#leasing.lease(record, this.#store.replicas(record.name), this.#abort.signal, answers))
  }

  #lookAt(record: DeploymentRecord): void {
    const replicas = this.#store.replicas(record.name)
    const views = replicas.map((replica) => this.#viewOf(replica))
    this.#noteRunning(record, replicas, views)
    this.#noteSleep(record, replicas, views)
    if (this.#busy.has(record.name)) return
    const actions = plan({ removing: record.removing, graceMs: record.placement.graceMs, nowMs: this.#deps.clock.nowMs(), replicas: views })
    if (actions.length > 0) this.#run(record.name, () => this.#perform(record, replicas, actions))
  }

  #viewOf({ index, state }: ReplicaRecord): ReplicaView {
    const { market, ledger, clock } = this.#deps
    if (state.kind !== 'leased') return { index, state, phase: null, silentMs: 0, asleepMs: 0, isBudgetUsed: false }
    const lease = market.leases.get(state.leaseId, 'tenant')
    const begunMs = clock.monotonicMs() - Math.max(0, clock.nowMs() - (lease?.createdAtMs ?? 0))
    return {
      index,
      state,
      phase: lease?.phase ?? null,
      silentMs: clock.monotonicMs() - Math.max(this.#remote.lastHeardMs(state.provider), begunMs),
      asleepMs: lease?.phase.state === 'suspended' && (this.#stay.get(state.leaseId) ?? 0) <= clock.monotonicMs() ? Math.max(0, clock.nowMs() - lease.sinceMs) : 0,
      isBudgetUsed: lease !== undefined && ledger.due(state.leaseId, 'tenant').ackDueMicro >= lease.lease.maxSpendMicro,
    }
  }

  #run(name: string, work: () => Promise<void>): void {
    const { log, bus } = this.#deps
    // busy before it begins: what it changes at once makes this reconciler look again
    const running = Promise.resolve().then(work).catch((error: unknown) => log.warn('work on an app failed', { name, error })).finally(() => {
      this.#busy.delete(name)
      bus.publish('deployment-changed', name)
      if (!this.#abort.signal.aborted) this.#cycle.trigger()
    })
    this.#busy.set(name, running)
  }

  async #perform(record: DeploymentRecord, replicas: readonly ReplicaRecord[], actions: readonly ReplicaAction[]): Promise<void> {
    const toLease: ReplicaRecord[] = []
    for (const action of actions) {
      const replica = replicas.find((each) => each.index === action.index)
      if (replica === undefined) continue
      if (action.kind === 'lease') toLease.push(replica)
      else await this.#act(record, replica, action)
    }
    if (toLease.length > 0) await this.#leasing.lease(record, toLease, this.#abort.signal)
  }

  async #act(record: DeploymentRecord, replica: ReplicaRecord, action: Exclude<ReplicaAction, { kind: 'lease' }>): Promise<void> {
    switch (action.kind) {
      case 'close':
        await this.#close(record, replica, action)
        break
      case 'move':
        await this.#move(record, replica, action)
        break
      case 'wait':
        this.#avoidHost(record, replica, action.reason)
        this.#change(replica, { kind: 'waiting', reason: action.reason, failures: action.failures, notBeforeMs: action.notBeforeMs }, 'ended', action.reason)
        break
      case 'fail':
        this.#change(replica, { kind: 'failed', reason: action.reason }, 'failed', action.reason, (tx) => this.#note(tx, 'app-failed', record, { reason: action.reason.code, detail: action.reason.detail ?? '' }))
        break
      case 'settle': {
        const lease = this.#deps.market.leases.get(action.leaseId, 'tenant')
        if (lease !== undefined) await this.#deps.market.settle(lease)
      }
    }
  }

  /** The record is closed first: whether the host hears of it now or later changes nothing for the copy. */
  async #close(record: DeploymentRecord, replica: ReplicaRecord, action: Extract<ReplicaAction, { kind: 'close' }>): Promise<void> {
    const host = replica.state.kind === 'leased' ? replica.state.label : ''
    if (action.again) {
      this.#avoidHost(record, replica, action.reason)
      this.#change(replica, { kind: 'waiting', reason: action.reason, failures: 0, notBeforeMs: 0 }, action.reason.code === 'provider-gone' ? 'lost' : 'ended', action.reason, (tx) => this.#note(tx, 'app-copy-lost', record, { host, reason: action.reason.code }))
    }
    const told = this.#deps.market.close(action.leaseId, 'tenant', action.reason)
    if (!action.again) await told
  }

  /** Leaves a host that keeps it asleep only for one that has offered to take it. */
  async #move(record: DeploymentRecord, replica: ReplicaRecord, action: Extract<ReplicaAction, { kind: 'move' }>): Promise<void> {
    const answers = await this.#leasing.gather(record, 1, this.#abort.signal)
    if (this.#leasing.choose(record, 1, answers).chosen.length > 0) {
      this.#stay.delete(action.leaseId)
      await this.#close(record, replica, { ...action, kind: 'close', again: true })
    } else this.#stay.set(action.leaseId, this.#deps.clock.monotonicMs() + moveAgainMs)
  }

  #avoidHost(record: DeploymentRecord, replica: ReplicaRecord, reason: Reason): void {
    if (replica.state.kind === 'leased') this.#leasing.avoid(replica.state.provider, reason.code, encodeApp(record.app))
  }

  #change(replica: ReplicaRecord, state: ReplicaState, event: ReplicaEvent['kind'], reason: Reason, more?: (tx: WriteHandle) => void): void {
    const { database, clock } = this.#deps
    const lease = replica.state.kind === 'leased' ? replica.state : null
    database.transaction((tx) => {
      this.#store.putReplica(tx, { ...replica, state, sinceMs: clock.nowMs() })
      this.#store.addEvent(tx, replica.deployment, replica.index, { atMs: clock.nowMs(), kind: event, provider: lease?.provider ?? null, leaseId: lease?.leaseId ?? null, reason })
      more?.(tx)
    })
  }

  /** Writes down the first time a lease is seen running, with all its services. */
  #noteRunning(record: DeploymentRecord, replicas: readonly ReplicaRecord[], views: readonly ReplicaView[]): void {
    for (const [at, replica] of replicas.entries()) {
      const { state } = replica
      if (state.kind !== 'leased' || views[at]?.phase?.state !== 'running') continue
      const status = this.#remote.status(state.leaseId)
      const events = this.#store.events(replica.deployment, replica.index)
      if (status === undefined || isComingUp(status) || events.some((event) => event.leaseId === state.leaseId && event.kind === 'running')) continue
      const isReplacement = events.some((event) => event.leaseId === state.leaseId && event.kind === 'replaced')
      this.#deps.database.transaction((tx) => {
        this.#store.putReplica(tx, { ...replica, state: { ...state, failures: 0 } })
        this.#store.addEvent(tx, replica.deployment, replica.index, { atMs: this.#deps.clock.nowMs(), kind: 'running', provider: state.provider, leaseId: state.leaseId, reason: null })
        this.#note(tx, isReplacement ? 'app-copy-replaced' : 'app-running', record, { host: state.label })
      })
      this.#deps.bus.publish('deployment-changed', record.name)
    }
  }

  /** Writes down when a copy falls asleep, and why, and when it wakes. */
  #noteSleep(record: DeploymentRecord, replicas: readonly ReplicaRecord[], views: readonly ReplicaView[]): void {
    for (const [at, { deployment, index, state }] of replicas.entries()) {
      const phase = views[at]?.phase
      if (state.kind !== 'leased' || phase == null || (phase.state !== 'suspended' && phase.state !== 'running')) continue
      const last = this.#store.events(deployment, index).findLast((event) => event.leaseId === state.leaseId)
      const reason = phase.state === 'suspended' ? phase.reason : null
      const isTold = reason === null ? last?.kind !== 'asleep' : last?.kind === 'asleep' && last.reason?.code === reason.code
      if (isTold) continue
      this.#deps.database.transaction((tx) => {
        this.#store.addEvent(tx, deployment, index, { atMs: this.#deps.clock.nowMs(), kind: reason === null ? 'awake' : 'asleep', provider: state.provider, leaseId: state.leaseId, reason })
        this.#note(tx, reason === null ? 'app-copy-awake' : 'app-copy-asleep', record, { host: state.label, ...reason !== null && { reason: reason.code } })
      })
      this.#deps.bus.publish('deployment-changed', record.name)
    }
  }

  #note(tx: WriteHandle, kind: ActivityKind, record: DeploymentRecord, params: Record<string, string>): void {
    const tone = kind === 'app-failed' || kind === 'app-copy-lost' || kind === 'app-copy-asleep' ? 'attention' : 'good'
    this.#deps.activity.add(tx, { kind, tone, params: { app: record.name, ...params } })
  }

  #onWorkloadChange(leaseId: string): void {
    const replica = this.#store.replicaWithLease(leaseId)
    if (replica !== undefined) this.#deps.bus.publish('deployment-changed', replica.deployment)
    this.#cycle.trigger()
  }

  /** Somebody new is here: copies that found no host look again now. */
  #retryWaiting(): void {
    const { database } = this.#deps
    for (const record of this.#store.list()) {
      for (const replica of this.#store.replicas(record.name)) {
        const { state } = replica
        if (state.kind !== 'waiting' || state.reason?.code !== 'no-host') continue
        database.transaction((tx) => this.#store.putReplica(tx, { ...replica, state: { ...state, notBeforeMs: 0 } }))
      }
    }
    this.#cycle.trigger()
  }
}
