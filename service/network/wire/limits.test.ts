import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/clock.ts'
import { PeerLimits, TokenBucket } from './limits.ts'

function make(): { limits: PeerLimits, clock: FakeClock, refused: string[] } {
  const clock = new FakeClock()
  const refused: string[] = []
  return { clock, refused, limits: new PeerLimits(clock, (peerId) => refused.push(peerId)) }
}

describe('a token bucket', () => {
  it('never gives more than its burst and what it gained', () => {
    fc.assert(fc.property(fc.array(fc.record({ waitMs: fc.nat(2000), take: fc.integer({ min: 1, max: 5 }) }), { maxLength: 100 }), (steps) => {
      const bucket = new TokenBucket({ burst: 10, perSecond: 3 }, 0)
      let nowMs = 0
      let taken = 0
      for (const { waitMs, take } of steps) {
        nowMs += waitMs
        if (bucket.take(nowMs, take)) taken += take
      }
      expect(taken).toBeLessThanOrEqual(10 + nowMs * 0.003 + 1e-6)
    }))
  })
})

describe('what a peer may ask', () => {
  it('is bounded at once, by protocol', () => {
    const { limits } = make()
    const leave = Array.from({ length: 32 }, () => limits.enter('a', '/p/1', 'request'))
    expect(() => limits.enter('a', '/p/1', 'request')).toThrow(expect.objectContaining({ code: 'E_BUSY' }) as Error)
    limits.enter('a', '/p/2', 'request')
    limits.enter('b', '/p/1', 'request')
    leave[0]!()
    leave[0]!()
    limits.enter('a', '/p/1', 'request')
    expect(() => limits.enter('a', '/p/1', 'request')).toThrow()
  })

  it('is bounded over time', () => {
    const { limits, clock } = make()
    let count = 0
    try {
      for (;; count++) limits.enter('a', '/p/1', 'stream')()
    } catch {
      expect(count).toBe(200)
    }
    clock.advance(1000)
    for (let more = 0; more < 20; more++) limits.enter('a', '/p/1', 'stream')()
    expect(() => limits.enter('a', '/p/1', 'stream')).toThrow()
  })
})

describe('a peer that breaks the rules', () => {
  it('is kept out within a few offences, for a while', () => {
    const { limits, clock, refused } = make()
    for (let count = 0; count < 20; count++) limits.offend('a')
    expect(refused).toEqual([])
    limits.offend('a')
    expect(refused).toEqual(['a'])
    expect([limits.isRefused('a'), limits.isRefused('b')]).toEqual([true, false])
    clock.advance(5 * 60_000)
    expect(limits.isRefused('a')).toBe(false)
  })

  it('now and then is forgiven', () => {
    const { limits, clock, refused } = make()
    for (let count = 0; count < 500; count++) {
      limits.offend('a')
      clock.advance(10_000)
    }
    expect(refused).toEqual([])
  })

  it('by not waiting when told to is kept out after a thousand times', () => {
    const { limits, refused } = make()
    for (let count = 0; count < 500 + 1100; count++) {
      try {
        limits.enter('a', '/p/1', 'request')()
      } catch {
        // told to wait
      }
    }
    expect(refused).toContain('a')
  })

  it('costs no memory, however many there are', () => {
    const { limits, refused } = make()
    for (let count = 0; count < 10_000; count++) limits.offend(`peer ${count}`)
    for (let count = 0; count <= 20; count++) limits.offend('the last')
    expect(refused).toEqual(['the last'])
    expect(limits.size).toBeLessThanOrEqual(2000)
  })
})
