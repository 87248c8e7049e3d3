/**
 * What follows from what a guest's guards have counted. Pure: no clock, no engine, no database.
 *
 *     fine ──goes on for seconds──► throttled ──goes on all the same, or the third time in a day──► stopped
 *       ▲                               │
 *       └──────── ten quiet minutes ────┘
 *
 * Each kind of abuse has a bucket: every refused attempt fills it, and it leaks at a rate that programs with a mistake in
 * them stay below. Only what the guest did is judged, and only by what was refused: load and volume are nobody's guilt.
 */
import type { Reason, ReasonCode } from '../../contract/reasons.ts'

/** What guests print is listened to this often, for it costs more than to ask a guard, ms. */
export const listenIntervalMs = 10_000

export const abuseKinds = ['scan', 'mail', 'flood', 'mining', 'logs'] as const
export type AbuseKind = typeof abuseKinds[number]

/** Packets since the look before, by the names of the guards' counters; `logs`: what it printed since it was listened to before, MiB. */
export type AbuseCounts = Record<'out' | 'scan' | 'worm' | 'mail' | 'flood' | 'pool' | 'logs', number>

export type Verdict =
  | { level: 'fine' }
  | { level: 'throttled' | 'stopped', reason: Reason }

export interface AbuseState {
  verdict: Verdict
  /** How full the buckets are. */
  levels: Record<AbuseKind, number>
  /** Of the present throttling: how long abuse has gone on in it, and how long there has been none, ms. */
  onMs: number
  quietMs: number
  /** When it was throttled within the last day, wall ms. */
  throttledAtMs: readonly number[]
}

/** A bucket is full at `full` and fills no further than `most`, so that it is soon empty when the guest has stopped. */
export interface Bucket { leakPerS: number, full: number, most: number, stopAfterMs: number }

export const buckets: Record<AbuseKind, Bucket> = {
  scan: { leakPerS: 20, full: 60, most: 120, stopAfterMs: 30_000 },
  mail: { leakPerS: 1, full: 8, most: 16, stopAfterMs: 30_000 },
  flood: { leakPerS: 200, full: 600, most: 1200, stopAfterMs: 30_000 },
  // miners try again every few seconds
  mining: { leakPerS: 0.1, full: 5, most: 8, stopAfterMs: 60_000 },
  // a MiB a second is far more than anybody reads; the engine takes a whole core for what costs the guest nothing
  logs: { leakPerS: 1, full: 20, most: 32, stopAfterMs: 20_000 },
}

/** So long without any abuse, and a guest is let be again, ms. */
export const quietUntilFineMs = 10 * 60_000
/** So often throttled within `strikeWindowMs`, and it is stopped. */
export const strikes = 3
export const strikeWindowMs = 86_400_000
/** A port that worms spread by is never tried by mistake for long. */
const wormWeight = 5

const codes = { scan: 'abuse-scan', mail: 'abuse-mail', flood: 'abuse-flood', mining: 'abuse-mining', logs: 'abuse-logs' } as const satisfies Record<AbuseKind, ReasonCode>

export const innocent: AbuseState = { verdict: { level: 'fine' }, levels: { scan: 0, mail: 0, flood: 0, mining: 0, logs: 0 }, onMs: 0, quietMs: 0, throttledAtMs: [] }

/** @param elapsedMs since the look before, by a clock that only goes forward. */
export function judge(before: AbuseState, counts: AbuseCounts, elapsedMs: number, nowMs: number): AbuseState {
  if (before.verdict.level === 'stopped') return before
  const levels = levelsAfter(before.levels, counts, elapsedMs)
  const guilt = worst(levels)
  const throttledAtMs = before.throttledAtMs.filter((atMs) => nowMs - atMs < strikeWindowMs)
  if (before.verdict.level === 'fine') {
    if (guilt === null) return { ...before, levels, throttledAtMs }
    const isLast = throttledAtMs.length + 1 >= strikes
    const reason: Reason = { code: codes[guilt], detail: isLast ? `It was held back ${strikes - 1} times within a day before.` : detailOf(guilt, counts, elapsedMs) }
    return { verdict: { level: isLast ? 'stopped' : 'throttled', reason }, levels, onMs: 0, quietMs: 0, throttledAtMs: [...throttledAtMs, nowMs] }
  }
  if (guilt === null) {
    const quietMs = before.quietMs + elapsedMs
    return quietMs >= quietUntilFineMs ? { ...innocent, levels, throttledAtMs } : { ...before, levels, quietMs, throttledAtMs }
  }
  const onMs = before.onMs + elapsedMs
  if (onMs < buckets[guilt].stopAfterMs) return { ...before, levels, onMs, quietMs: 0, throttledAtMs }
  const reason: Reason = { code: codes[guilt], detail: `It went on for ${Math.round(onMs / 1000)} s after it was held back.` }
  return { verdict: { level: 'stopped', reason }, levels, onMs, quietMs: 0, throttledAtMs }
}

function levelsAfter(levels: AbuseState['levels'], counts: AbuseCounts, elapsedMs: number): AbuseState['levels'] {
  const attempts = attemptsIn(counts)
  const after = (kind: AbuseKind): number => {
    const { leakPerS, most } = buckets[kind]
    return Math.min(most, Math.max(0, levels[kind] + attempts[kind] - leakPerS * elapsedMs / 1000))
  }
  return { scan: after('scan'), mail: after('mail'), flood: after('flood'), mining: after('mining'), logs: after('logs') }
}

/** Programs that listen to the network lose a little to the rate's limit; a flood loses most of what it sends. */
function attemptsIn({ out, scan, worm, mail, flood, pool, logs }: AbuseCounts): Record<AbuseKind, number> {
  return { scan: scan + wormWeight * worm, mail, flood: flood >= out ? flood : 0, mining: pool, logs }
}

/** The kind whose bucket is fullest for its size, of those that are full. */
function worst(levels: AbuseState['levels']): AbuseKind | null {
  const full = abuseKinds.filter((kind) => levels[kind] >= buckets[kind].full)
  return full.toSorted((one, other) => levels[other] / buckets[other].full - levels[one] / buckets[one].full)[0] ?? null
}

function detailOf(kind: AbuseKind, { scan, worm, mail, flood, logs }: AbuseCounts, elapsedMs: number): string {
  const within = `within ${Math.max(1, Math.round(elapsedMs / 1000))} s`
  switch (kind) {
    case 'scan': return `${counted(scan + worm, 'connection to new places, or to ports that worms use, was', 'connections to new places, or to ports that worms use, were')} refused ${within}.`
    case 'mail': return `${counted(mail, 'connection to a mail server was', 'connections to mail servers were')} refused ${within}.`
    case 'flood': return `${counted(flood, 'packet beyond its rate was', 'packets beyond its rate were')} dropped ${within}.`
    case 'logs': return `It printed about ${Math.max(1, Math.round(logs * 1000 / listenIntervalMs))} MiB a second.`
    case 'mining': return 'It keeps trying to reach mining pools.'
  }
}

function counted(n: number, one: string, many: string): string {
  return `${n} ${n === 1 ? one : many}`
}
