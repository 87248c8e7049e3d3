import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextAct, type UpdateFacts, waitOf } from './policy.ts'

const nowMs = Date.UTC(2026, 0, 15, 12)
const away: UpdateFacts = {
  nowMs, state: { kind: 'idle', checkedAtMs: nowMs }, lookedAtMs: nowMs, ordered: null, isMetered: false, isOnBattery: false,
  lastInputMs: nowMs - 11 * 60_000, idleMinutes: 10, isFullScreen: false, isLookedAt: false,
}
const available = { kind: 'available', version: '1.1.0', bytes: 10, staged: false } as const
const ready = { kind: 'ready', version: '1.1.0', waitsFor: 'nobody-uses-it' } as const
const failed = { kind: 'failed', version: null, reason: 'unreachable', message: '', atMs: nowMs } as const
const hourMs = 3_600_000

describe('what comes next', () => {
  it.each<[string, Partial<UpdateFacts>, string]>([
    ['it looks at the start', { lookedAtMs: null }, 'check'],
    ['not again at once', {}, 'wait'],
    ['but at once when the clock was set back: it would not look for as long', { lookedAtMs: nowMs + 365 * 24 * hourMs }, 'check'],
    ['again after six hours', { lookedAtMs: nowMs - 6 * hourMs }, 'check'],
    ['sooner when it failed', { state: failed, lookedAtMs: nowMs - hourMs }, 'check'],
    ['but not at once', { state: failed, lookedAtMs: nowMs - hourMs + 1 }, 'wait'],
    ['at once when the owner asks', { ordered: 'check' }, 'check'],
    ['at once when the owner wants what failed', { state: failed, ordered: 'install' }, 'check'],
    ['what is there is downloaded, also while somebody is here', { state: available, lastInputMs: nowMs }, 'download'],
    ['not on a metered network', { state: available, isMetered: true }, 'wait'],
    ['not on the battery', { state: available, isOnBattery: true }, 'wait'],
    ['unless the owner asks', { state: available, isMetered: true, isOnBattery: true, ordered: 'install' }, 'download'],
    ['not while it is for others first', { state: { ...available, staged: true } }, 'wait'],
    ['a version that waits for a rule is looked for again', { state: available, isMetered: true, lookedAtMs: nowMs - 6 * hourMs }, 'check'],
    ['what is ready is installed when nobody is here', { state: ready }, 'install'],
    ['not while somebody is', { state: ready, lastInputMs: nowMs - 9 * 60_000 }, 'wait'],
    ['not while it cannot be told', { state: ready, lastInputMs: null }, 'wait'],
    ['not during a film', { state: ready, isFullScreen: true }, 'wait'],
    ['not while the window is looked at', { state: ready, isLookedAt: true }, 'wait'],
    ['not on the battery, which may run out in the middle', { state: ready, isOnBattery: true }, 'wait'],
    ['at once when the owner asks', { state: ready, lastInputMs: nowMs, isFullScreen: true, ordered: 'install' }, 'install'],
    ['one thing at a time', { state: { kind: 'downloading', version: '1.1.0', doneBytes: 0, totalBytes: 1 }, ordered: 'check' }, 'wait'],
  ])('%s', (_, changes, act) => {
    expect(nextAct({ ...away, ...changes })).toBe(act)
  })

  it('never is a restart in front of somebody who has not asked for it', () => {
    const facts = fc.record({
      isMetered: fc.boolean(), isOnBattery: fc.boolean(), isFullScreen: fc.boolean(), isLookedAt: fc.boolean(), idleMinutes: fc.integer({ min: 1, max: 240 }),
      lastInputMs: fc.option(fc.integer({ min: nowMs - 24 * hourMs, max: nowMs })), lookedAtMs: fc.option(fc.integer({ min: 0, max: nowMs })), state: fc.constantFrom(available, ready, failed, away.state),
      ordered: fc.constantFrom(null, 'check' as const),
    })
    fc.assert(fc.property(facts, (some) => {
      if (nextAct({ ...some, nowMs }) !== 'install') return
      expect(some.lastInputMs).not.toBeNull()
      expect(nowMs - (some.lastInputMs ?? nowMs)).toBeGreaterThanOrEqual(some.idleMinutes * 60_000)
      expect([some.isFullScreen, some.isLookedAt, some.isOnBattery]).toEqual([false, false, false])
    }))
  })

  it('waits for the owner where nobody can tell whether somebody is here', () => {
    expect([waitOf({ lastInputMs: null }), waitOf({ lastInputMs: nowMs })]).toEqual(['you', 'nobody-uses-it'])
  })
})
