import { describe, expect, it } from 'vitest'
import { isMiningPool, poolHosts, questionBytes, questionStarts } from './pools.ts'

describe('mining pools', () => {
  it('are known with everything below their names, and nothing beside', () => {
    expect(['pool.supportxmr.com', 'SupportXMR.com', 'xmr-eu1.nanopool.org', 'a.b.auto.nicehash.com'].map(isMiningPool)).toEqual([true, true, true, true])
    expect(['example.org', 'notsupportxmr.com', 'api.nicehash.com', 'supportxmr.com.example.org'].map(isMiningPool)).toEqual([false, false, false, false])
    expect(['*.nanopool.org', '*.f2pool.com', '*.nicehash.com', '*.a.herominers.com'].map(isMiningPool)).toEqual([true, true, true, true])
    expect(['*.example.org', '*.pool.com'].map(isMiningPool)).toEqual([false, false])
  })

  it('are each asked for in a way that one register of the kernel tells', () => {
    expect(poolHosts.filter((host) => questionStarts(host).length === 0 || !isMiningPool(host))).toEqual([])
    expect(new Set(poolHosts).size).toBe(poolHosts.length)
  })

  it('are told by their labels, and a short name by its type too', () => {
    expect(questionStarts('pool.supportxmr.com').map((start) => Buffer.from(start).toString('latin1'))).toEqual(['\x04pool\x0asupportxmr'])
    expect(questionStarts('xmrpool.eu').map((start) => Buffer.from(start).toString('latin1'))).toEqual(['\x07xmrpool\x02eu\0\0\x01\0\x01', '\x07xmrpool\x02eu\0\0\x1c\0\x01'])
    expect(questionStarts('a.eu')).toEqual([])
    expect(questionStarts('xmrpool.eu').every(({ length }) => length === questionBytes)).toBe(true)
  })
})
