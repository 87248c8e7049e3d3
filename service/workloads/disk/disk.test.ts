import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DiskState, isMeasuringDue, nextDiskState } from './plan.ts'
import { shareDisk } from './shares.ts'

const mib = 1024 ** 2

describe('shares of a lease’s disk', () => {
  it('go to the volumes of the service that pays for them, and to all where it has none', () => {
    expect([...shareDisk([{ diskMiB: 10, volumes: ['b', 'a', 'a'] }, { diskMiB: 5, volumes: [] }])]).toEqual([['a', 5 + 3], ['b', 5 + 2]])
    expect([...shareDisk([{ diskMiB: 10, volumes: ['shared'] }, { diskMiB: 7, volumes: ['shared', 'own'] }])].sort()).toEqual([['own', 4], ['shared', 13]])
    expect(shareDisk([{ diskMiB: 10, volumes: [] }]).size).toBe(0)
  })

  it('sum up to exactly what is paid for, whoever mounts what', () => {
    const service = fc.record({ diskMiB: fc.nat(1 << 20), volumes: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 6 }) })
    fc.assert(fc.property(fc.array(service, { minLength: 1, maxLength: 8 }), (services) => {
      const shares = [...shareDisk(services).values()]
      const paid = services.reduce((sum, { diskMiB }) => sum + diskMiB, 0)
      expect(shares.reduce((sum, each) => sum + each, 0)).toBe(shares.length === 0 ? 0 : paid)
      expect(shares.every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true)
    }))
  })
})

function stateAt(usedMiB: number, limitMiB: number, change: Partial<DiskState> = {}): DiskState {
  return { usedBytes: usedMiB * mib, unboundBytes: usedMiB * mib, limitBytes: limitMiB * mib, growthBytesPerS: 0, measuredAtMs: 0, state: 'within', ...change }
}

describe('a disk that nothing but measuring limits', () => {
  it('is full when it is seen at its limit, and over when it still is at the next look', () => {
    const looks = [10, 100, 100, 50, 120].map((usedMiB) => ({ usedBytes: usedMiB * mib, unboundBytes: usedMiB * mib }))
    let state: DiskState | undefined
    const seen = looks.map((use, index) => (state = nextDiskState(state, use, 100 * mib, index * 2000)).state)
    expect(seen).toEqual(['within', 'full', 'over', 'within', 'full'])
  })

  it('is never full where the engine holds it to its size', () => {
    expect(nextDiskState(stateAt(100, 100), { usedBytes: 100 * mib, unboundBytes: 0 }, 100 * mib, 2000).state).toBe('within')
  })

  it('grows by what was written since the look before', () => {
    expect(nextDiskState(stateAt(10, 100), { usedBytes: 30 * mib, unboundBytes: 30 * mib }, 100 * mib, 2000).growthBytesPerS).toBe(10 * mib)
  })
})

describe('the next look', () => {
  const due = (states: DiskState[], sinceMs: number, tookMs = 5, freeDropBytes: number | null = 0): boolean => isMeasuringDue(states, { sinceMs, tookMs, freeDropBytes })

  it('is a minute away while nothing grows, and a quarter of that where nobody can see the free disk', () => {
    expect([due([stateAt(10, 100)], 59_000), due([stateAt(10, 100)], 60_000)]).toEqual([false, true])
    expect([due([stateAt(10, 100)], 14_000, 5, null), due([stateAt(10, 100)], 15_000, 5, null)]).toEqual([false, true])
  })

  it('is when the fastest would be halfway to its limit', () => {
    const growing = stateAt(10, 100, { growthBytesPerS: 9 * mib })
    expect([due([growing, stateAt(0, 100)], 4_000), due([growing, stateAt(0, 100)], 5_000)]).toEqual([false, true])
  })

  it('is at once when one is nearly full, or as much was written as may have filled it', () => {
    expect(due([stateAt(95, 100)], 2_000)).toBe(true)
    expect([due([stateAt(10, 100)], 2_000, 5, 44 * mib), due([stateAt(10, 100)], 2_000, 5, 46 * mib)]).toEqual([false, true])
  })

  it('costs half a percent of a core at rest and a twentieth at the most, however slow a look is', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(1000)), { minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 3000 }), fc.nat(120_000), fc.option(fc.nat(10_000)), (leases, tookMs, sinceMs, drop) => {
      const states = leases.map(([usedMiB, growth]) => stateAt(usedMiB, 100, { growthBytesPerS: growth * 1000 }))
      if (!isMeasuringDue(states, { sinceMs, tookMs, freeDropBytes: drop === null ? null : drop * mib })) return
      expect(sinceMs).toBeGreaterThanOrEqual(Math.min(60_000, tookMs * 20))
      const isCalm = states.every(({ usedBytes, limitBytes }) => usedBytes < limitBytes * 0.9) && (drop ?? 0) === 0
      if (isCalm) expect(sinceMs).toBeGreaterThanOrEqual(Math.min(60_000, tookMs * 200))
    }))
  })

  it('leaves alone what the engine holds to its size', () => {
    expect(due([stateAt(100, 100, { unboundBytes: 0 })], 30_000)).toBe(false)
  })
})
