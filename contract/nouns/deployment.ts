import * as z from 'zod'
import { LeaseId, Name, PeerId, Region, TimestampMs } from '../ids.ts'
import { Reason } from '../reasons.ts'
import { MicroUnits, Resources } from '../units.ts'
import { LogLine, Refusal, ServiceStatus } from '../wire/v1/protocols.ts'

/** A compose file and everything it names, as text: the service never reads the client's disk. */
export const ManifestBundle = z.object({
  /** Which of `files` is the compose file. */
  entry: z.string().max(512),
  /** Path relative to the compose file's folder → base64 of the content. */
  files: z.record(z.string().max(512), z.string().max(1_500_000)),
  /** What `${VAR}` may use besides `.env`. */
  env: z.record(z.string().max(256), z.string().max(65536)),
  /** Paths that are there and are not in `files`, each with a sentence why: the report says it where the path is named. */
  leftBehind: z.record(z.string().max(512), z.string().max(1024)).optional(),
})
export type ManifestBundle = z.infer<typeof ManifestBundle>

/** Where in which file, and about which key (`services.web.privileged`). Lines count from 1. */
export const ManifestNote = z.object({
  file: z.string(),
  line: z.int(),
  key: z.string(),
  message: z.string(),
})
export type ManifestNote = z.infer<typeof ManifestNote>

export const ManifestReport = z.object({
  ok: z.boolean(),
  services: z.array(z.object({ name: Name, image: z.string(), ports: z.array(z.int()), resources: Resources })),
  copies: z.int(),
  resources: Resources,
  warnings: z.array(ManifestNote),
  errors: z.array(ManifestNote),
  /** Files the compose file names and the bundle lacks. Send them and ask again; of a folder, the files in it. */
  missingFiles: z.array(z.string()),
  /** As `missingFiles`, but they need not exist: send what there is. */
  optionalFiles: z.array(z.string()).optional(),
})
export type ManifestReport = z.infer<typeof ManifestReport>

export const DeployOptions = z.object({
  name: Name.optional(),
  /** For each copy, micro-units a month; the manifest's own when left out. */
  maxPriceMonthMicro: MicroUnits.optional(),
  /** Only these, when there are any. */
  providers: z.array(PeerId).max(64).optional(),
})
export type DeployOptions = z.infer<typeof DeployOptions>

/** One host's answer to an order. */
export const HostQuote = z.object({
  provider: PeerId,
  label: z.string(),
  region: Region.nullable(),
  roundTripMs: z.number().nullable(),
  /** Null when it refused or did not answer. */
  priceMonthMicro: MicroUnits.nullable(),
  /** Would be chosen. */
  chosen: z.boolean(),
  refusal: Refusal.nullable(),
  /** Why it is not chosen, in a sentence with numbers; null when it could be. */
  why: z.string().nullable(),
})
export type HostQuote = z.infer<typeof HostQuote>

export const QuoteReport = z.object({
  resources: Resources,
  copies: z.int(),
  maxPriceMonthMicro: MicroUnits.nullable(),
  hosts: z.array(HostQuote),
  /** For all copies; null when not enough hosts can take it. */
  totalMonthMicro: MicroUnits.nullable(),
  /** Which requirement failed, and by how much; null when it can run. */
  problem: z.string().nullable(),
  warnings: z.array(ManifestNote),
})
export type QuoteReport = z.infer<typeof QuoteReport>

/** What happened to a copy, newest last. */
export const ReplicaEvent = z.object({
  atMs: TimestampMs,
  kind: z.enum(['leased', 'running', 'asleep', 'awake', 'lost', 'ended', 'replaced', 'waiting', 'failed']),
  provider: PeerId.nullable(),
  leaseId: LeaseId.nullable(),
  reason: Reason.nullable(),
})
export type ReplicaEvent = z.infer<typeof ReplicaEvent>

export const Replica = z.object({
  index: z.int(),
  leaseId: LeaseId.nullable(),
  provider: PeerId.nullable(),
  providerLabel: z.string().nullable(),
  region: Region.nullable(),
  /** waiting: no lease yet. restarting: a service of it ended by itself and is started again. unreachable: its host has not answered, within the grace. */
  state: z.enum(['waiting', 'starting', 'running', 'restarting', 'suspended', 'unreachable', 'failed', 'ended']),
  sinceMs: TimestampMs,
  reason: Reason.nullable(),
  /** Its host holds it back for what it does on the internet; null: it does not. */
  throttled: Reason.nullable().optional(),
  /** What keeps its host from starting or seeing it, and may pass; null: nothing does. */
  trouble: Reason.nullable().optional(),
  containerIds: z.array(z.string()),
  services: z.array(ServiceStatus),
  rateMonthMicro: MicroUnits.nullable(),
  events: z.array(ReplicaEvent),
})
export type Replica = z.infer<typeof Replica>

export const Deployment = z.object({
  name: Name,
  createdAtMs: TimestampMs,
  /** starting: no copy has run yet. degraded: some copies run. failed: needs its owner. removing: being closed. */
  state: z.enum(['starting', 'running', 'degraded', 'waiting', 'failed', 'removing']),
  /** Why it is not simply running; null when it is. */
  why: z.string().nullable(),
  copies: z.int(),
  services: z.array(z.object({ name: Name, image: z.string(), ports: z.array(z.int()) })),
  resources: Resources,
  graceMs: z.int(),
  maxPriceMonthMicro: MicroUnits.nullable(),
  budgetMicro: MicroUnits.nullable(),
  spentMicro: MicroUnits,
  rateMonthMicro: MicroUnits,
  replicas: z.array(Replica),
  warnings: z.array(ManifestNote),
})
export type Deployment = z.infer<typeof Deployment>

export const LogBatch = z.object({
  lines: z.array(LogLine.extend({ replica: z.int() })),
})
export type LogBatch = z.infer<typeof LogBatch>

/** How an open forward is doing. The first item says where it listens. */
export const ForwardStatus = z.object({
  host: z.string(),
  port: z.int(),
  connections: z.int(),
  totalConnections: z.int(),
  sentBytes: z.int(),
  receivedBytes: z.int(),
  /** The last thing that went wrong, e.g. the host does not answer; null when nothing is wrong. */
  problem: z.string().nullable(),
})
export type ForwardStatus = z.infer<typeof ForwardStatus>
