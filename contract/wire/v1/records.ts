/**
 * The signed records, as PROTOCOL.md lists them. Each is canonical dag-cbor, signed with Ed25519 over
 * `"depin/<type>/v1\0" ‖ bytes`. `type` is the key in `recordTypes`.
 */
import * as z from 'zod'
import { ChannelId, LeaseId, PeerId, Region } from '../../ids.ts'
import { BlocklistEntry } from './blocklist.ts'
import { Amount, Count, Hash, NetworkName, PeerText, RequestId } from './common.ts'

export const WireResources = z.strictObject({ cpuMilli: Count, memoryMiB: Count, diskMiB: Count })

/** What a reserved unit costs, in femto-units (1e-15). R = Σ rate × reserved, per second. */
export const Rates = z.strictObject({
  /** Per thousandth of a core and second. */
  cpuMilliSecondFemto: Amount,
  /** Per MiB of memory and second. */
  memoryMiBSecondFemto: Amount,
  /** Per MiB of disk and second; goes on while a lease is suspended. */
  diskMiBSecondFemto: Amount,
  /** Per byte sent out through our tunnels. */
  egressByteFemto: Amount,
})
export type Rates = z.infer<typeof Rates>

/** When usage is stated, how much is paid ahead, and how long unpaid work goes on. PAYMENTS: Tm, P, G; retention while suspended. */
export const Terms = z.strictObject({ meterIntervalMs: Count.min(500), prepaidMs: Count, graceMs: Count, retentionMs: Count })
export type Terms = z.infer<typeof Terms>

export const Platform = z.strictObject({ os: z.string().max(20), arch: z.string().max(20) })
export type Platform = z.infer<typeof Platform>

/**
 * How far a guest is kept from the machine it runs on, weakest first: hardened containers on the machine's own kernel; the
 * same with user ids of their own (user namespaces, or an engine without root); a kernel of their own (gVisor).
 */
export const isolationLevels = ['container', 'userns', 'sandbox'] as const
export const IsolationLevel = z.enum(isolationLevels)
export type IsolationLevel = z.infer<typeof IsolationLevel>

/** What a guest may open connections to, least first: nothing, the names its app lists, or the public internet. */
export const egressTiers = ['none', 'domains', 'open'] as const
export const EgressTier = z.enum(egressTiers)
export type EgressTier = z.infer<typeof EgressTier>

/** What a provider would sell and at what rates. Reserves nothing. */
export const Offer = z.strictObject({
  network: NetworkName,
  provider: PeerId,
  /** The name its owner gave the machine. */
  label: PeerText(63),
  region: Region.nullable(),
  platform: Platform,
  /** What is free now. */
  available: WireResources,
  isolation: IsolationLevel,
  /** The most it allows. */
  egress: EgressTier,
  rates: Rates,
  terms: Terms,
  rails: z.array(z.enum(['trust'])).min(1),
  /** Where money goes, fixed in each channel. On the trust rail: the provider's own peer id. */
  payout: z.string().max(128),
  issuedAtMs: Count,
  validToMs: Count,
})
export type Offer = z.infer<typeof Offer>

/** A signed price for one order, valid for seconds. Reserves nothing. */
export const Quote = z.strictObject({
  network: NetworkName,
  provider: PeerId,
  tenant: PeerId,
  resources: WireResources,
  /** What its guests get, at the least. */
  isolation: IsolationLevel,
  egress: EgressTier,
  rates: Rates,
  terms: Terms,
  payout: z.string().max(128),
  issuedAtMs: Count,
  validToMs: Count,
})
export type Quote = z.infer<typeof Quote>

/** One per tenant and provider, for ever: its vouchers are cumulative. Its id is its hash. */
export const Channel = z.strictObject({
  network: NetworkName,
  rail: z.enum(['trust']),
  unit: z.string().max(16),
  payer: PeerId,
  signer: PeerId,
  payee: PeerId,
  payout: z.string().max(128),
  delayMs: Count,
  salt: Hash,
})
export type Channel = z.infer<typeof Channel>

/** The agreement. Its id is its hash; both sign the same bytes. */
export const Lease = z.strictObject({
  network: NetworkName,
  /** Chosen by the tenant: the same request opens one lease, however often it arrives. */
  requestId: RequestId,
  quoteHash: Hash,
  provider: PeerId,
  tenant: PeerId,
  resources: WireResources,
  isolation: IsolationLevel,
  egress: EgressTier,
  rates: Rates,
  terms: Terms,
  channelId: ChannelId,
  /** What to run, by hash: the text itself is between these two. */
  appHash: Hash,
  /** The tenant pays no more than this for the lease, micro-units. */
  maxSpendMicro: Amount,
  createdAtMs: Count,
})
export type Lease = z.infer<typeof Lease>

/** What the provider measured so far, cumulative since the lease began. */
export const Statement = z.strictObject({
  leaseId: LeaseId,
  seq: Count,
  /** Hash of the statement before; 32 zero bytes in the first. */
  prev: Hash,
  runMs: Count,
  suspendedMs: Count,
  egressBytes: Count,
  /** Information only: never billed. */
  cpuUsedUs: Count,
  dueMicro: Amount,
  state: z.enum(['open', 'final']),
  wallMs: Count,
})
export type Statement = z.infer<typeof Statement>

/** What the tenant accepts of a statement, by its own clock. */
export const Ack = z.strictObject({
  leaseId: LeaseId,
  statementHash: Hash,
  seq: Count,
  ackDueMicro: Amount,
  /** The tenant's wall clock and what its bucket holds after this, so that either side can restore the other from a backup. */
  tenantMs: Count,
  bucketFemto: z.string().regex(/^\d{1,30}$/),
  reason: PeerText(200).optional(),
})
export type Ack = z.infer<typeof Ack>

/** “In total you may claim this much.” Duplicates, reordering and loss are harmless; only the highest matters. */
export const Voucher = z.strictObject({
  channelId: ChannelId,
  cumulativeMicro: Amount,
  notBeforeMs: Count,
  memo: Hash,
})
export type Voucher = z.infer<typeof Voucher>

/** The provider has this voucher safe. */
export const Receipt = z.strictObject({ channelId: ChannelId, cumulativeMicro: Amount })
export type Receipt = z.infer<typeof Receipt>

/** Images that somebody warns of. Signed by its publisher; owners choose whose lists they follow. */
export const Blocklist = z.strictObject({
  publisher: PeerId,
  name: PeerText(100),
  /** Grows with each edition: an older one is never taken for a newer. */
  sequence: Count,
  issuedAtMs: Count,
  /** A new edition is due by then. An old one goes on blocking, and is shown as out of date. */
  expiresAtMs: Count,
  entries: z.array(BlocklistEntry).max(20_000),
})
export type Blocklist = z.infer<typeof Blocklist>

export const recordTypes = {
  offer: Offer, quote: Quote, channel: Channel, lease: Lease, statement: Statement, ack: Ack, voucher: Voucher, receipt: Receipt, blocklist: Blocklist,
} as const
export type RecordType = keyof typeof recordTypes
export type RecordOf<Type extends RecordType> = z.infer<(typeof recordTypes)[Type]>
/** As a record may be written down before it is parsed: small integers may be numbers. */
export type RecordInput<Type extends RecordType> = z.input<(typeof recordTypes)[Type]>
