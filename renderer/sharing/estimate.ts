/** What sharing may bring: the owner's prices, limits and rules through the pricing function that bills, and their own assumptions. Pure. */
import type { ShareSettings } from '../../contract/nouns/node.ts'
import type { EstimateAssumptions } from '../../contract/nouns/onboarding.ts'
import { dueMicro, ratesFrom } from '../../contract/pricing.ts'
import { secondsPerMonth } from '../../contract/units.ts'

export interface Range {
  low: bigint
  high: bigint
}

export interface Estimate {
  /** Hours of a day, on average, in which guests may run. */
  hoursADay: number
  rentersPay: Range
  /** Null: the owner has not said what power costs. */
  electricity: Range | null
  left: Range
  /** All of it rented, all of the time it is shared. */
  atMost: bigint
}

export interface EstimateFacts {
  settings: Pick<ShareSettings, 'limits' | 'prices' | 'rules'>
  assumptions: EstimateAssumptions
  /** This computer can tell when its owner uses it; otherwise that rule never applies. */
  tellsUse: boolean
}

const monthMs = Number(secondsPerMonth) * 1000

export function estimateOf(facts: EstimateFacts): Estimate {
  const { assumptions } = facts
  const awake = awakePart(facts)
  const low = part(facts, awake, Math.min(assumptions.rentedLowPercent, assumptions.rentedHighPercent) / 100)
  const high = part(facts, awake, Math.max(assumptions.rentedLowPercent, assumptions.rentedHighPercent) / 100)
  return {
    hoursADay: awake * 24,
    rentersPay: { low: low.pay, high: high.pay },
    electricity: low.power === null || high.power === null ? null : { low: low.power, high: high.power },
    left: inOrder(low.pay - (low.power ?? 0n), high.pay - (high.power ?? 0n)),
    atMost: part(facts, awake, 1).pay,
  }
}

/** How much of the week guests may run: hours that are shared, less those in which a rule puts them to sleep. */
function awakePart({ settings: { rules }, assumptions, tellsUse }: EstimateFacts): number {
  const shared = rules.hours.on ? rules.hours.grid.flat().filter(Boolean).length / 168 : 1
  if (!tellsUse) return shared
  const used = assumptions.ownUseHours / 24
  return shared * ((rules.inUse === 'asleep' ? 0 : used) + (rules.idle === 'asleep' ? 0 : 1 - used))
}

/** A month in which `rented` of all that is shared is rented. Who sleeps pays for the disk alone. */
function part({ settings: { limits, prices }, assumptions }: EstimateFacts, awake: number, rented: number): { pay: bigint; power: bigint | null } {
  const runMs = Math.round(monthMs * awake * rented)
  const suspendedMs = Math.round(monthMs * (1 - awake) * rented)
  const milliwattHours = BigInt(Math.round(assumptions.wattsPerCore * limits.cpuMilli * runMs / 3_600_000))
  return {
    pay: dueMicro(ratesFrom(prices), limits, { runMs, suspendedMs, egressBytes: 0 }),
    power: assumptions.kilowattHourMicro === null ? null : milliwattHours * assumptions.kilowattHourMicro / 1_000_000n,
  }
}

function inOrder(one: bigint, other: bigint): Range {
  return one <= other ? { low: one, high: other } : { low: other, high: one }
}
