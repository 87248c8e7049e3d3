/**
 * How long what ran. Durations come from the monotonic clock, survive a crash of the service, and never include a time
 * in which nothing ran.
 */
import type { BaseDeps, Disposer, Startable } from '../base/index.ts'
import type { Database, WriteHandle } from '../database/index.ts'

/** A provider measures its guests; a tenant counts what it was sent, to check the bill. */
export type MeterRole = 'provider' | 'tenant'

/** Cumulative since the lease began. */
export interface MeterReading {
  runMs: number
  suspendedMs: number
  egressBytes: number
  /** Information only: the kernel that counts it belongs to the provider. */
  cpuUsedUs: number
}

export type MeterPhase = 'stopped' | 'running' | 'suspended'

export interface Metering extends Startable {
  /** What the meter says now. Zeros for a lease without one. */
  read(leaseId: string, role: MeterRole): MeterReading
  /**
   * Tells the meter what is the case from now on. `runKey` names what runs (containers and when they started): after a
   * restart of the service, the gap counts only if the same things ran on throughout.
   */
  observe(leaseId: string, phase: MeterPhase, runKey: string): void
  /**
   * Something was done to it while this program was away: the phase it was last in ended then, in this boot's clock. For
   * before the first look; ignored afterwards.
   */
  learn(leaseId: string, phase: MeterPhase, atMonotonicMs: number): void
  /** Nothing of it runs or is frozen, as far as was last seen. */
  isStopped(leaseId: string): boolean
  /**
   * Counts what a connection sends for as long as it is followed: `total` tells how much that is so far, and is asked whenever
   * the meter is read. So each bill has the bytes of connections that are still open, on both sides.
   */
  followEgress(leaseId: string, role: MeterRole, total: () => number): Disposer
  addCpu(leaseId: string, cpuUsedUs: number): void
  /** Makes the present reading durable in the caller's transaction, and returns it. */
  checkpoint(tx: WriteHandle, leaseId: string, role: MeterRole): MeterReading
}

export interface MeteringDeps extends BaseDeps {
  database: Database
}

/** A meter at a moment: what is stored, and what a checkpoint writes. */
export interface MeterState extends MeterReading {
  phase: MeterPhase
  runKey: string
  /** Up to when the durations count, in the clock of `bootId`. */
  monotonicMs: number
  bootId: string
}
