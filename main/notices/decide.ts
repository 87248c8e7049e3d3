/**
 * Whether to tell the owner something outside the window, and what. Pure. Three kinds only; at most one an hour; none while
 * something fills the screen; each can be turned off (DESIGN section 10).
 */
import type { NoticeKind, ScreenPath } from '../../contract/desktop/shell.ts'
import type { Earnings } from '../../contract/nouns/earnings.ts'
import type { NodeStatus, ShareStatus } from '../../contract/nouns/node.ts'
import type { HoldCause } from '../../contract/nouns/owner.ts'
import type { Format } from '../../renderer/format/format.ts'
import { pausedText } from '../../renderer/sharing/pauses.ts'
import { dueInMs } from '../base/pace.ts'
import { heroNow } from '../tray/menu.ts'

export interface Notice {
  kind: NoticeKind
  title: string
  text: string
  /** Where a click leads. */
  path: ScreenPath
}

export interface NoticeFacts {
  node: NodeStatus | null
  share: ShareStatus | null
  earnings: Earnings | null
  /** The owner looks at the window: whatever it is, they see it there. */
  isLookedAt: boolean
  nowMs: number
}

/** Kept by this copy of the app. */
export interface NoticeSettings {
  notify: Readonly<Partial<Record<NoticeKind, boolean>>>
  lastNoticeMs: number | null
  toldPauses: readonly HoldCause[]
}

/** What is remembered between two looks, while the app runs. */
export interface NoticeMemory {
  /** Since when something needs the owner, and whether they were told. */
  problem: { headline: string, sinceMs: number, told: boolean } | null
  /** Leases that were not settled when last looked at; null: never looked. */
  openLeases: ReadonlySet<string> | null
  /** Settled, and not told of yet. */
  paid: readonly { app: string, micro: bigint }[]
}

export const noMemory: NoticeMemory = { problem: null, openLeases: null, paid: [] }

/** A problem that repairs itself within this time is only logged. */
const problemAfterMs = 20_000
const hourMs = 3_600_000

export interface Decision {
  notice: Notice | null
  memory: NoticeMemory
  /** What the settings are to keep. */
  keep: { lastNoticeMs?: number, toldPauses?: HoldCause[] }
}

export function decide(facts: NoticeFacts, settings: NoticeSettings, before: NoticeMemory, f: Format): Decision {
  const memory = look(facts, settings.notify.paid === false ? { ...before, paid: [] } : before, f)
  const quiet = { notice: null, memory, keep: {} }
  if (!mayTell(facts, settings)) return quiet
  const { problem } = memory
  if (settings.notify['needs-you'] !== false && problem !== null && !problem.told && facts.nowMs - problem.sinceMs >= problemAfterMs) {
    const hero = heroNow(facts, f)
    return tell({ kind: 'needs-you', title: problem.headline, text: hero?.sentence ?? '', path: '/' }, { ...memory, problem: { ...problem, told: true } }, facts)
  }
  const [paid] = memory.paid
  if (settings.notify.paid !== false && paid !== undefined) {
    const title = f.t('notice.paid.title', { amount: f.amount(memory.paid.reduce((sum, { micro }) => sum + micro, 0n)) })
    return tell({ kind: 'paid', title, text: f.t('notice.paid.text', { app: f.name(paid.app, 60) }), path: '/earnings' }, { ...memory, paid: [] }, facts)
  }
  const state = facts.share?.state
  if (settings.notify.paused !== false && state?.kind === 'paused' && state.cause !== 'you' && !settings.toldPauses.includes(state.cause)) {
    const why = pausedText(state.cause, state.untilMs, f, facts.nowMs)
    const told = tell({ kind: 'paused', title: f.t('notice.paused.title'), text: f.t('notice.paused.text', { why }), path: '/' }, memory, facts)
    return { ...told, keep: { ...told.keep, toldPauses: [...settings.toldPauses, state.cause] } }
  }
  return quiet
}

function tell(notice: Notice, memory: NoticeMemory, { nowMs }: NoticeFacts): Decision {
  return { notice, memory, keep: { lastNoticeMs: nowMs } }
}

function mayTell({ share, isLookedAt, nowMs }: NoticeFacts, { lastNoticeMs }: NoticeSettings): boolean {
  if (isLookedAt || share?.owner.signals.fullScreen?.value === true) return false
  return dueInMs(lastNoticeMs, hourMs, nowMs) === 0
}

function look(facts: NoticeFacts, before: NoticeMemory, f: Format): NoticeMemory {
  const hero = heroNow(facts, f)
  return { problem: problemIn(hero, before, facts), ...settledIn(facts.earnings, before) }
}

function problemIn(hero: ReturnType<typeof heroNow>, { problem }: NoticeMemory, { share, isLookedAt, nowMs }: NoticeFacts): NoticeMemory['problem'] {
  // while the service is away nothing is known; what was so is taken to be so still
  if (hero === null) return problem
  if (hero.tone !== 'stop' || share?.settings.on !== true) return null
  const same = problem?.headline === hero.headline ? problem : { headline: hero.headline, sinceMs: nowMs, told: false }
  return { ...same, told: same.told || (isLookedAt && nowMs - same.sinceMs >= problemAfterMs) }
}

/** A lease that was open and is now final, with money in it: its renter has signed for all of it. */
function settledIn(earnings: Earnings | null, { openLeases, paid }: NoticeMemory): Pick<NoticeMemory, 'openLeases' | 'paid'> {
  if (earnings === null) return { openLeases, paid }
  const settled = earnings.earned.leases.filter((lease) => lease.state === 'final' && lease.signed > 0n && openLeases?.has(lease.leaseId) === true)
  return {
    openLeases: new Set(earnings.earned.leases.filter((lease) => lease.state !== 'final').map((lease) => lease.leaseId)),
    paid: [...paid, ...settled.map((lease) => ({ app: lease.app, micro: lease.signed }))],
  }
}
