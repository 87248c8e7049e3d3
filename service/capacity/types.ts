/**
 * What this machine has, what its owner offers of it, and what is promised to guests.
 */
import type { Refusal } from '../../contract/wire/v1/protocols.ts'
import type { EngineStatus, ResourceSample, ShareSettings, ShareSettingsPatch, ShareStatus, SharingState } from '../../contract/nouns/node.ts'
import type { Resources } from '../../contract/units.ts'
import type { Startable } from '../base/index.ts'
import type { ReadHandle, WriteHandle } from '../database/index.ts'

export interface Capacity extends Startable {
  settings(): ShareSettings
  /** Stores the owner's decision. E_BAD_INPUT when it offers more than the machine has. Guests that run are never cut off by it. */
  change(patch: ShareSettingsPatch): ShareSettings
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

export interface CapacityStore {
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
  reserved: Resources
  guests: number
}
