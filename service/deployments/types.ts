/**
 * The tenant's half of running things: what should run somewhere else, and the leases it runs under now.
 */
import type { Deployment, DeployOptions, LogBatch, ManifestBundle, ManifestNote, QuoteReport, ReplicaEvent } from '../../contract/nouns/deployment.ts'
import type { Reason } from '../../contract/reasons.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import type { LeaseStatus } from '../../contract/wire/v1/protocols.ts'
import type { ActivityLog } from '../activity/index.ts'
import type { BaseDeps, EventBus, ServiceEvents, Startable } from '../base/index.ts'
import type { Database, ReadHandle, WriteHandle } from '../database/index.ts'
import type { Images } from '../images/types.ts'
import type { Ledger } from '../ledger/index.ts'
import type { LeasePhase, Market } from '../market/index.ts'
import type { Network } from '../network/types.ts'
import type { PlacementOptions } from './manifest/types.ts'

export interface DeploymentRecord {
  name: string
  createdAtMs: number
  /** Its owner removed it: every lease is being closed. */
  removing: boolean
  app: App
  placement: PlacementOptions
  /** Only these hosts; empty: any. */
  providers: string[]
  warnings: ManifestNote[]
}

/**
 * One copy of a deployment.
 *
 *     waiting ──lease proposed──► leased ──its lease is over, may be elsewhere──► waiting
 *        │                          │
 *        │                          └──its end is final, whatever host──► failed ──retry──► waiting
 *        └──nothing to try any more──► failed
 */
export type ReplicaState =
  | { kind: 'waiting', reason: Reason | null, failures: number, notBeforeMs: number }
  | { kind: 'leased', leaseId: string, provider: string, label: string, region: string | null, failures: number }
  | { kind: 'failed', reason: Reason }

export interface ReplicaRecord {
  deployment: string
  index: number
  state: ReplicaState
  sinceMs: number
}

export interface DeploymentStore {
  get(name: string, handle?: ReadHandle): DeploymentRecord | undefined
  list(): DeploymentRecord[]
  insert(tx: WriteHandle, deployment: DeploymentRecord): void
  setRemoving(tx: WriteHandle, name: string): void
  remove(tx: WriteHandle, name: string): void

  replicas(name: string, handle?: ReadHandle): ReplicaRecord[]
  putReplica(tx: WriteHandle, replica: ReplicaRecord): void
  replicaWithLease(leaseId: string): ReplicaRecord | undefined
  addEvent(tx: WriteHandle, name: string, index: number, event: ReplicaEvent): void
  events(name: string, index: number): ReplicaEvent[]
  /** Every lease this deployment ever had. */
  leaseIds(name: string, handle?: ReadHandle): string[]
}

/** What a provider last said of our leases there, and when it was last heard. */
export interface RemoteView {
  status(leaseId: string): LeaseStatus | undefined
  /** Monotonic ms; the time this program started for one that was not heard yet. */
  lastHeardMs(provider: string): number
}

/** One look at a replica. */
export interface ReplicaView {
  index: number
  state: ReplicaState
  /** Of its lease, when it has one. */
  phase: LeasePhase | null
  /** How long its provider has been silent, ms. */
  silentMs: number
  /** How long it has been asleep, ms; 0 when it is not. */
  asleepMs: number
  /** What the tenant accepted to pay has reached what it is ready to spend. */
  isBudgetUsed: boolean
}

export interface DeploymentView {
  removing: boolean
  graceMs: number
  nowMs: number
  replicas: readonly ReplicaView[]
}

export type ReplicaAction =
  | { kind: 'lease', index: number }
  /** Ends the lease for this reason; the copy goes on elsewhere when `again`. */
  | { kind: 'close', index: number, leaseId: string, reason: Reason, again: boolean }
  /** Its host has kept it asleep for too long: it goes where it would run, if there is such a place; else it keeps the one it has. */
  | { kind: 'move', index: number, leaseId: string, reason: Reason }
  /** Its lease is over. */
  | { kind: 'wait', index: number, reason: Reason, failures: number, notBeforeMs: number }
  | { kind: 'fail', index: number, reason: Reason }
  /** Nobody knows yet whether the lease was opened. */
  | { kind: 'settle', index: number, leaseId: string }

export interface DeploymentDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  activity: ActivityLog
  network: Network
  images: Pick<Images, 'resolve' | 'share'>
  market: Market
  ledger: Ledger
}

/** A copy that can be reached. */
export interface RunningCopy {
  index: number
  provider: string
  leaseId: string
}

export interface LogsRequest {
  name: string
  service: string | null
  replica: number | null
  follow: boolean
  tailLines: number
}

export interface Deployments extends Startable {
  list(): Deployment[]
  /** E_NOT_FOUND. */
  get(name: string): Deployment
  /** Asks hosts; each report knows one more answer. */
  quote(bundle: ManifestBundle, options: DeployOptions, signal?: AbortSignal): AsyncIterable<QuoteReport & { asked: number, answered: number }>
  /** Stored when it returns; copies start in the background. E_MANIFEST, E_CONFLICT, E_NO_PROVIDER. */
  create(bundle: ManifestBundle, options: DeployOptions, signal?: AbortSignal): Promise<Deployment>
  /** Closes every lease; the deployment is gone when hosts know and the last statements are settled, or cannot be reached. */
  remove(name: string, signal?: AbortSignal): Promise<Deployment>
  retry(name: string): Deployment
  logs(request: LogsRequest, signal: AbortSignal): AsyncIterable<LogBatch>
  /** The copies that run now, for tunnels. E_NOT_FOUND when there is no such deployment or service. */
  targets(name: string, service: string, replica: number | null): RunningCopy[]
}
