import { describe, expect, it } from 'vitest'
import type { Earnings } from '../../contract/nouns/earnings.ts'
import { earnings } from '../../renderer/gallery/fixtures/guests.ts'
import { nodeStatus, nowMs, pausedBy, shareStatus } from '../../renderer/gallery/fixtures/sharing.ts'
import { createWords } from '../words.ts'
import { decide, type Decision, noMemory, type NoticeFacts, type NoticeMemory, type NoticeSettings } from './decide.ts'

const f = createWords({ language: 'en', wanted: ['en-GB'], timeZone: 'UTC' })
const fresh: NoticeSettings = { notify: {}, lastNoticeMs: null, toldPauses: [] }
const fine: NoticeFacts = { node: nodeStatus(), share: shareStatus(), earnings, isLookedAt: false, nowMs }
const stopped: NoticeFacts = { ...fine, node: nodeStatus('engine-stopped'), share: shareStatus('engine-stopped') }
const onBattery: NoticeFacts = { ...fine, share: pausedBy('battery') }

/** Looks at one thing after another, keeping what is to be kept; gives what was told. */
function tell(looks: readonly NoticeFacts[], settings = fresh): { titles: string[], settings: NoticeSettings, memory: NoticeMemory } {
  let memory = noMemory
  let kept = settings
  const titles: string[] = []
  for (const facts of looks) {
    const decision: Decision = decide(facts, kept, memory, f)
    memory = decision.memory
    kept = { ...kept, ...decision.keep }
    if (decision.notice !== null) titles.push(`${decision.notice.kind}: ${decision.notice.title}`)
  }
  return { titles, settings: kept, memory }
}

const later = (facts: NoticeFacts, ms: number): NoticeFacts => ({ ...facts, nowMs: facts.nowMs + ms })
const problem = 'needs-you: Sharing stopped: the engine isn’t running'
const pause = 'paused: Sharing is paused'

function withLease(state: 'running' | 'final', signed = 420_000n): Earnings {
  const [lease] = earnings.earned.leases
  return { ...earnings, earned: { ...earnings.earned, leases: [{ ...lease!, state, signed }] } }
}

describe('what the owner is told', () => {
  it('is nothing while all is well', () => {
    expect(tell([fine, later(fine, 3_600_000)]).titles).toEqual([])
  })

  it('is a problem that lasts, once', () => {
    expect(tell([stopped, later(stopped, 19_999)]).titles).toEqual([])
    expect(tell([stopped, later(stopped, 20_000), later(stopped, 8_000_000)]).titles).toEqual([problem])
  })

  it('is not a problem that repairs itself, or one of a computer that shares nothing', () => {
    expect(tell([stopped, later(fine, 10_000), later(stopped, 15_000), later(stopped, 30_000)]).titles).toEqual([])
    const share = shareStatus('engine-stopped')
    const off = { ...stopped, share: { ...share, settings: { ...share.settings, on: false } } }
    expect(tell([off, later(off, 60_000)]).titles).toEqual([])
  })

  it('is not interrupted by a service that is away for a moment', () => {
    const away = { ...stopped, node: null, share: null, earnings: null }
    expect(tell([stopped, later(away, 5_000), later(stopped, 20_000)]).titles).toEqual([problem])
  })

  it('is the first pause by each rule, and never the owner’s own', () => {
    const told = tell([onBattery, later(onBattery, 4_000_000), later({ ...fine, share: pausedBy('in-use') }, 8_000_000)])
    expect(told.titles).toEqual([pause, pause])
    expect(told.settings.toldPauses).toEqual(['battery', 'in-use'])
    expect(tell([{ ...fine, share: shareStatus('paused') }]).titles).toEqual([])
  })

  it('is what a renter signed for when a guest has left, and nothing of before the app was there', () => {
    const running = { ...fine, earnings: withLease('running') }
    const final = later({ ...fine, earnings: withLease('final') }, 1_000)
    expect(tell([running, final, later(final, 5_000_000)]).titles).toEqual(['paid: A renter signed for $0.42'])
    expect(tell([final]).titles).toEqual([])
    expect(tell([running, { ...final, earnings: withLease('final', 0n) }]).titles).toEqual([])
  })

  it('comes at most once an hour, and the rest after that if it is still so', () => {
    expect(tell([onBattery, later(stopped, 60_000), later(stopped, 90_000)]).titles).toEqual([pause])
    expect(tell([onBattery, later(stopped, 60_000), later(stopped, 3_600_000)]).titles).toEqual([pause, problem])
    const paid = [{ ...onBattery, earnings: withLease('running') }, later({ ...fine, earnings: withLease('final') }, 5_000), later({ ...fine, earnings: withLease('final') }, 3_700_000)]
    expect(tell(paid).titles).toEqual([pause, 'paid: A renter signed for $0.42'])
  })

  it('is not silenced by a clock that was set back', () => {
    expect(tell([onBattery], { ...fresh, lastNoticeMs: nowMs + 86_400_000 }).titles).toEqual([pause])
  })

  it('is nothing while something fills the screen, or while the owner looks at the window', () => {
    const share = pausedBy('full-screen')
    const game = { ...onBattery, share: { ...share, owner: { ...share.owner, signals: { ...share.owner.signals, fullScreen: { value: true, atMs: nowMs, source: 'desktop' as const } } } } }
    expect(tell([game]).titles).toEqual([])
    expect(tell([{ ...onBattery, isLookedAt: true }]).titles).toEqual([])
    expect(tell([stopped, { ...later(stopped, 25_000), isLookedAt: true }, later(stopped, 30_000)]).titles).toEqual([])
  })

  it.each<[keyof NoticeSettings['notify'], NoticeFacts[]]>([
    ['needs-you', [stopped, later(stopped, 20_000)]], ['paused', [onBattery]], ['paid', [{ ...fine, earnings: withLease('running') }, { ...fine, earnings: withLease('final') }]],
  ])('is nothing of a kind that is turned off: %s', (kind, looks) => {
    expect(tell(looks).titles).toHaveLength(1)
    expect(tell(looks, { ...fresh, notify: { [kind]: false } }).titles).toEqual([])
  })
})
