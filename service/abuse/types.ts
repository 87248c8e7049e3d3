/**
 * What guests do on the owner's internet connection: watched by what their guards count, judged, and kept as evidence.
 */
import type { Evidence } from '../../contract/nouns/evidence.ts'
import type { ActivityLog } from '../activity/index.ts'
import type { BaseDeps, Disposer, EventBus, ServiceEvents, Startable } from '../base/index.ts'
import type { Database, WriteHandle } from '../database/index.ts'
import type { CounterName, Counters, Destination, EngineHost } from '../engine/index.ts'
import type { Leases } from '../market/index.ts'
import type { Verdict } from './judge.ts'

export type { Verdict } from './judge.ts'

/** What passed and what was refused, by the guards' counters. */
export type FlowCounts = Partial<Record<CounterName, Counters[CounterName]>>

export interface FlowHour { startMs: number, counts: FlowCounts }
export interface FlowDestination extends Destination { firstMs: number, lastMs: number }
export type VerdictLine = Evidence['verdicts'][number]

/** What is kept of what a guest did, for `evidenceKeptMs`. */
export interface AbuseStore {
  addVerdict(tx: WriteHandle, leaseId: string, atMs: number, verdict: Verdict): void
  /** Oldest first. */
  verdicts(leaseId: string): VerdictLine[]
  addFlows(tx: WriteHandle, leaseId: string, startMs: number, counts: FlowCounts): void
  /** Oldest first. */
  hours(leaseId: string): FlowHour[]
  /** Keeps the latest of a lease. */
  addDestinations(tx: WriteHandle, leaseId: string, destinations: readonly FlowDestination[]): void
  /** Latest first. */
  destinations(leaseId: string): FlowDestination[]
  /** Forgets what was before. */
  expire(tx: WriteHandle, beforeMs: number): void
}

export interface AbuseDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  activity: ActivityLog
  engine: EngineHost
  leases: Leases
  nodeId: string
}

export interface Abuse extends Startable {
  /** What holds for a lease now; it outlives this program. */
  verdict(leaseId: string): Verdict
  /** E_NOT_FOUND: no such lease here, or it ended longer ago than evidence is kept. */
  evidence(leaseId: string): Evidence
  /** Told after each change of a verdict, once it is durable. */
  onVerdict(listener: (leaseId: string) => void): Disposer
  /** One whole look at all guests, and what was seen is kept. For tests. */
  settle(): Promise<void>
}
