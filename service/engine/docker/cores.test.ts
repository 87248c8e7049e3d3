import { describe, expect, it } from 'vitest'
import { keptCores } from '../kept-cores.ts'
import { Cores } from './cores.ts'

/** A machine that tells which cores are on, and of some how fast they may go, kHz. */
function machine(online: string | null, speeds: Readonly<Record<number, number>> = {}): (path: string) => string {
  return (path) => {
    const core = /cpu(\d+)\/cpufreq\/cpuinfo_max_freq$/.exec(path)?.[1]
    const value = core === undefined ? online : speeds[Number(core)]
    if (value == null) throw new Error('ENOENT')
    return `${value}\n`
  }
}

/** Of an engine that has as many. */
function coresOf(online: string, count: number, speeds: Readonly<Record<number, number>> = {}): Cores {
  const cores = Cores.of(count, machine(online, speeds))
  if (cores === null) throw new Error('the engine has others')
  return cores
}

describe('the cores of a guest that is held back', () => {
  it.each([
    ['0-1', 2, 25, '0'], ['0-7', 8, 25, '0,1'], ['0-7', 8, 30, '0,1,2'], ['0-3,6', 5, 50, '0,1,2'], ['2', 1, 25, '2'], ['0-3', 4, 1, '0'], ['0-3', 4, 100, '0,1,2,3'],
  ])('of %j (%i) at %i percent are %s', (online, count, percent, expected) => {
    const cores = coresOf(online, count)
    expect(cores.for(percent)).toBe(expected)
    expect(cores.kept(expected)).toEqual({ kept: keptCores(count, percent), of: count })
  })

  it('are the slower ones where there are two kinds', () => {
    expect(coresOf('0-3', 4, { 0: 5_100_000, 1: 5_100_000, 2: 3_800_000, 3: 3_800_000 }).for(50)).toBe('2,3')
  })

  it('are all of them again afterwards', () => {
    const cores = coresOf('0-3,6', 5)
    expect(cores.for(null)).toBe('0-3,6')
    expect([cores.kept('0-3,6'), cores.kept(''), cores.kept('0,6')]).toEqual([{ kept: 5, of: 5 }, { kept: 5, of: 5 }, { kept: 2, of: 5 }])
  })

  it.each(['', 'all', '0-', 'x-1', null])('are not known from %j', (online) => {
    expect([Cores.of(0, machine(online)), Cores.of(2, machine(online))]).toEqual([null, null])
  })

  it('are nothing to be spoken of where the engine has others than the machine, or does not take them', () => {
    expect(Cores.of(2, machine('0-3'))).toBeNull()
    const cores = coresOf('0-3', 4)
    cores.refused()
    expect([cores.for(25), cores.for(null), cores.kept('0')]).toEqual([null, null, null])
  })
})
