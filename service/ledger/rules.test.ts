import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { femtoPerMicro } from '../../contract/units.ts'
import { dueMicro, ratesFrom, runRateFemto } from '../market/index.ts'
import { accept, newBucketFemto, refill } from './rules.ts'

const gib = 1024 ** 3
const rates = ratesFrom({ cpuCoreMonthMicro: 2_500_000n, memoryGiBMonthMicro: 1_000_000n, diskGiBMonthMicro: 30_000n, egressGiBMicro: 5_000n })
/** A small guest: what it costs for a second is less than a micro-unit, and so is what many a statement has of bytes. */
const resources = { cpuMilli: 250, memoryMiB: 64, diskMiB: 1024 }
const terms = { meterIntervalMs: 500, prepaidMs: 1_000, graceMs: 2_000, retentionMs: 60_000 }
const lease = { rates, resources, terms }

/** What an honest host states, time and bytes in turn, and what its renter accepts of it. */
function books(intervals: readonly { ms: number, bytes: number }[]) {
  let [runMs, egressBytes, ackDueMicro, bucketFemto] = [0, 0, 0n, newBucketFemto(lease)]
  const reasons: (string | null)[] = []
  for (const { ms, bytes } of intervals) {
    runMs += ms
    egressBytes += bytes
    const result = accept({
      dueMicro: dueMicro(rates, resources, { runMs, suspendedMs: 0, egressBytes }), ackDueMicro, bucketFemto: refill(lease, bucketFemto, ms),
      egressFemto: rates.egressByteFemto * BigInt(bytes), maxSpendMicro: 10n ** 15n,
    })
    reasons.push(result.reason)
    ackDueMicro = result.ackDueMicro
    bucketFemto = result.bucketFemto
  }
  return { ackDueMicro, dueMicro: dueMicro(rates, resources, { runMs, suspendedMs: 0, egressBytes }), reasons, runMs, egressBytes, bucketFemto }
}

describe('what a renter accepts', () => {
  it('is all of what an honest host states through an hour of a download, in parts of a micro-unit', () => {
    const { ackDueMicro, dueMicro: due, reasons } = books(Array.from({ length: 7200 }, () => ({ ms: 500, bytes: Math.round(1.5 * gib / 5000) })))
    expect(reasons.filter((reason) => reason !== null)).toEqual([])
    expect(ackDueMicro).toBe(due)
  })

  it('is all of it whatever comes in between, and no more than the time and the bytes allow', () => {
    const interval = fc.record({ ms: fc.integer({ min: 1, max: 3_000 }), bytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 4 * gib })) })
    fc.assert(fc.property(fc.array(interval, { minLength: 200, maxLength: 400, size: 'max' }), (intervals) => {
      const { ackDueMicro, dueMicro: due, runMs, egressBytes, bucketFemto } = books(intervals)
      expect(ackDueMicro).toBe(due)
      const allowed = newBucketFemto(lease) + runRateFemto(rates, resources) * BigInt(runMs) * 1010n / 1_000_000n + rates.egressByteFemto * BigInt(egressBytes)
      expect(ackDueMicro * femtoPerMicro + bucketFemto <= allowed).toBe(true)
    }))
  })
})
