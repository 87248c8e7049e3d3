/**
 * What this machine has, what its owner offers of it, and what is promised to guests.
 */
import type { Refusal } from '../../contract/wire/v1/protocols.ts'
import type { EngineStatus, ResourceSample, ShareSettings, ShareSettingsPatch, ShareStatus, SharingState } from '../../contract/nouns/node.ts'
import type { Hold, HoldCause, OwnerTarget, Signals, SignalsPush } from '../../contract/nouns/owner.ts'
import type { Resources } from '../../contract/units.ts'
import type { Startable } from '../base/index.ts'
import type { ReadHandle, WriteHandle } from '../database/index.ts'

export interface Capacity extends Startable {
  settings(): ShareSettings
  /** The owner has decided something about sharing; until then the settings are those of a new node. */
  isDecided(): boolean
  /** Stores the owner's decision. E_BAD_INPUT when it offers more than the machine has. Guests that run are never cut off by it. */
  change(patch: ShareSettingsPatch): ShareSettings
  /** “Share anyway”: lifts what holds guests back now, each cause until it ends; returns what that was. E_CONFLICT when nothing does that may be lifted. */
  anyway(): HoldCause[]
  /** Takes that back for these causes, as far as they are still there. */
  notAnyway(causes: readonly HoldCause[]): void
  /** What the desktop sees; acted upon before it returns. */
  pushSignals(push: SignalsPush): Signals
  /** What guests may do now: workloads make it so. */
  target(): OwnerTarget
  status(): ShareStatus
  state(): SharingState
  machine(): Resources
  available(): Resources

  /** Would a lease of this size be taken now? Reserves nothing. Null: yes. */
  refusalFor(need: Resources): Refusal | null
  /**
   * Promises resources to a lease inside the caller's transaction: together with the lease or not at all. Σ reserved ≤
   * what the owner offers, whatever else happens at the same time. Null: reserved.
   */
  reserve(tx: WriteHandle, leaseId: string, need: Resources): Refusal | null
  release(tx: WriteHandle, leaseId: string): void
  /** Leases that something is promised to. */
  reservedLeaseIds(): string[]

  /** Measures who uses what now. */
  sample(): Promise<ResourceSample>
}

/** What the operating system knows of how the machine is used. Null: it cannot tell. */
export interface SystemReading {
  lastInputMs: number | null
  power: { onBattery: boolean, percent: number | null } | null
  metered: boolean | null
  temperatureC: number | null
  otherCpuPercent: number | null
}

/** Reads it; replaced in tests. `guestCpuUs`: what all guests have used since any fixed moment, µs; null: not known. */
export interface SignalReader {
  read(guestCpuUs: number | null): Promise<SystemReading>
}

export interface CapacityStore {
  /** Causes that “share anyway” was said against. */
  readLifted(): HoldCause[]
  writeLifted(tx: WriteHandle, causes: readonly HoldCause[]): void

  readSettings(): ShareSettings | undefined
  writeSettings(tx: WriteHandle, settings: ShareSettings): void
  reserved(handle: ReadHandle): { total: Resources, leases: number }
  leaseIds(): string[]
  put(tx: WriteHandle, leaseId: string, need: Resources): void
  remove(tx: WriteHandle, leaseId: string): void
}

/** What the decisions are made from. */
export interface SharingFacts {
  nowMs: number
  settings: ShareSettings
  engine: EngineStatus
  /** Since when sharing has been possible without a break. */
  readySinceMs: number
  freeDiskMiB: number | null
  /** Promised to leases, and not on the disk yet: a part of what looks free. */
  unwrittenDiskMiB: number
  owner: { target: OwnerTarget, holds: readonly Hold[] }
  reserved: Resources
  guests: number
}
