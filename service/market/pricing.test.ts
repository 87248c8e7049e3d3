import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Prices } from '../../contract/units.ts'
import { cellsFor, cellsOf } from './cells.ts'
import { dueMicro, monthMicro, ratesFrom, runCostMicro } from './index.ts'

const prices: Prices = { cpuCoreMonthMicro: 2_500_000n, memoryGiBMonthMicro: 1_000_000n, diskGiBMonthMicro: 30_000n, egressGiBMicro: 5_000n }
const rates = ratesFrom(prices)
const size = fc.record({ cpuMilli: fc.nat(64_000), memoryMiB: fc.nat(1 << 18), diskMiB: fc.nat(1 << 20) })
const usage = fc.record({ runMs: fc.nat(10 ** 12), suspendedMs: fc.nat(10 ** 12), egressBytes: fc.nat(Number.MAX_SAFE_INTEGER) })

describe('pricing', () => {
  it('a month of one core, 2 GiB and 20 GiB costs what the owner’s prices say, to a ten-thousandth', () => {
    const micro = Number(monthMicro(rates, { cpuMilli: 1000, memoryMiB: 2048, diskMiB: 20 * 1024 }))
    expect(Math.abs(micro - 5_100_000)).toBeLessThan(510)
  })

  it('is computed on the cumulative sum: stating often or seldom comes to the same', () => {
    fc.assert(fc.property(size, fc.array(fc.nat(90_000), { maxLength: 50 }), (reserved, pieces) => {
      let runMs = 0
      let last = 0n
      for (const piece of pieces) {
        runMs += piece
        const due = dueMicro(rates, reserved, { runMs, suspendedMs: 0, egressBytes: 0 })
        expect(due >= last).toBe(true)
        last = due
      }
      expect(dueMicro(rates, reserved, { runMs, suspendedMs: 0, egressBytes: 0 })).toBe(last)
    }))
  })

  it('never falls when more was used, and what is paid ahead covers the time it is paid for', () => {
    fc.assert(fc.property(size, usage, fc.nat(10 ** 9), (reserved, used, moreMs) => {
      const due = dueMicro(rates, reserved, used)
      expect(dueMicro(rates, reserved, { ...used, runMs: used.runMs + moreMs }) >= due).toBe(true)
      expect(runCostMicro(rates, reserved, moreMs) >= dueMicro(rates, reserved, { runMs: moreMs, suspendedMs: 0, egressBytes: 0 })).toBe(true)
    }))
  })

  it('bills only disk while suspended', () => {
    const reserved = { cpuMilli: 1000, memoryMiB: 1024, diskMiB: 0 }
    expect(dueMicro(rates, reserved, { runMs: 0, suspendedMs: 10 ** 9, egressBytes: 0 })).toBe(0n)
  })
})

describe('capability cells', () => {
  it('whoever has room for an order is found where the order looks', () => {
    fc.assert(fc.property(size, size, fc.constantFrom(null, 'TZ', 'BR-PE'), (need, free, region) => {
      fc.pre(need.cpuMilli > 0 && need.memoryMiB > 0 && free.cpuMilli >= need.cpuMilli && free.memoryMiB >= need.memoryMiB)
      const announced = cellsOf(region, free)
      expect(cellsFor([], need).every((cell) => announced.includes(cell))).toBe(true)
      if (region !== null) expect(cellsFor([region.slice(0, 2)], need).every((cell) => announced.includes(cell))).toBe(true)
    }))
  })
})
