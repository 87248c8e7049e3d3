import { describe, expect, it } from 'vitest'
import { coresFor } from './cores.ts'

/** A machine that tells which cores are on, and of some how fast they may go, kHz. */
function machine(online: string | null, speeds: Readonly<Record<number, number>> = {}): (path: string) => string {
  return (path) => {
    const core = /cpu(\d+)\/cpufreq\/cpuinfo_max_freq$/.exec(path)?.[1]
    const value = core === undefined ? online : speeds[Number(core)]
    if (value == null) throw new Error('ENOENT')
    return `${value}\n`
  }
}

describe('the cores of a guest that is held back', () => {
  it.each([
    ['0-1', 25, '0'], ['0-7', 25, '0,1'], ['0-7', 30, '0,1,2'], ['0-3,6', 50, '0,1,2'], ['2', 25, '2'], ['0-3', 1, '0'], ['0-3', 100, '0,1,2,3'],
  ])('of %j at %i percent are %s', (online, percent, expected) => {
    expect(coresFor(percent, machine(online))).toBe(expected)
  })

  it('are the slower ones where there are two kinds', () => {
    expect(coresFor(50, machine('0-3', { 0: 5_100_000, 1: 5_100_000, 2: 3_800_000, 3: 3_800_000 }))).toBe('2,3')
  })

  it('are all of them again afterwards', () => {
    expect(coresFor(null, machine('0-3,6'))).toBe('0-3,6')
  })

  it.each(['', 'all', '0-', 'x-1', null])('are not known from %j', (online) => {
    expect(coresFor(25, machine(online))).toBeNull()
  })
})
