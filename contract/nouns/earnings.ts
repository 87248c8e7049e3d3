import * as z from 'zod'
import { ChannelId, LeaseId, PeerId, TimestampMs } from '../ids.ts'
import { MicroUnits } from '../units.ts'
import { LeaseState } from './lease.ts'

/** An amount by how sure it is. due = accruing + signed. */
export const AmountByState = z.object({
  /** Measured, not yet acknowledged. */
  accruing: MicroUnits,
  /** Acknowledged by the tenant and covered by a signed voucher. */
  signed: MicroUnits,
  due: MicroUnits,
})
export type AmountByState = z.infer<typeof AmountByState>

export const LeaseAmount = AmountByState.extend({
  leaseId: LeaseId,
  channelId: ChannelId,
  peer: PeerId,
  app: z.string(),
  state: LeaseState,
  runMs: z.int(),
  suspendedMs: z.int(),
  egressBytes: z.int(),
  statements: z.int(),
  createdAtMs: TimestampMs,
})
export type LeaseAmount = z.infer<typeof LeaseAmount>

export const LedgerSide = z.object({ total: AmountByState, leases: z.array(LeaseAmount) })
export type LedgerSide = z.infer<typeof LedgerSide>

/** One event log, one number: what this machine earned and what it spent. Amounts are micro-units. */
export const Earnings = z.object({
  unit: z.string(),
  rail: z.enum(['trust']),
  earned: LedgerSide,
  spent: LedgerSide,
  /** By the hour it accrued, oldest first, the last 31 days: hours without money are left out. */
  hours: z.array(z.object({ hourMs: TimestampMs, earnedMicro: MicroUnits, spentMicro: MicroUnits })),
})
export type Earnings = z.infer<typeof Earnings>

/** A provider's signed word that it holds a voucher up to this amount. */
export const ReceiptRow = z.object({
  channelId: ChannelId,
  role: z.enum(['earned', 'spent']),
  peer: PeerId,
  unit: z.string(),
  rail: z.enum(['trust']),
  cumulativeMicro: MicroUnits,
  atMs: TimestampMs,
  /** The receipt as it was signed, for keeping: base64 of its bytes and of the signature. */
  record: z.string(),
  signature: z.string(),
})
export type ReceiptRow = z.infer<typeof ReceiptRow>
