/** What is known of a guest's traffic between two savings. Pure. */
import { type Counters, counterNames, type Destination } from '../engine/index.ts'
import type { FlowCounts, FlowDestination } from './types.ts'

export const hourMs = 3_600_000
/** No more destinations are kept of a lease. */
export const maxDestinations = 1000

/** What was counted since `before`; all of it where a guard has begun anew. */
export function countedSince(before: Counters | undefined, now: Counters): FlowCounts {
  const isAnew = before === undefined || counterNames.some((name) => now[name].packets < before[name].packets)
  const counts: FlowCounts = {}
  for (const name of counterNames) {
    const packets = now[name].packets - (isAnew ? 0 : before[name].packets)
    const bytes = now[name].bytes - (isAnew ? 0 : before[name].bytes)
    if (packets > 0) counts[name] = { packets, bytes: Math.max(0, bytes) }
  }
  return counts
}

export function addCounts(one: FlowCounts, other: FlowCounts): FlowCounts {
  const sum: FlowCounts = { ...one }
  for (const name of counterNames) {
    const more = other[name]
    const known = one[name]
    if (more !== undefined) sum[name] = known === undefined ? more : { packets: known.packets + more.packets, bytes: known.bytes + more.bytes }
  }
  return sum
}

/** Adds what was seen at `nowMs`, the latest last; of more than `maxDestinations` the oldest are left out. */
export function addDestinations(known: Map<string, FlowDestination>, seen: readonly Destination[], nowMs: number): void {
  for (const { address, port } of seen) {
    const key = `${address}:${port}`
    const before = known.get(key)
    known.delete(key)
    known.set(key, { address, port, firstMs: before?.firstMs ?? nowMs, lastMs: nowMs })
  }
  for (const key of known.keys()) {
    if (known.size <= maxDestinations) break
    known.delete(key)
  }
}
