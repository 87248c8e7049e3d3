/** When to look for a newer version, to download it and to install it. Pure. */
import type { UpdateState, UpdateWait } from '../../contract/nouns/updates.ts'
import { dueInMs } from '../base/pace.ts'
import type { VainTry } from './journal.ts'

export interface UpdateFacts {
  nowMs: number
  state: UpdateState
  /** Null: never since this start. */
  lookedAtMs: number | null
  /** What the owner asked for by hand and has not got. */
  ordered: 'check' | 'install' | null
  /** Mobile data, or a network that is marked as limited. */
  isMetered: boolean
  isOnBattery: boolean
  /** When keyboard, mouse or screen were last touched; null: nobody can tell. */
  lastInputMs: number | null
  /** The owner counts as away after this. */
  idleMinutes: number
  /** A film, a game, a call. */
  isFullScreen: boolean
  /** Somebody looks at our window. */
  isLookedAt: boolean
}

export type UpdateAct = 'check' | 'download' | 'install' | 'wait'

/** How often the feed is asked, and how soon again after a failure, ms. */
const lookEveryMs = 6 * 3_600_000
const lookAgainMs = 3_600_000
/** A version that could not be put in place is tried again by itself after this, ms, four times as long each time, and after a week at most. */
const tryAgainMs = 3_600_000
const tryAgainAtMostMs = 7 * 86_400_000

export function nextAct(facts: UpdateFacts): UpdateAct {
  const { state, ordered } = facts
  if (state.kind === 'checking' || state.kind === 'downloading' || state.kind === 'installing') return 'wait'
  if (ordered === 'check' || (ordered === 'install' && state.kind === 'failed')) return 'check'
  if (state.kind === 'ready') return ordered === 'install' || isNobodyHere(facts) ? 'install' : 'wait'
  if (state.kind === 'available' && !state.staged && mayDownload(facts)) return 'download'
  return isTimeToLook(facts) ? 'check' : 'wait'
}

export function mayTryAgain({ tries, atMs }: Pick<VainTry, 'tries' | 'atMs'>, nowMs: number): boolean {
  return dueInMs(atMs, Math.min(tryAgainMs * 4 ** (tries - 1), tryAgainAtMostMs), nowMs) === 0
}

/** What a version that is ready waits for. Where nobody can tell whether somebody is here, the owner says so. */
export function waitOf({ lastInputMs }: Pick<UpdateFacts, 'lastInputMs'>): UpdateWait {
  return lastInputMs === null ? 'you' : 'nobody-uses-it'
}

function mayDownload({ ordered, isMetered, isOnBattery }: UpdateFacts): boolean {
  return ordered === 'install' || (!isMetered && !isOnBattery)
}

function isNobodyHere({ nowMs, lastInputMs, idleMinutes, isFullScreen, isLookedAt, isOnBattery }: UpdateFacts): boolean {
  return lastInputMs !== null && nowMs - lastInputMs >= idleMinutes * 60_000 && !isFullScreen && !isLookedAt && !isOnBattery
}

function isTimeToLook({ nowMs, state, lookedAtMs }: UpdateFacts): boolean {
  return dueInMs(lookedAtMs, state.kind === 'failed' ? lookAgainMs : lookEveryMs, nowMs) === 0
}
