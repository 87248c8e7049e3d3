/**
 * Finding each other and agreeing: offers, quotes, leases, for both roles.
 */
import type { LeaseState } from '../../contract/nouns/lease.ts'
import type { Reason } from '../../contract/reasons.ts'
import type { Resources } from '../../contract/units.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import type { Refusal } from '../../contract/wire/v1/protocols.ts'
import type { EgressTier, IsolationLevel, Lease, Offer, Platform } from '../../contract/wire/v1/records.ts'
import type { ActivityLog } from '../activity/index.ts'
import type { BaseDeps, EventBus, ServiceEvents, Startable } from '../base/index.ts'
import type { Capacity } from '../capacity/types.ts'
import type { Database, ReadHandle, WriteHandle } from '../database/index.ts'
import type { EngineHost } from '../engine/types.ts'
import type { SignedRecord, Signer } from '../identity/index.ts'
import type { Images } from '../images/types.ts'
import type { Network } from '../network/types.ts'

export type Role = 'provider' | 'tenant'

/**
 * Where a lease stands. What each state knows is in it; see `contract/nouns/lease.ts` for the diagram.
 */
export type LeasePhase =
  | { state: 'proposed' | 'funded' | 'running' | 'grace' }
  | { state: 'suspended', reason: Reason }
  | { state: 'terminated' | 'final', reason: Reason, endedAtMs: number }

export interface LeaseRecord {
  leaseId: string
  role: Role
  /** The other side. */
  peerId: string
  requestId: Uint8Array
  lease: Lease
  /** The bytes both signed. */
  body: Uint8Array
  tenantSignature: Uint8Array
  /** Null while proposed. */
  providerSignature: Uint8Array | null
  phase: LeasePhase
  /** Since when it has been in this state. */
  sinceMs: number
  createdAtMs: number
}

export type NewLeaseRecord = Omit<LeaseRecord, 'sinceMs'>

/** What can happen to a lease. */
export type LeaseEvent =
  | { kind: 'countersigned', signature: Uint8Array }
  /** All services run, or run again. */
  | { kind: 'running' }
  /** What was paid ahead is used. */
  | { kind: 'unpaid' }
  | { kind: 'suspend', reason: Reason }
  | { kind: 'end', reason: Reason }
  /** The last statement is acknowledged. */
  | { kind: 'settled' }

/** All leases of this node, in both roles. A node that rents from itself has one row for each. */
export interface Leases {
  get(leaseId: string, role: Role, handle?: ReadHandle): LeaseRecord | undefined
  /** What to run: the bytes whose hash the lease holds. */
  app(leaseId: string, role: Role): Uint8Array
  byRequest(role: Role, peerId: string, requestId: Uint8Array): LeaseRecord | undefined
  list(role: Role): LeaseRecord[]
  inState(role: Role, states: readonly LeaseState[]): readonly LeaseRecord[]
  insert(tx: WriteHandle, lease: NewLeaseRecord, app: Uint8Array): void
  /**
   * Moves a lease on, in the caller's transaction. Repeating what has already happened changes nothing; what cannot
   * happen in its state throws E_LEASE_STATE. Returns the lease after it.
   */
  apply(tx: WriteHandle, leaseId: string, role: Role, event: LeaseEvent): LeaseRecord
}

/**
 * What the market needs of the ledger, which lies above it and is handed in: money is agreed in the same transaction as
 * the lease, or neither is.
 */
export interface Funding {
  /** Tenant: the channel to this provider and a voucher that also covers `prepaidMicro` more. Stored when it returns. */
  prepare(tx: WriteHandle, provider: string, payout: string, prepaidMicro: bigint): { channelId: string, channel: SignedBytes, voucher: SignedBytes }
  /** Provider: checks channel and voucher and stores them. Throws E_SIGNATURE or E_BAD_INPUT when they do not cover the lease. */
  accept(tx: WriteHandle, lease: Lease, channel: SignedBytes, voucher: SignedBytes): void
  /** Both: accounts of this lease begin. */
  open(tx: WriteHandle, role: Role, leaseId: string, lease: Lease): void
}

export interface KnownOffer {
  offer: Offer
  /** Null: not connected, or not measured yet. */
  roundTripMs: number | null
}

/** What a tenant wants of one host. */
export interface Order {
  resources: Resources
  /** Platforms that would do; empty: any. */
  platforms: Platform[]
  /** At the least; null: any. */
  isolation: IsolationLevel | null
  egress: EgressTier
}

export type HostAnswer =
  | { kind: 'quote', provider: string, quote: SignedRecord<'quote'>, offer: Offer | null, roundTripMs: number | null }
  | { kind: 'refused', provider: string, refusal: Refusal, offer: Offer | null, roundTripMs: number | null }
  | { kind: 'silent', provider: string, message: string, offer: Offer | null }

export interface NewLease {
  quote: SignedRecord<'quote'>
  app: Uint8Array
  requestId: Uint8Array
  maxSpendMicro: bigint
  /** Runs in the transaction that stores the proposal: what must be durable together with it. */
  onProposed?: (tx: WriteHandle, leaseId: string) => void
}

/** unknown: the answer never came; the lease stays proposed until `settle` finds out. */
export type OpenResult =
  | { kind: 'opened', lease: LeaseRecord }
  | { kind: 'refused', lease: LeaseRecord, reason: Reason }
  | { kind: 'unknown', lease: LeaseRecord }

export interface Market extends Startable {
  readonly leases: Leases
  /** What this node would sell now; null with the reason when it sells nothing. */
  offer(): { offer: SignedRecord<'offer'> } | { offer: null, why: Refusal['code'] }
  /** Hosts that sell, as far as known: connected and known peers, and the DHT. Refreshed in the background. */
  offers(): KnownOffer[]
  /** How far this clock is behind those of the hosts we heard from: the median, ms. Null: nobody to compare with. */
  clockSkewMs(): number | null
  /** Looks for hosts now; resolves when the network has nothing more to say or the deadline has passed. */
  discover(signal?: AbortSignal): Promise<void>
  /** Everybody who might sell: connected peers and known offers; the DHT is searched when that is nobody. */
  candidates(signal?: AbortSignal): Promise<string[]>
  /** Asks these hosts for a price, all at once; answers come as they arrive, one from each. */
  ask(order: Order, providers: readonly string[], signal?: AbortSignal): AsyncIterable<HostAnswer>
  /** Tenant: proposes a lease on a quote. Durable before it is sent; the same request opens one lease. */
  open(request: NewLease): Promise<OpenResult>
  /** Tenant: finds out what became of a proposal whose answer never came. */
  settle(lease: LeaseRecord): Promise<OpenResult>
  /** Either role: ends it. A tenant's close reaches the provider now or when it is next seen; `true` when it has. */
  close(leaseId: string, role: Role, reason: Reason): Promise<boolean>
}


export interface MarketDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  activity: ActivityLog
  network: Network
  networkName: string
  signer: Signer
  capacity: Capacity
  engine: EngineHost
  images: Pick<Images, 'refusalFor'>
  leases: Leases
  funding: Funding
}
