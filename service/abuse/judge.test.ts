import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AbuseCounts, type AbuseKind, abuseKinds, type AbuseState, buckets, innocent, judge, quietUntilFineMs, strikes, strikeWindowMs } from './judge.ts'

const nothing: AbuseCounts = { out: 0, scan: 0, worm: 0, mail: 0, flood: 0, pool: 0, logs: 0 }
const lookMs = 2_000

/** Looks every two seconds, each with what was counted since the one before. */
function watch(looks: Partial<AbuseCounts>[], from: AbuseState = innocent, startMs = 0): AbuseState[] {
  let state = from
  return looks.map((counts, index) => (state = judge(state, { ...nothing, ...counts }, lookMs, startMs + index * lookMs)))
}
const levels = (states: readonly AbuseState[]) => states.map(({ verdict }) => verdict.level)
const times = (seconds: number, counts: Partial<AbuseCounts> = {}): Partial<AbuseCounts>[] => Array.from({ length: seconds * 1000 / lookMs }, () => counts)

/** As the fixtures do it, in two seconds. */
const abuse: Record<AbuseKind, Partial<AbuseCounts>> = { scan: { scan: 400, out: 80 }, mail: { mail: 12 }, flood: { flood: 20_000, out: 3000 }, mining: { pool: 8 }, logs: { logs: 60 } }
const codes: Record<AbuseKind, string> = { scan: 'abuse-scan', mail: 'abuse-mail', flood: 'abuse-flood', mining: 'abuse-mining', logs: 'abuse-logs' }

describe.each(abuseKinds)('%s', (kind) => {
  it('is held back within two looks, with its reason, and ended when it goes on all the same', () => {
    const states = watch(times(120, abuse[kind]))
    const throttledAt = levels(states).indexOf('throttled')
    expect(throttledAt).toBeGreaterThanOrEqual(0)
    expect(throttledAt).toBeLessThanOrEqual(1)
    expect(states[throttledAt]?.verdict).toMatchObject({ reason: { code: codes[kind] } })
    const stoppedAt = levels(states).indexOf('stopped')
    expect((stoppedAt - throttledAt) * lookMs).toBe(buckets[kind].stopAfterMs)
    expect(states[stoppedAt]?.verdict).toMatchObject({ reason: { code: codes[kind], detail: expect.stringContaining('after it was held back') as string } })
  })

  it('that ends when it is held back is forgiven after ten quiet minutes, and not before', () => {
    const held = watch([abuse[kind], abuse[kind], ...times(60)]).at(-1)!
    expect(held.verdict.level).toBe('throttled')
    const after = watch(times(quietUntilFineMs / 1000 + 60), held, 60_000)
    expect(levels(after).indexOf('fine')).toBeGreaterThan((quietUntilFineMs - 120_000) / lookMs)
    expect(levels(after)).not.toContain('stopped')
    expect(after.at(-1)).toMatchObject({ verdict: { level: 'fine' }, onMs: 0 })
  })

  it('is no matter of how full its bucket may be: it is empty enough before anybody is ended', () => {
    const { leakPerS, full, most, stopAfterMs } = buckets[kind]
    expect((most - full) / leakPerS * 1000).toBeLessThan(stopAfterMs)
  })
})

describe('an honest program', () => {
  it.each<[string, Partial<AbuseCounts>]>([
    ['that sends all it may', { out: 40_000 }],
    ['that loses a part of what it sends to the limit', { out: 20_000, flood: 1500 }],
    ['that tries a mail server again now and then', { mail: 1 }],
    ['that prints a lot', { logs: 1.5 }],
    ['that now and then finds too many places at once', { scan: 30, out: 300 }],
  ])('%s is let be', (_, counts) => {
    expect(new Set(levels(watch(times(600, counts))))).toEqual(new Set(['fine']))
  })
})

describe('a guest that does it again and again', () => {
  it('is ended the third time within a day', () => {
    let state = innocent
    const seen: string[] = []
    for (let at = 0; at < strikes; at++) {
      state = watch([abuse.scan, ...times(quietUntilFineMs / 1000 + 10)], state, at * 3_600_000).at(-1)!
      seen.push(state.verdict.level)
    }
    expect(seen).toEqual(['fine', 'fine', 'stopped'])
    expect(state.verdict).toMatchObject({ reason: { code: 'abuse-scan', detail: 'It was held back 2 times within a day before.' } })
  })

  it('is not, when the days are different ones', () => {
    let state = innocent
    for (let day = 0; day < 5; day++) state = watch([abuse.scan, ...times(quietUntilFineMs / 1000 + 10)], state, day * strikeWindowMs).at(-1)!
    expect(state.verdict.level).toBe('fine')
  })
})

describe('whatever is counted', () => {
  const some = fc.record({
    counts: fc.record({ out: fc.nat(1e6), scan: fc.nat(1000), worm: fc.nat(20), mail: fc.nat(50), flood: fc.nat(1e6), pool: fc.nat(10), logs: fc.nat(1000) }),
    elapsedMs: fc.integer({ min: 1, max: 3_600_000 }), sinceMs: fc.integer({ min: -86_400_000, max: 86_400_000 }),
  })

  it('nobody is ended who was not held back before, the buckets stay within bounds, and what was ended stays so', () => {
    fc.assert(fc.property(fc.array(some, { maxLength: 60 }), (looks) => {
      let state = innocent
      let nowMs = 0
      for (const { counts, elapsedMs, sinceMs } of looks) {
        nowMs += sinceMs
        const next = judge(state, counts, elapsedMs, nowMs)
        if (next.verdict.level === 'stopped' && state.verdict.level === 'fine') expect(state.throttledAtMs.length).toBeGreaterThanOrEqual(strikes - 1)
        if (state.verdict.level === 'stopped') expect(next).toBe(state)
        for (const kind of abuseKinds) {
          expect(next.levels[kind]).toBeGreaterThanOrEqual(0)
          expect(next.levels[kind]).toBeLessThanOrEqual(buckets[kind].most)
        }
        state = next
      }
    }))
  })

  it('nothing refused means nothing said, however much passes', () => {
    fc.assert(fc.property(fc.array(fc.nat(1e9), { maxLength: 100 }), (volumes) => {
      expect(new Set(levels(watch(volumes.map((out) => ({ out })))))).toEqual(new Set(volumes.length === 0 ? [] : ['fine']))
    }))
  })

  it('more of it is never judged more mildly', () => {
    const order = ['fine', 'throttled', 'stopped']
    const kindOf = fc.constantFrom(...(['scan', 'worm', 'mail', 'pool'] as const))
    fc.assert(fc.property(fc.array(fc.nat(300), { minLength: 1, maxLength: 60 }), kindOf, fc.nat(300), (amounts, name, more) => {
      const few = levels(watch(amounts.map((amount) => ({ [name]: amount })))).map((level) => order.indexOf(level))
      const many = levels(watch(amounts.map((amount) => ({ [name]: amount + more })))).map((level) => order.indexOf(level))
      expect(Math.max(...many)).toBeGreaterThanOrEqual(Math.max(...few))
    }))
  })
})
