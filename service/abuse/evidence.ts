/** A bundle put together from what is known. Pure. */
import { DepinError } from '../../contract/errors.ts'
import { type Evidence, evidenceKeptMs, maxEvidenceBytes } from '../../contract/nouns/evidence.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import type { Platform } from '../../contract/wire/v1/records.ts'
import type { LeaseRecord } from '../market/index.ts'
import type { FlowDestination, FlowHour, VerdictLine } from './types.ts'

export interface EvidenceFacts {
  lease: LeaseRecord
  app: App
  /** Of the engine, which decides which variant of an image ran; null: there is none now. */
  platform: Platform | null
  verdicts: readonly VerdictLine[]
  hours: readonly FlowHour[]
  destinations: readonly FlowDestination[]
}

/** Throws E_NOT_FOUND for a lease that ended longer ago than evidence is kept. */
export function evidenceOf({ lease: record, app, platform, verdicts, hours, destinations }: EvidenceFacts, nowMs: number): Evidence {
  const { leaseId, lease, phase, body, tenantSignature, providerSignature } = record
  const endedAtMs = 'endedAtMs' in phase ? phase.endedAtMs : null
  if (endedAtMs !== null && nowMs - endedAtMs > evidenceKeptMs) {
    throw new DepinError('E_NOT_FOUND', `Nothing is kept of ${leaseId} any more: it ended more than ${evidenceKeptMs / 86_400_000} days ago.`)
  }
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
  return withinBounds({
    format: 'depin-evidence/1',
    madeAtMs: nowMs,
    lease: {
      leaseId, host: lease.provider, renter: lease.tenant, resources: lease.resources, isolation: lease.isolation, egress: lease.egress,
      createdAtMs: record.createdAtMs, state: phase.state, reason: 'reason' in phase ? phase.reason : null, endedAtMs,
      signed: { body: base64(body), renterSignature: base64(tenantSignature), hostSignature: providerSignature === null ? null : base64(providerSignature) },
    },
    images: app.services.map(({ name, image, source }) => ({
      service: name, image,
      config: source?.variants.find((variant) => variant.platform.os === platform?.os && variant.platform.arch === platform.arch)?.config ?? null,
    })),
    domains: app.egress.tier === 'domains' ? [...app.egress.domains] : [],
    verdicts: [...verdicts],
    hours: hours.map(({ startMs, counts }) => ({ startMs, counts: { ...counts } })),
    destinations: [...destinations],
  })
}

/** Everything in it has a bound of its own; should all of them meet, the oldest hours are left out. */
function withinBounds(evidence: Evidence): Evidence {
  let hours = evidence.hours
  while (JSON.stringify({ ...evidence, hours }).length > maxEvidenceBytes && hours.length > 0) hours = hours.slice(Math.ceil(hours.length / 4))
  return { ...evidence, hours }
}
