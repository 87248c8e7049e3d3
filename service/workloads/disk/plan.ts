/**
 * When the disks of guests are measured again, and what follows from it. Pure: a look at the engine costs what it costs, so
 * it is taken as often as the nearest limit and its growth ask for, and no oftener than its cost allows.
 */
import { formatSize } from '../../../contract/units.ts'
import type { DiskUse } from '../../engine/types.ts'

export interface DiskState extends DiskUse {
  limitBytes: number
  /** Of what nothing but this limits, since the look before. */
  growthBytesPerS: number
  measuredAtMs: number
  /** `full`: at its limit, so it is frozen. `over`: still so at a later look. Never said of what the engine holds to its size. */
  state: 'within' | 'full' | 'over'
}

/** The oftenest it looks, ms; what is seen once may be on its way out. */
export const leastIntervalMs = 2_000
const mostIntervalMs = 60_000
/** Without sight of the free disk nobody tells of a sudden growth, ms. */
const blindIntervalMs = 15_000
/** A look may take this part of a core: 1/200 at rest, ten times that while some guest is about to be full. */
const restCost = 200
const urgentCost = 20
/** From here on a guest is about to be full. */
const nearPart = 0.9

export function nextDiskState(before: DiskState | undefined, use: DiskUse, limitBytes: number, nowMs: number): DiskState {
  const elapsedMs = before === undefined ? 0 : nowMs - before.measuredAtMs
  const growthBytesPerS = before === undefined || elapsedMs <= 0 ? 0 : Math.max(0, use.unboundBytes - before.unboundBytes) * 1000 / elapsedMs
  return { ...use, limitBytes, growthBytesPerS, measuredAtMs: nowMs, state: judge(before, use, limitBytes) }
}

function judge(before: DiskState | undefined, use: DiskUse, limitBytes: number): DiskState['state'] {
  // a disk that the engine holds to its size is full inside the app, and nowhere else
  if (use.unboundBytes === 0 || use.usedBytes < limitBytes) return 'within'
  return before === undefined || before.state === 'within' ? 'full' : 'over'
}

export interface MeasuringFacts {
  sinceMs: number
  /** How long the last look took. */
  tookMs: number
  /** How much of the machine's free disk went since the last look; null: it cannot be seen. */
  freeDropBytes: number | null
}

/** Whether it is time for the next look. */
export function isMeasuringDue(states: readonly DiskState[], facts: MeasuringFacts): boolean {
  if (facts.sinceMs < leastIntervalMs) return false
  const unbound = states.filter(({ unboundBytes }) => unboundBytes > 0)
  const isUrgent = unbound.some(isNear) || hasDropped(states, facts.freeDropBytes)
  if (facts.sinceMs < Math.min(mostIntervalMs, facts.tookMs * (isUrgent ? urgentCost : restCost))) return false
  if (isUrgent) return true
  const soonestMs = Math.min(mostIntervalMs, ...unbound.map(halfwayMs), facts.freeDropBytes === null ? blindIntervalMs : mostIntervalMs)
  return facts.sinceMs >= Math.max(leastIntervalMs, soonestMs)
}

function isNear({ usedBytes, limitBytes, state }: DiskState): boolean {
  return state === 'full' || usedBytes >= limitBytes * nearPart
}

/** Somebody wrote as much as would bring the nearest guest halfway to its limit: it may have been that one. */
function hasDropped(states: readonly DiskState[], dropBytes: number | null): boolean {
  if (dropBytes === null || dropBytes <= 0) return false
  return states.some((state) => dropBytes >= Math.max(0, state.limitBytes - state.usedBytes) / 2 && state.limitBytes > 0)
}

/** When it would be halfway to its limit if it went on growing as it does. */
function halfwayMs({ usedBytes, limitBytes, growthBytesPerS }: DiskState): number {
  return growthBytesPerS === 0 ? Number.POSITIVE_INFINITY : Math.max(0, limitBytes - usedBytes) / growthBytesPerS * 500
}

export function diskFullDetail({ usedBytes, limitBytes }: DiskState): string {
  return `Its volumes hold ${formatSize(usedBytes)}, and it pays for ${formatSize(limitBytes)}.`
}
