/**
 * The rules of PAYMENTS.md as pure functions: when unpaid work is frozen and woken, and what a tenant accepts.
 */
import { femtoPerMicro, type Resources } from '../../contract/units.ts'
import type { Rates, Terms } from '../../contract/wire/v1/records.ts'
import { diskRateFemto, runRateFemto } from '../market/index.ts'
import type { MeterReading } from '../metering/index.ts'
import type { LeaseAccount } from './types.ts'

/** Tstop: how long stopping may take, ms. */
const stopMs = 5_000
/** Room for late messages and rounding, ms. */
const slackMs = 15_000
/** ε: the tenant's clock may run slower than the provider's by this much, in thousandths. */
const clockDriftPerMille = 10n

interface Priced { rates: Rates, resources: Resources, terms: Terms }

/** Exact sum in femto-units, for decisions that a rounded micro-unit would make too early or too late. */
export function dueFemto(lease: Priced, usage: Pick<MeterReading, 'runMs' | 'suspendedMs' | 'egressBytes'>): bigint {
  const timed = runRateFemto(lease.rates, lease.resources) * BigInt(usage.runMs) + diskRateFemto(lease.rates, lease.resources) * BigInt(usage.suspendedMs)
  return timed / 1000n + lease.rates.egressByteFemto * BigInt(usage.egressBytes)
}

/**
 * What a lease is worth by now: by the meter, and once it is settled what its last statement came to. The rest of a
 * micro-unit that no statement asks for is no debt, however many leases have left one.
 */
export function worthFemto(lease: Priced, account: Pick<LeaseAccount, 'final' | 'dueMicro'>, usage: Pick<MeterReading, 'runMs' | 'suspendedMs' | 'egressBytes'>): bigint {
  return account.final ? account.dueMicro * femtoPerMicro : dueFemto(lease, usage)
}

/** R·G, femto-units: how much unpaid work is tolerated before it is frozen. */
export function graceFemto(lease: Priced): bigint {
  return runRateFemto(lease.rates, lease.resources) * BigInt(lease.terms.graceMs) / 1000n
}

export type PaymentState = 'paid' | 'grace' | 'unpaid'

/**
 * Where a channel stands: what is due beyond its best voucher against what is tolerated. Frozen leases are woken only
 * at half of that, so that they do not flicker.
 */
export function paymentState(channel: { dueFemto: bigint, bestMicro: bigint, graceFemto: bigint, isSuspended: boolean }): PaymentState {
  const unpaid = channel.dueFemto - channel.bestMicro * femtoPerMicro
  if (unpaid > (channel.isSuspended ? channel.graceFemto / 2n : channel.graceFemto)) return 'unpaid'
  // a frozen lease whose grace is zero is woken when everything is paid
  return unpaid > 0n ? 'grace' : 'paid'
}

/** What bytes cost, femto-units. They come in bursts that no prepaid time and no grace foresees. */
export function egressFemto(lease: Pick<Priced, 'rates'>, bytes: number): bigint {
  return lease.rates.egressByteFemto * BigInt(Math.max(0, bytes))
}

/**
 * What a new lease's token bucket holds: just enough for late messages; time fills the rest. The bucket is what a tenant
 * lets a provider charge by the tenant's own clock, whatever the provider says (PAYMENTS: a plain check of elapsed time
 * fails in simulation).
 */
export function newBucketFemto(lease: Priced): bigint {
  return runRateFemto(lease.rates, lease.resources) * BigInt(stopMs + slackMs) / 1000n
}

/** What the bucket holds after `elapsedMs` more: refilled at R(1 + ε), never above R(G + max(P, Tm) + Tstop + slack). */
export function refill(lease: Priced, femto: bigint, elapsedMs: number): bigint {
  const rate = runRateFemto(lease.rates, lease.resources)
  const capacityMs = lease.terms.graceMs + Math.max(lease.terms.prepaidMs, lease.terms.meterIntervalMs) + stopMs + slackMs
  const capacity = rate * BigInt(capacityMs) / 1000n
  const refilled = femto + rate * BigInt(Math.max(0, Math.round(elapsedMs))) * (1000n + clockDriftPerMille) / 1_000_000n
  return refilled < capacity ? refilled : capacity
}

export interface Acceptance {
  ackDueMicro: bigint
  bucketFemto: bigint
  /** Why less than what was stated is accepted; null when all of it is. */
  reason: string | null
}

/** How much of a statement the tenant accepts: what its bucket, its own count of bytes and its budget allow. */
export function accept(options: {
  dueMicro: bigint
  ackDueMicro: bigint
  bucketFemto: bigint
  /** What the bytes cost that were stated and counted here, both, and were not yet at the last acceptance: they fill the bucket as time does, and each of them once. */
  egressFemto: bigint
  maxSpendMicro: bigint
}): Acceptance {
  const wanted = options.dueMicro - options.ackDueMicro
  // what the bytes cost and is not billed yet, because bills are in whole micro-units, is there for the bill that comes
  const allowedFemto = options.bucketFemto + options.egressFemto
  if (wanted <= 0n) return { ackDueMicro: options.ackDueMicro, bucketFemto: allowedFemto, reason: null }
  const allowed = allowedFemto / femtoPerMicro
  const affordable = options.maxSpendMicro > options.ackDueMicro ? options.maxSpendMicro - options.ackDueMicro : 0n
  const accepted = [wanted, allowed, affordable].reduce((least, each) => each < least ? each : least)
  return {
    ackDueMicro: options.ackDueMicro + accepted,
    bucketFemto: allowedFemto - accepted * femtoPerMicro,
    reason: accepted === wanted ? null : accepted === affordable ? 'budget' : 'more than the time that passed here',
  }
}
