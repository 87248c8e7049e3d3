/** Newer versions of this program: what is known of them, and what is being done about it. */
import * as z from 'zod'
import { TimestampMs } from '../ids.ts'

/** `latest`: what everybody gets. `beta`: the next one, earlier. Named as the feeds of electron-updater are. */
export const updateChannels = ['latest', 'beta'] as const
export const UpdateChannel = z.enum(updateChannels)
export type UpdateChannel = z.infer<typeof UpdateChannel>

/** Why there is no update, or why one was not installed. Nothing was changed, but for `unhealthy`: that was taken back. */
export const updateProblems = [
  /** The feed does not answer. */
  'unreachable',
  /** The feed has no signed word of a release, or one that cannot be read. */
  'not-signed',
  /** It is signed, by nobody whom this version knows, or something in it was changed after. */
  'wrong-key',
  /** What the feed says was true once: nobody has confirmed it for too long. */
  'expired',
  /** The feed offers less than what is installed or was offered before. */
  'rolled-back',
  'wrong-platform',
  'wrong-channel',
  /** Parts of different releases were put together. */
  'mixed',
  /** More came than was signed for. */
  'too-long',
  /** Less came. */
  'truncated',
  'corrupt',
  /** Nothing came for too long. */
  'stalled',
  'disk-full',
  /** It could not be put in place. */
  'install-failed',
  /** What was offered before is not known any more: no feed is believed until its owner looks by hand, which begins anew. */
  'memory-damaged',
  /** The new version did not become healthy: the one before is back. */
  'unhealthy',
] as const
export const UpdateProblem = z.enum(updateProblems)
export type UpdateProblem = z.infer<typeof UpdateProblem>

/** What a version that is ready waits for. */
export const UpdateWait = z.enum(['nobody-uses-it', 'you'])
export type UpdateWait = z.infer<typeof UpdateWait>

/** As semver has them, without what a build adds: of any two it can be said which is higher. */
export const Version = z.string().max(64).regex(/^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){2}(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?$/, 'not a version')
export type Version = z.infer<typeof Version>

/**
 *     idle ──check──► checking ──newer──► available ──rules allow──► downloading ──verified──► ready ──nobody is here──► installing
 *      ▲                 │                                               │                                                  │
 *      └──none, failed◄──┴───────────────────────────────────────────────┘                 the new version, or failed (unhealthy)
 */
export const UpdateState = z.discriminatedUnion('kind', [
  /** `checkedAtMs` null: never since this start. */
  z.object({ kind: z.literal('idle'), checkedAtMs: TimestampMs.nullable() }),
  z.object({ kind: z.literal('checking') }),
  /** `staged`: offered to some first, and this computer is not among them yet. */
  z.object({ kind: z.literal('available'), version: Version, bytes: z.int().min(0), staged: z.boolean() }),
  z.object({ kind: z.literal('downloading'), version: Version, doneBytes: z.int().min(0), totalBytes: z.int().min(0) }),
  z.object({ kind: z.literal('ready'), version: Version, waitsFor: UpdateWait }),
  z.object({ kind: z.literal('installing'), version: Version }),
  z.object({ kind: z.literal('failed'), version: Version.nullable(), reason: UpdateProblem, message: z.string().max(500), atMs: TimestampMs }),
])
export type UpdateState = z.infer<typeof UpdateState>

/** How this copy gets newer: by the desktop app, by a command, by whoever owns its files, or not at all as yet. */
export const UpdateWay = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('desktop') }),
  z.object({ kind: z.literal('command'), command: z.string() }),
  z.object({ kind: z.literal('elsewhere'), owner: z.enum(['checkout', 'deb', 'rpm', 'container', 'unknown']), command: z.string() }),
  /** No feed or no key is built in. */
  z.object({ kind: z.literal('none') }),
])
export type UpdateWay = z.infer<typeof UpdateWay>

export const UpdateStatus = z.object({
  installed: z.string().max(64),
  channel: UpdateChannel,
  way: UpdateWay,
  state: UpdateState,
})
export type UpdateStatus = z.infer<typeof UpdateStatus>

/** What the desktop, which updates itself, tells the service. */
export const UpdateReport = z.object({ channel: UpdateChannel, state: UpdateState })
export type UpdateReport = z.infer<typeof UpdateReport>

/** What it is asked to do. */
export const UpdateOrder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('check') }),
  z.object({ kind: z.literal('install') }),
  z.object({ kind: z.literal('channel'), channel: UpdateChannel }),
])
export type UpdateOrder = z.infer<typeof UpdateOrder>

/** What `depin update` takes. */
export const UpdateOptions = z.object({
  dataDir: z.string().min(1),
  /** Null: the one that was chosen last. */
  channel: UpdateChannel.nullable(),
  /** A mirror; null: the feed that is built in. What it gives has to be signed all the same. */
  feed: z.url({ protocol: /^https?$/ }).nullable(),
  checkOnly: z.boolean(),
  /** Also what did not become healthy here before, or is for others first. */
  again: z.boolean(),
})
export type UpdateOptions = z.infer<typeof UpdateOptions>
