import * as z from 'zod'
import { ErrorCode } from '../errors.ts'
import { Label, PeerId, Region, TimestampMs } from '../ids.ts'
import { Prices, Resources } from '../units.ts'
import { HoldCause, OwnerFirst, OwnerRules, OwnerRulesPatch } from './owner.ts'
import { EgressTier, IsolationLevel } from '../wire/v1/records.ts'

/** How guests are kept to the disk that they pay for; `why` not by a stronger means, null when there is none. */
export const DiskKeeping = z.object({ means: z.enum(['loop', 'quota', 'measured']), why: z.string().nullable() })
export type DiskKeeping = z.infer<typeof DiskKeeping>

/** The engine on this machine, as last seen. */
export const EngineStatus = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('ready'),
    kind: z.enum(['docker', 'podman', 'fake']),
    version: z.string(),
    socket: z.string(),
    os: z.string(),
    arch: z.string(),
    cpuMilli: z.int(),
    memoryMiB: z.int(),
    rootless: z.boolean(),
    /** What guests get here. */
    isolation: IsolationLevel,
    /** Whether an attack from inside a guest has shown that guests reach nothing they may not: no stranger's app runs before. */
    containment: z.enum(['unproven', 'proven', 'broken']),
    /** What the attack reached. */
    leaks: z.array(z.string()).optional(),
    /** What could not be told about its safety: shown by the doctor, no reason not to share. */
    doubts: z.array(z.string()).optional(),
    /** Not there where nobody has looked. */
    disk: DiskKeeping.optional(),
  }),
  /** Nothing to run containers with. `install` is the one command, or the page, that gets one. */
  z.object({ state: z.literal('missing'), tried: z.array(z.string()), install: z.string() }),
  /**
   * There is one, and it does not answer. `socket` null: it is installed, and nothing of it listens; `sinceMs` is then since when that is known.
   * `hung`: something listens, and does not answer; it needs a restart, and not a start.
   */
  z.object({ state: z.literal('stopped'), socket: z.string().nullable(), hung: z.boolean(), message: z.string(), sinceMs: TimestampMs, nextRetryMs: TimestampMs }),
  /** There is one, and this account may not use it. `fix`: who lets it, and how. */
  z.object({ state: z.literal('forbidden'), socket: z.string(), message: z.string(), fix: z.string() }),
  /** There is one, whose version has a known way out of its containers: strangers' apps do not run on it. */
  z.object({ state: z.literal('unsafe'), socket: z.string(), message: z.string(), update: z.string(), cves: z.array(z.string()) }),
  z.object({ state: z.literal('looking') }),
])
export type EngineStatus = z.infer<typeof EngineStatus>

/** Guests run, and may use no more than this of the processor that is shared. */
export const Held = z.object({ cause: HoldCause, cpuPercent: z.int().min(1).max(99), untilMs: TimestampMs.nullable() })
export type Held = z.infer<typeof Held>

/**
 * The one state that drives the Home hero, the sharing bar and the tray (DESIGN section 4). The first that applies, in
 * this order, wins.
 */
export const SharingState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('engine-missing') }),
  z.object({ kind: z.literal('engine-stopped'), hung: z.boolean(), sinceMs: TimestampMs, nextRetryMs: TimestampMs }),
  z.object({ kind: z.literal('engine-forbidden') }),
  z.object({ kind: z.literal('engine-unsafe'), update: z.string() }),
  /** An attack from inside reached something: depin doctor --attack says what. */
  z.object({ kind: z.literal('uncontained') }),
  z.object({ kind: z.literal('disk-full'), freeMiB: z.int() }),
  z.object({ kind: z.literal('off') }),
  /** Guests are asleep. `untilMs`: when this cause ends if nothing else happens; null: nobody knows. */
  z.object({ kind: z.literal('paused'), cause: HoldCause, sinceMs: TimestampMs, untilMs: TimestampMs.nullable() }),
  z.object({ kind: z.literal('starting') }),
  z.object({ kind: z.literal('ready'), sinceMs: TimestampMs, held: Held.nullable() }),
  z.object({ kind: z.literal('sharing'), sinceMs: TimestampMs, guests: z.int(), held: Held.nullable() }),
])
export type SharingState = z.infer<typeof SharingState>

/** It listens for itself alone: no other computer can reach it, whatever else is well. */
export function isHidden({ addresses }: { addresses: readonly string[] }): boolean {
  return addresses.every((address) => /\/(127\.|::1)/.test(address))
}

/** Nobody has been connected for a while; `no-network`: this computer has no address on any network either. */
export const Alone = z.object({ sinceMs: TimestampMs, why: z.enum(['no-peers', 'no-network']) })
export type Alone = z.infer<typeof Alone>

export const NodeStatus = z.object({
  peerId: PeerId,
  /** The name the owner gave this computer. */
  label: z.string(),
  version: z.string(),
  network: z.string(),
  pid: z.int(),
  startedAtMs: TimestampMs,
  dataDir: z.string(),
  addresses: z.array(z.string()),
  /** Without its token, which `node.dashboard` gives. Null when no dashboard is served. */
  dashboard: z.string().nullable(),
  engine: EngineStatus,
  sharing: SharingState,
  connectedPeers: z.int(),
  alone: Alone.nullable().default(null),
  guests: z.int(),
  deployments: z.int(),
})
export type NodeStatus = z.infer<typeof NodeStatus>

/** When usage is stated, how much is paid ahead, how long unpaid work goes on, how long suspended work is kept. */
export const PaymentTerms = z.object({
  meterIntervalMs: z.int().min(500).max(3_600_000),
  prepaidMs: z.int().min(0).max(86_400_000),
  graceMs: z.int().min(0).max(86_400_000),
  retentionMs: z.int().min(0).max(30 * 86_400_000),
})
export type PaymentTerms = z.infer<typeof PaymentTerms>

export const defaultImageCacheMiB = 20 * 1024

/** What guests may do on the owner's internet connection. */
export const ShareEgress = z.object({
  /** The most that an app can ask for. */
  tier: EgressTier,
  /** Each lease, each way. */
  rateMbit: z.int().min(1).max(100_000),
  /** All guests together in a calendar month; null: no limit. */
  monthlyGiB: z.int().min(1).max(1_000_000).nullable(),
})
export type ShareEgress = z.infer<typeof ShareEgress>

/** What the owner decided about sharing. */
export const ShareSettings = z.object({
  on: z.boolean(),
  pausedUntilMs: TimestampMs.nullable(),
  label: z.string().min(1).max(63),
  region: Region.nullable(),
  /** Σ reserved never exceeds this. */
  limits: Resources,
  /** What images kept for later guests and for neighbours may take together. Those that run are kept whatever it says. */
  imageCacheMiB: z.int().min(0).max(1 << 30).default(defaultImageCacheMiB),
  prices: Prices,
  terms: PaymentTerms,
  rules: OwnerRules,
  egress: ShareEgress,
})
export type ShareSettings = z.infer<typeof ShareSettings>

export const ShareSettingsPatch = ShareSettings.omit({ limits: true, imageCacheMiB: true, prices: true, terms: true, rules: true, egress: true }).partial().extend({
  label: Label.optional(),
  imageCacheMiB: z.int().min(0).max(1 << 30).optional(),
  limits: Resources.partial().optional(),
  prices: Prices.partial().optional(),
  terms: PaymentTerms.partial().optional(),
  rules: OwnerRulesPatch.optional(),
  egress: ShareEgress.partial().optional(),
})
export type ShareSettingsPatch = z.infer<typeof ShareSettingsPatch>

/** What the owner offers, what guests hold of it, and what the machine has. */
export const ShareStatus = z.object({
  settings: ShareSettings,
  state: SharingState,
  machine: Resources,
  reserved: Resources,
  available: Resources,
  owner: OwnerFirst,
})
export type ShareStatus = z.infer<typeof ShareStatus>

/** One sample of who uses what, for the room bars. Measured; `limit` is what the owner offers. */
export const ResourceSample = z.object({
  atMs: TimestampMs,
  /** False: the guests' figures could not be measured now and are what is reserved. */
  measured: z.boolean(),
  cpuMilli: z.object({ guests: z.int(), you: z.int(), limit: z.int(), total: z.int() }),
  memoryMiB: z.object({ guests: z.int(), you: z.int(), limit: z.int(), total: z.int() }),
  diskMiB: z.object({ guests: z.int(), you: z.int(), limit: z.int(), total: z.int() }),
})
export type ResourceSample = z.infer<typeof ResourceSample>

export const Peer = z.object({
  peerId: PeerId,
  label: z.string(),
  region: Region.nullable(),
  addresses: z.array(z.string()),
  connected: z.boolean(),
  lastSeenMs: TimestampMs.nullable(),
  roundTripMs: z.number().nullable(),
})
export type Peer = z.infer<typeof Peer>

/** Why a check is not well, with the facts of its sentence: the message catalogue has `cause.CODE` and `cause.CODE.fix` for each. */
export const FindingCause = z.discriminatedUnion('code', [
  z.object({ code: z.enum(['engine-missing', 'engine-looking', 'engine-stopped', 'engine-hung', 'engine-forbidden']) }),
  z.object({ code: z.literal('engine-unsafe'), cves: z.array(z.string()), update: z.string() }),
  z.object({ code: z.literal('engine-leaks'), leaks: z.array(z.string()) }),
  z.object({ code: z.literal('engine-doubts'), doubts: z.array(z.string()) }),
  z.object({ code: z.literal('data-dir'), error: ErrorCode }),
  z.object({ code: z.literal('disk-low'), freeMiB: z.int(), neededMiB: z.int() }),
  z.object({ code: z.enum(['clock-behind', 'clock-ahead']), minutes: z.int() }),
  z.object({ code: z.enum(['network-hidden', 'peers-none', 'service-none', 'updates-damaged']) }),
  z.object({ code: z.literal('runtime-old'), version: z.string(), wanted: z.string() }),
])
export type FindingCause = z.infer<typeof FindingCause>

/** One finding of `depin doctor`, in English; `id` and `cause` name its sentences in the message catalogue. `cause` is null where all is well. */
export const DoctorFinding = z.object({
  id: z.enum(['engine', 'data-dir', 'disk', 'clock', 'network', 'peers', 'service', 'node', 'updates']),
  status: z.enum(['ok', 'warn', 'fail']),
  cause: FindingCause.nullable(),
  message: z.string(),
  fix: z.string().nullable(),
})
export type DoctorFinding = z.infer<typeof DoctorFinding>

/** One thing that an attack from inside a guest has tried, and whether it got there. */
export const AttackFinding = z.object({
  what: z.string(),
  /** What the guest was allowed of the internet. */
  tier: z.enum(['none', 'open']),
  outcome: z.enum(['refused', 'reached']),
  /** Only what the lease itself has is reached. */
  expected: z.enum(['refused', 'reached']),
})
export type AttackFinding = z.infer<typeof AttackFinding>

/** One line of Activity. The interface has a sentence for each kind; params fill it. */
export const activityKinds = [
  'node-created', 'node-started', 'power-returned', 'sharing-on', 'sharing-off', 'sharing-paused', 'sharing-resumed', 'sharing-anyway',
  'engine-ready', 'engine-stopped', 'engine-missing', 'engine-forbidden', 'engine-installed', 'engine-removed', 'disk-low', 'update-installed', 'update-taken-back',
  'guest-arrived', 'guest-running', 'guest-suspended', 'guest-resumed', 'guest-ended', 'guest-restarted', 'guest-network-lost', 'guest-throttled', 'guest-unthrottled', 'egress-used-up',
  'app-created', 'app-running', 'app-copy-lost', 'app-copy-replaced', 'app-copy-asleep', 'app-copy-awake', 'app-waiting', 'app-failed', 'app-removed',
] as const
export const Activity = z.object({
  seq: z.int(),
  atMs: TimestampMs,
  kind: z.enum(activityKinds),
  tone: z.enum(['info', 'good', 'attention', 'problem']),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type Activity = z.infer<typeof Activity>
export type ActivityKind = Activity['kind']
