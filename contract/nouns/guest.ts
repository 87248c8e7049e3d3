import * as z from 'zod'
import { LeaseId, Name, PeerId, TimestampMs } from '../ids.ts'
import { Reason } from '../reasons.ts'
import { MicroUnits, Resources } from '../units.ts'
import { LeaseState } from './lease.ts'
import { DiskShare, ServiceStatus } from '../wire/v1/protocols.ts'
import { EgressTier, IsolationLevel } from '../wire/v1/records.ts'

/** A guest app on this machine: a lease seen by its provider. */
export const Guest = z.object({
  leaseId: LeaseId,
  /** Short name made of its images: the host sees image names, not what renters call their apps. */
  app: z.string(),
  tenant: PeerId,
  state: LeaseState,
  reason: Reason.nullable(),
  services: z.array(z.object({ name: Name, image: z.string(), status: ServiceStatus.nullable() })),
  /** The engine has not answered since then: what is said of its services is from before. Null: it answers, or the guest has ended. */
  unseenSinceMs: TimestampMs.nullable().optional(),
  resources: Resources,
  /** How far it is kept from this machine, and what it may reach: as the lease says. */
  isolation: IsolationLevel,
  egress: EgressTier,
  /** What it holds of its disk; null: it pays for none, or has ended. */
  disk: DiskShare.nullable().optional(),
  /** Held back for what it does on the internet: slower there, and on the processor; null: it is not. */
  throttled: Reason.nullable().optional(),
  createdAtMs: TimestampMs,
  sinceMs: TimestampMs,
  endedAtMs: TimestampMs.nullable(),
  rateMonthMicro: MicroUnits,
  /** Measured so far. */
  dueMicro: MicroUnits,
  /** Acknowledged and covered by a voucher. */
  signedMicro: MicroUnits,
  /** Vouchers reach to here at the present rate. Null when it is not running. */
  paidUntilMs: TimestampMs.nullable(),
})
export type Guest = z.infer<typeof Guest>

/** What one guest used since the sample before. */
export const GuestSample = z.object({
  atMs: TimestampMs,
  /** Thousandths of a core. */
  cpuMilli: z.int(),
  memoryMiB: z.int(),
  /** By the guest and to it, over tunnels and its own connections; null: its guard did not tell. */
  sentBytesPerS: z.int().nullable(),
  receivedBytesPerS: z.int().nullable(),
})
export type GuestSample = z.infer<typeof GuestSample>

/** Samples are kept for so long, ms. */
export const guestUseKeptMs = 3_600_000
