import { describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/clock.ts'
import { PeerBudget } from './budget.ts'

const gib = 1024 ** 3

describe('what a peer may take of images', () => {
  it('is bounded at once, for one and for all', () => {
    const budget = new PeerBudget(new FakeClock())
    const leave = Array.from({ length: 4 }, () => budget.enter('a', 1))
    expect(() => budget.enter('a', 1)).toThrow(expect.objectContaining({ code: 'E_BUSY' }) as Error)
    leave[0]!()
    leave[0]!()
    budget.enter('a', 1)
    for (const peer of ['b', 'c', 'd']) for (let count = 0; count < 4; count++) budget.enter(peer, 1)
    expect(() => budget.enter('e', 1)).toThrow()
  })

  it('is bounded over time; one large piece is given whole', () => {
    const clock = new FakeClock()
    const budget = new PeerBudget(clock)
    budget.enter('a', 20 * gib)()
    budget.spend('a', 20 * gib)
    expect(() => budget.enter('a', 1)).toThrow(expect.objectContaining({ code: 'E_BUSY' }) as Error)
    budget.enter('b', gib)()
    clock.advance(2 * 3_600_000)
    budget.enter('a', gib)()
  })
})
