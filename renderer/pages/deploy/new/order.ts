import type { HostQuote } from '../../../../contract/nouns/deployment.ts'

/** The best first: those that would be chosen, then by price, then by distance; those that cannot take it last. */
export function byWorth(one: HostQuote, other: HostQuote): number {
  if (one.chosen !== other.chosen) return one.chosen ? -1 : 1
  if (one.priceMonthMicro === null || other.priceMonthMicro === null) {
    return Number(one.priceMonthMicro === null) - Number(other.priceMonthMicro === null) || one.label.localeCompare(other.label)
  }
  if (one.priceMonthMicro !== other.priceMonthMicro) return one.priceMonthMicro < other.priceMonthMicro ? -1 : 1
  return (one.roundTripMs ?? Infinity) - (other.roundTripMs ?? Infinity) || one.label.localeCompare(other.label)
}

/**
 * Answers come while somebody reads. Rows never move while pointer or focus is inside the table: what is new then goes
 * to the end, and the order is made anew when they have left.
 */
export function settledOrder(before: readonly string[], hosts: readonly HostQuote[], held: boolean): string[] {
  const best = hosts.toSorted(byWorth).map((host) => host.provider)
  if (!held) return best
  const here = new Set(best)
  const kept = before.filter((provider) => here.has(provider))
  const known = new Set(kept)
  return [...kept, ...best.filter((provider) => !known.has(provider))]
}
