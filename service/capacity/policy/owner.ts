/**
 * The owner first: what guests may do now, from how the machine is used, what its owner wants and the time. Pure.
 */
import { type Allowance, type Hold, type HoldCause, holdCauses, liftableCauses, type OwnerRules, type OwnerTarget, type Signals } from '../../../contract/nouns/owner.ts'
import { isShared, type LocalTime, nextSharedMs } from './hours.ts'

/** It has cooled down, or calmed down, when it is so far below the line that it crossed: no flutter at the line. */
const coolerC = 5
const calmerPercent = 10
/** Below this much free disk nothing more may be written by guests; no new ones were taken long before (sharing.ts). MiB. */
export const sleepBelowFreeMiB = 1024
const roomierMiB = 512

export interface OwnerView {
  nowMs: number
  local: (atMs: number) => LocalTime
  on: boolean
  pausedUntilMs: number | null
  rules: OwnerRules
  signals: Signals
  /** Null: it cannot be known. */
  freeDiskMiB: number | null
  /** What held at the last look: since when, what was lifted, and on which side of a line it was. */
  before: readonly Hold[]
}

export interface OwnerDecision {
  target: OwnerTarget
  /** Strictest first. */
  holds: Hold[]
}

/** A cause that is there now. */
interface Present {
  cause: HoldCause
  allow: Allowance
  untilMs: number | null
}

export function decide(view: OwnerView): OwnerDecision {
  const holds = presentCauses(view).filter(({ allow }) => allow !== 100).map((present) => holdFrom(present, view)).sort(byStrictness)
  const strictest = holds.find((hold) => !hold.lifted)
  return { holds, target: view.on ? targetFrom(strictest) : { kind: 'off' } }
}

/** “Share anyway”: what may be lifted is lifted, each cause until it ends. The same holds when nothing may be. */
export function lift(holds: readonly Hold[]): Hold[] {
  return holds.map((hold) => isLiftable(hold.cause) ? { ...hold, lifted: true } : hold)
}

export function isLiftable(cause: HoldCause): boolean {
  return (liftableCauses as readonly HoldCause[]).includes(cause)
}

function presentCauses(view: OwnerView): Present[] {
  const { rules, signals, pausedUntilMs, nowMs } = view
  const inUseUntilMs = usedUntilMs(view)
  const causes: (Present | null)[] = [
    pausedUntilMs !== null && pausedUntilMs > nowMs ? { cause: 'you', allow: 'asleep', untilMs: pausedUntilMs } : null,
    inUseUntilMs === null ? { cause: 'idle', allow: rules.idle, untilMs: null } : { cause: 'in-use', allow: rules.inUse, untilMs: inUseUntilMs },
    signals.fullScreen?.value === true ? { cause: 'full-screen', allow: rules.fullScreen, untilMs: null } : null,
    signals.power?.value.onBattery === true ? { cause: 'battery', allow: rules.onBattery, untilMs: null } : null,
    signals.metered?.value === true ? { cause: 'metered', allow: rules.metered, untilMs: null } : null,
    hoursCause(view),
    isAbove(view, 'hot', signals.temperatureC?.value, rules.hot.aboveC, coolerC) ? { cause: 'hot', allow: rules.hot.allow, untilMs: null } : null,
    isDiskNearlyFull(view) ? { cause: 'disk', allow: 'asleep', untilMs: null } : null,
    isAbove(view, 'busy', signals.otherCpuPercent?.value, rules.busy.abovePercent, calmerPercent) ? { cause: 'busy', allow: rules.busy.allow, untilMs: null } : null,
  ]
  return causes.filter((cause) => cause !== null)
}

/** In use until nobody has touched anything for as long as the owner said; null when nobody uses it, or nobody can tell. */
function usedUntilMs({ signals, rules, nowMs }: OwnerView): number | null {
  if (signals.lastInputMs === null) return null
  // a clock that was set back must not make an input of the future
  const untilMs = Math.min(signals.lastInputMs.value, nowMs) + rules.idleMinutes * 60_000
  return untilMs > nowMs ? untilMs : null
}

function hoursCause({ rules: { hours }, nowMs, local }: OwnerView): Present | null {
  if (!hours.on || isShared(hours.grid, nowMs, local)) return null
  return { cause: 'hours', allow: 'asleep', untilMs: nextSharedMs(hours.grid, nowMs, local) }
}

function isAbove({ before }: OwnerView, cause: HoldCause, value: number | undefined, line: number, slack: number): boolean {
  if (value === undefined) return false
  return value > (before.some((hold) => hold.cause === cause) ? line - slack : line)
}

function isDiskNearlyFull({ freeDiskMiB, before }: OwnerView): boolean {
  return freeDiskMiB !== null && freeDiskMiB < (before.some((hold) => hold.cause === 'disk') ? sleepBelowFreeMiB + roomierMiB : sleepBelowFreeMiB)
}

function holdFrom({ cause, allow, untilMs }: Present, { before, nowMs }: OwnerView): Hold {
  const known = before.find((hold) => hold.cause === cause)
  return { cause, allow, untilMs, sinceMs: known?.sinceMs ?? nowMs, lifted: known?.lifted ?? false }
}

function targetFrom(strictest: Hold | undefined): OwnerTarget {
  if (strictest === undefined) return { kind: 'full' }
  const { cause, untilMs, allow } = strictest
  return allow === 'asleep' ? { kind: 'asleep', cause, untilMs } : { kind: 'throttled', cpuPercent: allow, cause, untilMs }
}

function byStrictness(a: Hold, b: Hold): number {
  return percentOf(a.allow) - percentOf(b.allow) || holdCauses.indexOf(a.cause) - holdCauses.indexOf(b.cause)
}

/** Asleep counts as nothing. */
export function percentOf(allow: Allowance): number {
  return allow === 'asleep' ? 0 : allow
}
