/** Images on this computer, and which of them its owner accepts. */
import * as z from 'zod'
import { LeaseId, PeerId, TimestampMs } from '../ids.ts'
import { BlocklistEntry, ImageSubject } from '../wire/v1/blocklist.ts'
import { Digest } from '../wire/v1/image.ts'

export const CachedImage = z.object({
  /** Digest of its configuration: what it is called everywhere. */
  config: Digest,
  /** What it was last asked for as. Text from a renter. */
  reference: z.string(),
  /** Found in the engine, pulled from a registry, or fetched from other nodes. */
  origin: z.enum(['engine', 'registry', 'peers']),
  /** What the engine holds of it. Layers that images share are counted in each. */
  sizeBytes: z.int(),
  /** What lies ready to be given to other nodes. */
  readyBytes: z.int(),
  createdAtMs: TimestampMs,
  lastUsedMs: TimestampMs,
  /** Guests that run on it: it stays. */
  pinnedBy: z.array(LeaseId),
})
export type CachedImage = z.infer<typeof CachedImage>

export const ImageRule = z.object({ action: z.enum(['allow', 'deny']), subject: ImageSubject })
export type ImageRule = z.infer<typeof ImageRule>

export const BlocklistSource = z.string().max(1000).regex(/^(https:\/\/|\/|[A-Za-z]:\\)/, 'use a path from the root, or an https address')

/** A list that is followed. */
export const Subscription = z.object({
  source: BlocklistSource,
  publisher: PeerId,
  name: z.string().nullable(),
  entries: z.int(),
  sequence: z.int().nullable(),
  expiresAtMs: TimestampMs.nullable(),
  fetchedAtMs: TimestampMs.nullable(),
  /** `unread`: never had; `expired`: its publisher owes a new edition, and the old one goes on blocking. */
  state: z.enum(['current', 'expired', 'unread']),
  /** Why the last look at it failed. */
  problem: z.string().nullable(),
})
export type Subscription = z.infer<typeof Subscription>

export const ImagePolicy = z.object({
  /** Only what a rule allows is run. */
  onlyAllowed: z.boolean(),
  rules: z.array(ImageRule),
  blocklists: z.array(Subscription),
})
export type ImagePolicy = z.infer<typeof ImagePolicy>

export const BlocklistDraft = z.object({
  name: z.string().min(1).max(100),
  validForMs: z.int().min(3_600_000).max(366 * 86_400_000),
  entries: z.array(BlocklistEntry).max(20_000),
})
export type BlocklistDraft = z.infer<typeof BlocklistDraft>
