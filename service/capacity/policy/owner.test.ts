import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Allowance, defaultRules, everyHour, type Hold, liftableCauses, type OwnerRules, type OwnerTarget, type Signals } from '../../../contract/nouns/owner.ts'
import type { LocalTime } from './hours.ts'
import { decide, isLiftable, lift, type OwnerView, percentOf } from './owner.ts'

const hourMs = 3_600_000
const mondayMs = Date.UTC(2026, 5, 22)
const nowMs = mondayMs + 15 * hourMs
const utc = (atMs: number): LocalTime => ({ day: Math.floor((atMs - mondayMs) / (24 * hourMs)) % 7, hour: Math.floor(atMs / hourMs) % 24, msIntoHour: atMs % hourMs })

const silent: Signals = { lastInputMs: null, fullScreen: null, power: null, metered: null, temperatureC: null, otherCpuPercent: null }
const said = <Value>(value: Value) => ({ value, atMs: nowMs, source: 'desktop' as const })
const view = (change: Partial<OwnerView> = {}): OwnerView => ({ nowMs, local: utc, on: true, pausedUntilMs: null, rules: defaultRules, signals: silent, freeDiskMiB: null, before: [], ...change })
const signals = (change: Partial<Signals>): Signals => ({ ...silent, ...change })
const rules = (change: Partial<OwnerRules>): OwnerRules => ({ ...defaultRules, ...change })
const target = (change: Partial<OwnerView>): OwnerTarget => decide(view(change)).target
const minutesAgo = (minutes: number) => said(nowMs - minutes * 60_000)

describe('what guests may do', () => {
  it.each<[string, Partial<OwnerView>, OwnerTarget]>([
    ['nothing is known: everything', {}, { kind: 'full' }],
    ['sharing is off: nothing', { on: false }, { kind: 'off' }],
    ['paused by the owner', { pausedUntilMs: nowMs + 1 }, { kind: 'asleep', cause: 'you', untilMs: nowMs + 1 }],
    ['a pause that is over', { pausedUntilMs: nowMs }, { kind: 'full' }],
    ['touched a minute ago', { signals: signals({ lastInputMs: minutesAgo(1) }) }, { kind: 'asleep', cause: 'in-use', untilMs: nowMs + 9 * 60_000 }],
    ['touched ten minutes ago', { signals: signals({ lastInputMs: minutesAgo(10) }) }, { kind: 'full' }],
    ['touched in the future, after the clock was set back', { signals: signals({ lastInputMs: said(nowMs + hourMs) }) }, { kind: 'asleep', cause: 'in-use', untilMs: nowMs + 10 * 60_000 }],
    ['in use, with a limit for it', { signals: signals({ lastInputMs: minutesAgo(0) }), rules: rules({ inUse: 25 }) }, { kind: 'throttled', cpuPercent: 25, cause: 'in-use', untilMs: nowMs + 600_000 }],
    ['a limit for when nobody is there', { rules: rules({ idle: 50 }) }, { kind: 'throttled', cpuPercent: 50, cause: 'idle', untilMs: null }],
    ['full screen', { signals: signals({ fullScreen: said(true) }) }, { kind: 'asleep', cause: 'full-screen', untilMs: null }],
    ['on battery', { signals: signals({ power: said({ onBattery: true, percent: 80 }) }) }, { kind: 'asleep', cause: 'battery', untilMs: null }],
    ['plugged in', { signals: signals({ power: said({ onBattery: false, percent: 80 }) }) }, { kind: 'full' }],
    ['mobile data', { signals: signals({ metered: said(true) }) }, { kind: 'asleep', cause: 'metered', untilMs: null }],
    ['hot', { signals: signals({ temperatureC: said(86) }) }, { kind: 'asleep', cause: 'hot', untilMs: null }],
    ['a disk that is nearly full', { freeDiskMiB: 1023 }, { kind: 'asleep', cause: 'disk', untilMs: null }],
    ['a disk with some room left', { freeDiskMiB: 1024 }, { kind: 'full' }],
    ['warm', { signals: signals({ temperatureC: said(85) }) }, { kind: 'full' }],
    ['others are busy, which is nothing by default', { signals: signals({ otherCpuPercent: said(99) }) }, { kind: 'full' }],
    ['others are busy', { signals: signals({ otherCpuPercent: said(99) }), rules: rules({ busy: { allow: 10, abovePercent: 75 } }) }, { kind: 'throttled', cpuPercent: 10, cause: 'busy', untilMs: null }],
    ['two causes of one strictness: the one the owner can see', { signals: signals({ lastInputMs: minutesAgo(1), power: said({ onBattery: true, percent: null }) }) }, { kind: 'asleep', cause: 'in-use', untilMs: nowMs + 540_000 }],
    ['the stricter of two', { signals: signals({ lastInputMs: minutesAgo(1), metered: said(true) }), rules: rules({ inUse: 25 }) }, { kind: 'asleep', cause: 'metered', untilMs: null }],
  ])('%s', (_, change, expected) => {
    expect(target(change)).toEqual(expected)
  })

  it('outside the hours: asleep until the next one begins', () => {
    const grid = everyHour().map((day) => day.map((_, hour) => hour >= 19))
    expect(target({ rules: rules({ hours: { on: true, grid } }) })).toEqual({ kind: 'asleep', cause: 'hours', untilMs: mondayMs + 19 * hourMs })
    expect(target({ rules: rules({ hours: { on: true, grid } }), nowMs: mondayMs + 19 * hourMs })).toEqual({ kind: 'full' })
    expect(target({ rules: rules({ hours: { on: false, grid } }) })).toEqual({ kind: 'full' })
  })

  it('no hour of the week is shared: asleep, and nobody can say until when', () => {
    const grid = everyHour().map((day) => day.map(() => false))
    expect(target({ rules: rules({ hours: { on: true, grid } }) })).toEqual({ kind: 'asleep', cause: 'hours', untilMs: null })
  })

  it('is not changed by every degree around the line', () => {
    const at = (celsius: number, before: readonly Hold[]) => decide(view({ signals: signals({ temperatureC: said(celsius) }), before }))
    const hot = at(86, [])
    expect([at(84, []).target.kind, at(84, hot.holds).target.kind, at(80, hot.holds).target.kind]).toEqual(['full', 'asleep', 'full'])
  })

  it('says since when', () => {
    const first = decide(view({ signals: signals({ metered: said(true) }) }))
    const second = decide(view({ signals: signals({ metered: said(true) }), before: first.holds, nowMs: nowMs + 5000 }))
    expect(second.holds).toEqual(first.holds)
  })
})

describe('share anyway', () => {
  const inUse = signals({ lastInputMs: minutesAgo(1) })

  it('lifts what holds now, and no other cause that comes later', () => {
    const { holds } = decide(view({ signals: inUse }))
    expect(target({ signals: inUse, before: lift(holds) })).toEqual({ kind: 'full' })
    expect(target({ signals: { ...inUse, metered: said(true) }, before: lift(holds) })).toMatchObject({ kind: 'asleep', cause: 'metered' })
  })

  it('ends with its cause: the same cause, come again, holds again', () => {
    const lifted = decide(view({ signals: inUse, before: lift(decide(view({ signals: inUse })).holds) }))
    const between = decide(view({ signals: inUse, before: lifted.holds, nowMs: nowMs + 10 * 60_000 }))
    const again = decide(view({ signals: signals({ lastInputMs: said(nowMs + 11 * 60_000) }), before: between.holds, nowMs: nowMs + 11 * 60_000 }))
    expect([lifted.target.kind, between.target.kind, again.target.kind]).toEqual(['full', 'full', 'asleep'])
  })

  it('is not for heat, and not for a pause of one’s own', () => {
    const change = { signals: signals({ temperatureC: said(95) }), pausedUntilMs: nowMs + 1000 }
    expect(target({ ...change, before: lift(decide(view(change)).holds) })).toMatchObject({ cause: 'you' })
  })
})

const allowances: fc.Arbitrary<Allowance> = fc.oneof(fc.constant<Allowance>('asleep'), fc.integer({ min: 1, max: 100 }))
const anyRules: fc.Arbitrary<OwnerRules> = fc.record({
  inUse: allowances, idle: allowances, idleMinutes: fc.integer({ min: 1, max: 240 }), fullScreen: allowances, onBattery: allowances, metered: allowances,
  hot: fc.record({ allow: allowances, aboveC: fc.integer({ min: 40, max: 110 }) }), busy: fc.record({ allow: allowances, abovePercent: fc.integer({ min: 5, max: 100 }) }),
  hours: fc.record({ on: fc.boolean(), grid: fc.array(fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }), { minLength: 7, maxLength: 7 }) }),
})
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value.map(said))
const anySignals: fc.Arbitrary<Signals> = fc.record({
  lastInputMs: maybe(fc.integer({ min: nowMs - 5 * hourMs, max: nowMs })), fullScreen: maybe(fc.boolean()),
  power: maybe(fc.record({ onBattery: fc.boolean(), percent: fc.constant(null) })), metered: maybe(fc.boolean()),
  temperatureC: maybe(fc.integer({ min: 20, max: 115 })), otherCpuPercent: maybe(fc.integer({ min: 0, max: 100 })),
})
const anyView = fc.record({ rules: anyRules, signals: anySignals, pausedUntilMs: fc.option(fc.integer({ min: nowMs - 10, max: nowMs + 10 })) }).map(view)
/** Of the processor that is shared. */
function percent(of: OwnerTarget): number {
  return of.kind === 'full' ? 100 : of.kind === 'throttled' ? of.cpuPercent : 0
}

describe('whatever the rules, the signals and the time', () => {
  it('somebody who uses the computer gets what their rule says, or more', () => {
    fc.assert(fc.property(anyView, fc.integer({ min: 0, max: 59_999 }), (any, idleMs) => {
      expect(percent(decide({ ...any, signals: { ...any.signals, lastInputMs: said(nowMs - idleMs) } }).target)).toBeLessThanOrEqual(percentOf(any.rules.inUse))
    }))
  })

  it('full comes back only when nobody has touched anything for as long as the owner said', () => {
    fc.assert(fc.property(anyView, (any) => {
      const { lastInputMs } = any.signals
      if (any.rules.inUse === 100 || lastInputMs === null || decide(any).target.kind !== 'full') return
      expect(nowMs - lastInputMs.value).toBeGreaterThanOrEqual(any.rules.idleMinutes * 60_000)
    }))
  })

  it('one more reason to give way never gives guests more', () => {
    const worse: fc.Arbitrary<Partial<Signals>> = fc.constantFrom<Partial<Signals>>(
      { fullScreen: said(true) }, { power: said({ onBattery: true, percent: null }) }, { metered: said(true) }, { temperatureC: said(115) }, { otherCpuPercent: said(100) },
    )
    fc.assert(fc.property(anyView, worse, (any, more) => {
      expect(percent(decide({ ...any, signals: { ...any.signals, ...more } }).target)).toBeLessThanOrEqual(percent(decide(any).target))
    }))
  })

  it('a stricter rule never gives guests more', () => {
    const names = fc.constantFrom('inUse', 'idle', 'fullScreen', 'onBattery', 'metered')
    fc.assert(fc.property(anyView, names, allowances, (any, name, allow) => {
      const strict = percentOf(allow) < percentOf(any.rules[name as 'inUse']) ? allow : any.rules[name as 'inUse']
      expect(percent(decide({ ...any, rules: { ...any.rules, [name]: strict } }).target)).toBeLessThanOrEqual(percent(decide(any).target))
    }))
  })

  it('what is lifted is there, may be lifted, and was lifted at the look before', () => {
    fc.assert(fc.property(anyView, fc.array(anyView, { minLength: 1, maxLength: 6 }), (first, later) => {
      let holds = lift(decide(first).holds)
      for (const next of later) {
        const before = holds
        ;({ holds } = decide({ ...next, before }))
        for (const hold of holds.filter((each) => each.lifted)) {
          expect(isLiftable(hold.cause)).toBe(true)
          expect(before.some((each) => each.cause === hold.cause && each.lifted)).toBe(true)
        }
      }
    }))
    expect(liftableCauses).not.toContain('hot')
  })

  it('off is off', () => {
    fc.assert(fc.property(anyView, (any) => {
      expect(decide({ ...any, on: false }).target).toEqual({ kind: 'off' })
    }))
  })
})
