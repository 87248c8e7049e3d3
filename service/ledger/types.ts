/**
 * How usage becomes money on the `trust` rail: statement → ack → voucher, cumulative, integers, durable before it is
 * acknowledged. One append-only, hash-chained log; every figure shown is a sum over it.
 */
import type { Earnings, ReceiptRow } from '../../contract/nouns/earnings.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import type { BaseDeps, EventBus, ServiceEvents, Startable } from '../base/index.ts'
import type { Database, ReadHandle, WriteHandle } from '../database/index.ts'
import type { SignedRecord, Signer } from '../identity/index.ts'
import type { Leases, Role } from '../market/index.ts'
import type { Metering } from '../metering/index.ts'
import type { Network } from '../network/types.ts'

/** What both sides hold about one lease's money. */
export interface LeaseAccount {
  leaseId: string
  role: Role
  channelId: string
  /** Of the last statement; 0 before the first. */
  statementSeq: number
  statementHash: Uint8Array
  dueMicro: bigint
  /** Accepted by the tenant. Never falls. */
  ackDueMicro: bigint
  runMs: number
  suspendedMs: number
  egressBytes: number
  /** The last statement was final and is acknowledged. */
  final: boolean
  /** Tenant: what the token bucket holds, and the wall time it was counted at. */
  bucketFemto: bigint
  bucketAtMs: number
  /** Tenant: bytes that have filled the bucket. Never falls, and never exceeds what was stated or what was counted here. */
  creditedBytes: number
}

/** A channel's best voucher and receipt. `bestMicro` never falls. */
export interface ChannelHead {
  channelId: string
  role: Role
  peerId: string
  bestMicro: bigint
  receiptMicro: bigint
}

export type EntryKind = 'channel' | 'statement' | 'ack' | 'voucher' | 'receipt'

export interface NewEntry {
  kind: EntryKind
  role: Role
  channelId: string
  leaseId: string | null
  signed: SignedBytes
}

export interface LedgerStore {
  /** Adds to the chain; returns the entry's number. */
  append(tx: WriteHandle, entry: NewEntry): number
  /** Recomputes the whole chain. The number of the first entry that does not fit, or null. */
  firstBrokenEntry(): number | null

  channel(channelId: string, role: Role, handle?: ReadHandle): ChannelHead | undefined
  channelWith(role: Role, peerId: string, handle?: ReadHandle): (ChannelHead & { signed: SignedBytes }) | undefined
  channels(): ChannelHead[]
  openChannel(tx: WriteHandle, channelId: string, role: Role, peerId: string, signed: SignedBytes): void
  setBest(tx: WriteHandle, channelId: string, role: Role, bestMicro: bigint, signed: SignedBytes): void
  setReceipt(tx: WriteHandle, channelId: string, role: Role, receiptMicro: bigint, signed: SignedBytes): void
  bestVoucher(channelId: string, role: Role): SignedBytes | null
  receipt(channelId: string, role: Role): { signed: SignedBytes, atMs: number } | null

  account(leaseId: string, role: Role, handle?: ReadHandle): LeaseAccount | undefined
  accounts(role: Role, handle?: ReadHandle): LeaseAccount[]
  accountsOf(channelId: string, role: Role, handle?: ReadHandle): readonly LeaseAccount[]
  openAccount(tx: WriteHandle, account: LeaseAccount): void
  setStatement(tx: WriteHandle, role: Role, statement: SignedRecord<'statement'>, channelId: string): void
  /** @param creditedBytes the tenant's; a provider has no bucket. */
  setAck(tx: WriteHandle, role: Role, ack: SignedRecord<'ack'>, channelId: string, creditedBytes?: number): void
  setFinal(tx: WriteHandle, leaseId: string, role: Role): void
  lastStatement(leaseId: string, role: Role): SignedBytes | null
  lastAck(leaseId: string, role: Role): SignedBytes | null

  addToHour(tx: WriteHandle, role: Role, leaseId: string, hourMs: number, micro: bigint): void
  hours(sinceMs: number): { hourMs: number, earnedMicro: bigint, spentMicro: bigint }[]
}

export interface LedgerDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  signer: Signer
  networkName: string
  network: Network
  leases: Leases
  metering: Metering
  store: LedgerStore
}

export interface Ledger extends Startable {
  /** Measured and acknowledged, for both roles, live. */
  earnings(): Earnings
  receipts(): ReceiptRow[]
  /** What this lease came to so far: the provider's by its own meter, the tenant's by the last statement. */
  due(leaseId: string, role: Role): { dueMicro: bigint, ackDueMicro: bigint, final: boolean }
  /** Provider: until when vouchers reach at the present rate, ms since the epoch. Null when it does not run. */
  paidUntilMs(leaseId: string): number | null
  /**
   * Provider: how long a lease may go on as it does if nothing more is paid, ms; below zero when that is over. Null when it
   * does not run. What is asked of one look is told as it was at its first question: the leases of a channel are one sum.
   */
  unpaidInMs(): (leaseId: string) => number | null
}

