import * as z from 'zod'
import { LeaseId, Name, PeerId, TimestampMs } from '../ids.ts'
import { Reason } from '../reasons.ts'
import { Resources } from '../units.ts'
import { EgressTier, IsolationLevel } from '../wire/v1/records.ts'
import { Digest } from '../wire/v1/image.ts'
import { LeaseState } from './lease.ts'

/** How long evidence is kept after what it tells of, and on this machine alone. */
export const evidenceKeptMs = 30 * 86_400_000
/** No bundle is longer as JSON, bytes. */
export const maxEvidenceBytes = 1024 * 1024

/** Whether a guest is let be, held back or ended for what it does on the internet. */
export const AbuseLevel = z.enum(['fine', 'throttled', 'stopped'])
export type AbuseLevel = z.infer<typeof AbuseLevel>

const Counted = z.object({ packets: z.int().min(0), bytes: z.int().min(0) })

/**
 * What this machine can show of a guest when somebody complains of it, or when it was held back: what both sides signed,
 * what ran, and how much went where. Never what was said, and never what it printed or stored.
 */
export const Evidence = z.object({
  format: z.literal('depin-evidence/1'),
  madeAtMs: TimestampMs,
  lease: z.object({
    leaseId: LeaseId,
    host: PeerId,
    renter: PeerId,
    resources: Resources,
    isolation: IsolationLevel,
    egress: EgressTier,
    createdAtMs: TimestampMs,
    state: LeaseState,
    reason: Reason.nullable(),
    endedAtMs: TimestampMs.nullable(),
    /** The bytes both signed (dag-cbor) and the signatures under “depin/lease/v1”, base64: docs/PROTOCOL.md says how to verify them. */
    signed: z.object({ body: z.base64(), renterSignature: z.base64(), hostSignature: z.base64().nullable() }),
  }),
  /** `config`: digest of what was agreed to run; null: only the name was. */
  images: z.array(z.object({ service: Name, image: z.string(), config: Digest.nullable() })),
  /** The names it may connect to, as signed. */
  domains: z.array(z.string()),
  /** When it was held back, let be again, or ended, and what for. */
  verdicts: z.array(z.object({ atMs: TimestampMs, level: AbuseLevel, reason: Reason.nullable() })),
  /** By the hour (UTC) and by what the network rules count; `out` and `in` passed, the rest was refused or is a count of connections. */
  hours: z.array(z.object({ startMs: TimestampMs, counts: z.record(z.string(), Counted) })),
  /** The latest places that it turned to. */
  destinations: z.array(z.object({ address: z.ipv4(), port: z.int().min(0).max(65_535), firstMs: TimestampMs, lastMs: TimestampMs })),
})
export type Evidence = z.infer<typeof Evidence>
