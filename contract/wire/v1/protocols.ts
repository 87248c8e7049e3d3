/**
 * Every protocol two nodes speak: its id with its version, what goes in, what comes out, how large, how long.
 * `network` turns each of these into a caller and a handler; nothing else opens streams.
 */
import * as z from 'zod'
import { LeaseId, Name } from '../../ids.ts'
import { Reason } from '../../reasons.ts'
import { LeaseState } from '../../nouns/lease.ts'
import { boundedBytes, Count, PeerText, RequestId, Signature, SignedBytes } from './common.ts'
import { maxAppBytes } from './app.ts'
import { Digest, maxLayers } from './image.ts'
import { EgressTier, IsolationLevel, Platform, WireResources } from './records.ts'

/** One question, one answer. */
export interface RequestProtocol<Input extends z.ZodType, Output extends z.ZodType> {
  readonly kind: 'request'
  readonly id: string
  readonly input: Input
  readonly output: Output
  /** No message in either direction is longer, bytes. */
  readonly maxBytes: number
  /** From opening the stream to the whole answer, ms. */
  readonly deadlineMs: number
}

/** One question, many answers, until either side ends it. */
export interface StreamProtocol<Input extends z.ZodType, Item extends z.ZodType> {
  readonly kind: 'stream'
  readonly id: string
  readonly input: Input
  readonly item: Item
  readonly maxBytes: number
  /** From opening the stream to the first item or the acceptance, ms. */
  readonly deadlineMs: number
  /** No pause between two items is longer, ms; the sender fills pauses with its own sign of life. */
  readonly idleMs: number
}

/** One question, one answer, then bytes both ways, untouched, each way closed on its own. */
export interface DuplexProtocol<Input extends z.ZodType> {
  readonly kind: 'duplex'
  readonly id: string
  readonly input: Input
  readonly maxBytes: number
  readonly deadlineMs: number
}

const request = <Input extends z.ZodType, Output extends z.ZodType>(protocol: Omit<RequestProtocol<Input, Output>, 'kind'>) => ({ kind: 'request' as const, ...protocol })
const stream = <Input extends z.ZodType, Item extends z.ZodType>(protocol: Omit<StreamProtocol<Input, Item>, 'kind'>) => ({ kind: 'stream' as const, ...protocol })
const duplex = <Input extends z.ZodType>(protocol: Omit<DuplexProtocol<Input>, 'kind'>) => ({ kind: 'duplex' as const, ...protocol })

const kib = 1024
const Empty = z.strictObject({})

/** “What would you sell?” The signed offer, or why there is none. */
export const offerProtocol = request({
  id: '/depin/market/offer/1',
  input: Empty,
  output: z.strictObject({ offer: SignedBytes.nullable(), why: PeerText(200) }),
  maxBytes: 16 * kib,
  deadlineMs: 5_000,
})

/** What an order needs, and so what a refusal is about. */
export const Refusal = z.strictObject({
  code: z.enum(['sharing-off', 'paused', 'engine', 'disk-full', 'cpu', 'memory', 'disk', 'platform', 'isolation', 'egress', 'network', 'policy', 'busy']),
  /** For cpu (thousandths), memory and disk (MiB): what was asked and what is free. */
  need: Count.optional(),
  have: Count.optional(),
  /** For policy: what is not accepted, and by whose rule. Text from a peer. */
  detail: PeerText(200).optional(),
})
export type Refusal = z.infer<typeof Refusal>

export const quoteProtocol = request({
  id: '/depin/market/quote/1',
  input: z.strictObject({
    resources: WireResources,
    platforms: z.array(Platform).max(16),
    /** At the least; null: any. */
    isolation: IsolationLevel.nullable(),
    egress: EgressTier,
  }),
  output: z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), quote: SignedBytes }),
    z.strictObject({ ok: z.literal(false), refusal: Refusal }),
  ]),
  maxBytes: 16 * kib,
  deadlineMs: 5_000,
})

/** Opens a lease: the provider reserves, countersigns and stores before it answers. Repeating it repeats the answer. */
export const openLeaseProtocol = request({
  id: '/depin/market/open/1',
  input: z.strictObject({
    requestId: RequestId,
    quote: SignedBytes,
    channel: SignedBytes,
    lease: SignedBytes,
    voucher: SignedBytes,
    app: boundedBytes(maxAppBytes),
  }),
  output: z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), leaseId: LeaseId, signature: Signature }),
    z.strictObject({ ok: z.literal(false), refusal: Refusal }),
  ]),
  maxBytes: maxAppBytes + 64 * kib,
  deadlineMs: 20_000,
})

/** “Did my request open a lease?” For a tenant whose answer never came. */
export const findLeaseProtocol = request({
  id: '/depin/market/find/1',
  input: z.strictObject({ requestId: RequestId }),
  output: z.strictObject({ lease: z.strictObject({ leaseId: LeaseId, signature: Signature }).nullable() }),
  maxBytes: 4 * kib,
  deadlineMs: 10_000,
})

export const closeLeaseProtocol = request({
  id: '/depin/market/close/1',
  input: z.strictObject({ leaseId: LeaseId, reason: Reason }),
  output: z.strictObject({ state: LeaseState }),
  maxBytes: 4 * kib,
  deadlineMs: 10_000,
})

export const ServiceStatus = z.strictObject({
  service: Name,
  containerId: z.string().max(128).nullable(),
  /** Waiting for others, being created, running, ended well, ended badly. */
  state: z.enum(['waiting', 'pulling', 'starting', 'running', 'paused', 'restarting', 'completed', 'failed', 'stopped']),
  health: z.enum(['none', 'starting', 'healthy', 'unhealthy']),
  startedAtMs: Count.nullable(),
  restarts: Count,
  exitCode: z.int().nullable(),
  /** While pulling: what has come of how much, bytes. */
  progress: z.strictObject({ doneBytes: Count, totalBytes: Count }).nullable(),
  ports: z.array(z.int().min(1).max(65535)).max(256),
})
export type ServiceStatus = z.infer<typeof ServiceStatus>

/** What a lease holds of the disk it pays for; `usedMiB` null: not measured yet. */
export const DiskShare = z.strictObject({ usedMiB: Count.nullable(), limitMiB: Count })
export type DiskShare = z.infer<typeof DiskShare>

export const LeaseStatus = z.strictObject({
  leaseId: LeaseId,
  state: LeaseState,
  reason: Reason.nullable(),
  sinceMs: Count,
  /** Null: it pays for none. */
  disk: DiskShare.nullable(),
  /** It runs, and its host holds it back for this; null: it does not. */
  throttled: Reason.nullable(),
  /** What keeps it from starting or running steadily, or its host from seeing it, and may pass: it is tried again. Null: nothing does. */
  trouble: Reason.nullable(),
  services: z.array(ServiceStatus).max(32),
})
export type LeaseStatus = z.infer<typeof LeaseStatus>

/** All leases of the caller at this provider, each change, and a sign of life in every pause. */
export const statusProtocol = stream({
  id: '/depin/workload/status/1',
  input: Empty,
  item: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('snapshot'), leases: z.array(LeaseStatus).max(1000) }),
    z.strictObject({ kind: z.literal('lease'), lease: LeaseStatus }),
    z.strictObject({ kind: z.literal('alive') }),
  ]),
  maxBytes: 1024 * kib,
  deadlineMs: 10_000,
  idleMs: 15_000,
})

export const LogLine = z.strictObject({
  service: Name,
  source: z.enum(['stdout', 'stderr']),
  atMs: Count,
  text: PeerText(16 * kib),
})
export type LogLine = z.infer<typeof LogLine>

export const logsProtocol = stream({
  id: '/depin/workload/logs/1',
  input: z.strictObject({ leaseId: LeaseId, service: Name.nullable(), follow: z.boolean(), tailLines: z.int().min(0).max(10_000) }),
  item: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('lines'), lines: z.array(LogLine).max(512) }),
    z.strictObject({ kind: z.literal('alive') }),
  ]),
  maxBytes: 1024 * kib,
  deadlineMs: 10_000,
  idleMs: 30_000,
})

/** Provider to tenant: what was measured, and the best the provider holds, so that either side can catch up. */
export const statementProtocol = request({
  id: '/depin/ledger/statement/1',
  input: z.strictObject({ statement: SignedBytes, lastAck: SignedBytes.nullable(), bestVoucher: SignedBytes.nullable() }),
  output: z.strictObject({ ack: SignedBytes, voucher: SignedBytes }),
  maxBytes: 64 * kib,
  deadlineMs: 10_000,
})

/** Provider to tenant: the voucher is safe here. */
export const receiptProtocol = request({
  id: '/depin/ledger/receipt/1',
  input: z.strictObject({ receipt: SignedBytes }),
  output: Empty,
  maxBytes: 16 * kib,
  deadlineMs: 10_000,
})

/** One TCP connection to a service of a lease. */
export const tunnelProtocol = duplex({
  id: '/depin/ingress/tunnel/1',
  input: z.strictObject({ leaseId: LeaseId, service: Name, port: z.int().min(1).max(65535) }),
  maxBytes: 4 * kib,
  deadlineMs: 10_000,
})

/**
 * “Which of these have you?” Digests of image configurations and of uncompressed layers. Nobody is told what there is
 * beyond what was asked for: knowing a digest is the right to fetch it.
 */
export const blobSizesProtocol = request({
  id: '/depin/blob/sizes/1',
  input: z.strictObject({ digests: z.array(Digest).min(1).max(maxLayers + 1) }),
  output: z.strictObject({
    /** Bytes, in the order of the question; null: not here. */
    sizes: z.array(Count.nullable()).max(maxLayers + 1),
    /** More of it will be here in a while: it is being taken out of the engine, or is on its way. */
    coming: z.boolean(),
  }),
  maxBytes: 16 * kib,
  deadlineMs: 10_000,
})

/** One blob from `offset` to its end. The asker ends its own way at once. */
export const blobProtocol = duplex({
  id: '/depin/blob/1',
  input: z.strictObject({ digest: Digest, offset: Count }),
  maxBytes: 4 * kib,
  deadlineMs: 10_000,
})
