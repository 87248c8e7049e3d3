/** What a lease costs: the one pricing function, by which both sides bill and the interface estimates. */
import { femtoPerMicro, type Prices, type Resources, secondsPerMonth } from './units.ts'
import type { Rates } from './wire/v1/records.ts'

/** Cumulative since the lease began. */
export interface Usage {
  runMs: number
  suspendedMs: number
  egressBytes: number
}

/** The owner's prices (micro-units a month) as rates (femto-units a second), rounded down once. */
export function ratesFrom(prices: Prices): Rates {
  const perSecond = (micro: bigint, units: bigint): bigint => micro * femtoPerMicro / (secondsPerMonth * units)
  return {
    cpuMilliSecondFemto: perSecond(prices.cpuCoreMonthMicro, 1000n),
    memoryMiBSecondFemto: perSecond(prices.memoryGiBMonthMicro, 1024n),
    diskMiBSecondFemto: perSecond(prices.diskGiBMonthMicro, 1024n),
    egressByteFemto: prices.egressGiBMicro * femtoPerMicro / 1024n ** 3n,
  }
}

/** R: what a running lease costs, femto-units a second. */
export function runRateFemto(rates: Rates, reserved: Resources): bigint {
  return rates.cpuMilliSecondFemto * BigInt(reserved.cpuMilli) + rates.memoryMiBSecondFemto * BigInt(reserved.memoryMiB) + diskRateFemto(rates, reserved)
}

/** What a suspended lease costs, femto-units a second. */
export function diskRateFemto(rates: Rates, reserved: Resources): bigint {
  return rates.diskMiBSecondFemto * BigInt(reserved.diskMiB)
}

/**
 * What is due in total, micro-units: `floor(Σ / 1e9)` over the cumulative sum, so that rounding never accumulates
 * (PAYMENTS, “Money is integers”).
 */
export function dueMicro(rates: Rates, reserved: Resources, usage: Usage): bigint {
  const femtoTimesMs = runRateFemto(rates, reserved) * BigInt(usage.runMs) + diskRateFemto(rates, reserved) * BigInt(usage.suspendedMs)
  return (femtoTimesMs / 1000n + rates.egressByteFemto * BigInt(usage.egressBytes)) / femtoPerMicro
}

/** A running lease for `durationMs`, micro-units, rounded up: for prepayments and bounds. */
export function runCostMicro(rates: Rates, reserved: Resources, durationMs: number): bigint {
  return ceilDivide(runRateFemto(rates, reserved) * BigInt(durationMs), 1000n * femtoPerMicro)
}

/** A running lease for a month, micro-units: what people compare. */
export function monthMicro(rates: Rates, reserved: Resources): bigint {
  return runRateFemto(rates, reserved) * secondsPerMonth / femtoPerMicro
}

function ceilDivide(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}
