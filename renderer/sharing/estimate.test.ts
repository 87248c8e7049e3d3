import { describe, expect, it } from 'vitest'
import { defaultAssumptions } from '../../contract/nouns/onboarding.ts'
import { monthMicro, ratesFrom } from '../../contract/pricing.ts'
import { shareStatus } from '../gallery/fixtures/sharing.ts'
import { estimateOf } from './estimate.ts'

const { settings } = shareStatus('off')
const always = { ...settings, rules: { ...settings.rules, inUse: 100 as const } }
const rented = (low: number, high: number) => ({ ...defaultAssumptions, rentedLowPercent: low, rentedHighPercent: high })

describe('the estimate', () => {
  it('is what the pricing function bills: all of it, all of the month', () => {
    const { rentersPay, atMost, left, electricity } = estimateOf({ settings: always, assumptions: rented(100, 100), tellsUse: true })
    expect(atMost).toBe(monthMicro(ratesFrom(settings.prices), settings.limits))
    expect(rentersPay).toEqual({ low: atMost, high: atMost })
    expect([left.high, electricity]).toEqual([atMost, null])
  })

  it('grows with every limit, every price and every hour, and is nothing where nothing is rented', () => {
    const base = estimateOf({ settings: always, assumptions: rented(50, 50), tellsUse: true }).left.low
    const more = [
      { ...always, limits: { ...settings.limits, cpuMilli: settings.limits.cpuMilli + 500 } },
      { ...always, limits: { ...settings.limits, memoryMiB: settings.limits.memoryMiB + 512 } },
      { ...always, limits: { ...settings.limits, diskMiB: settings.limits.diskMiB + 1024 } },
      { ...always, prices: { ...settings.prices, cpuCoreMonthMicro: settings.prices.cpuCoreMonthMicro * 2n } },
    ]
    for (const each of more) expect(estimateOf({ settings: each, assumptions: rented(50, 50), tellsUse: true }).left.low > base).toBe(true)
    expect(estimateOf({ settings: always, assumptions: rented(0, 0), tellsUse: true }).left).toEqual({ low: 0n, high: 0n })
  })

  it('counts only hours that are shared, and the disk of those who sleep', () => {
    const away = { ...settings, rules: { ...settings.rules, inUse: 'asleep' as const } }
    const facts = { assumptions: { ...rented(100, 100), ownUseHours: 12 } }
    const half = estimateOf({ settings: away, ...facts, tellsUse: true })
    expect(half.hoursADay).toBe(12)
    const disk = monthMicro(ratesFrom(settings.prices), { cpuMilli: 0, memoryMiB: 0, diskMiB: settings.limits.diskMiB })
    const whole = monthMicro(ratesFrom(settings.prices), settings.limits)
    expect(Number(half.left.low)).toBeCloseTo(Number((whole + disk) / 2n), -1)
    // a computer that cannot tell never puts guests to sleep for it
    expect(estimateOf({ settings: away, ...facts, tellsUse: false }).hoursADay).toBe(24)
    const nights = { ...away, rules: { ...away.rules, inUse: 100 as const, hours: { on: true, grid: away.rules.hours.grid.map((row) => row.map((_, hour) => hour < 6)) } } }
    expect(estimateOf({ settings: nights, ...facts, tellsUse: true }).hoursADay).toBe(6)
  })

  it('takes off the power at the owner’s price, and says so where nothing is left', () => {
    // 4 cores of 5 W for 730 h are 14.6 kWh
    const { electricity, rentersPay, left } = estimateOf({ settings: always, assumptions: { ...rented(100, 100), kilowattHourMicro: 1_000_000n }, tellsUse: true })
    expect(electricity).toEqual({ low: 14_600_000n, high: 14_600_000n })
    expect(left.low).toBe(rentersPay.low - 14_600_000n)
    const dear = estimateOf({ settings: always, assumptions: { ...rented(25, 75), kilowattHourMicro: 5_000_000n }, tellsUse: true })
    expect(dear.left.high < 0n && dear.left.low < dear.left.high).toBe(true)
  })

  it('is ready long before anybody notices: a thousand in a blink', () => {
    const startMs = performance.now()
    for (let at = 0; at < 1000; at++) estimateOf({ settings: { ...always, limits: { ...settings.limits, cpuMilli: at } }, assumptions: defaultAssumptions, tellsUse: true })
    // 100 ms is what one may take
    expect((performance.now() - startMs) / 1000).toBeLessThan(100)
  })
})
