import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EngineContainer } from './engine-line.ts'
import type { Orders } from './orders.ts'
import { patrol } from './patrol.ts'

const containers: EngineContainer[] = [
  { id: 'aa', leaseId: 'one', state: 'running' }, { id: 'ab', leaseId: 'one', state: 'paused' }, { id: 'ac', leaseId: 'one', state: 'gone' },
  { id: 'ba', leaseId: 'two', state: 'running' },
]
const orders = (...leases: Orders['leases']): Orders => ({ version: 1, program: 'p', node: 'n', engine: 'unix:///e', bootId: 'b', leases, containerIds: [] })
const at = (monotonicMs: number) => ({ monotonicMs, bootId: 'b' })

describe('what the watchdog does', () => {
  const one = { leaseId: 'one', freezeAtMs: 1000, endAtMs: 5000 }
  it.each([
    [999, []],
    [1000, [{ kind: 'pause', leaseId: 'one', containerId: 'aa' }]],
    [4999, [{ kind: 'pause', leaseId: 'one', containerId: 'aa' }]],
    [5000, [{ kind: 'kill', leaseId: 'one', containerId: 'aa' }, { kind: 'kill', leaseId: 'one', containerId: 'ab' }]],
  ])('at %i', (now, steps) => {
    expect(patrol(orders(one), containers, at(now))).toEqual(steps)
  })

  it('nothing to a lease without orders, and nothing in another boot', () => {
    expect(patrol(orders(), containers, at(10 ** 9))).toEqual([])
    expect(patrol(orders(one), containers, { monotonicMs: 10 ** 9, bootId: 'another' })).toEqual([])
  })

  it('never anything before its time', () => {
    const lease = fc.record({ leaseId: fc.constantFrom('one', 'two'), freezeAtMs: fc.option(fc.nat(10_000), { nil: null }), endAtMs: fc.nat(10_000) })
    fc.assert(fc.property(fc.uniqueArray(lease, { selector: (each) => each.leaseId }), fc.nat(10_000), (leases, now) => {
      for (const step of patrol(orders(...leases), containers, at(now))) {
        const theirs = leases.find((each) => each.leaseId === step.leaseId)!
        expect(step.kind === 'kill' ? theirs.endAtMs : theirs.freezeAtMs).toBeLessThanOrEqual(now)
      }
    }))
  })
})
