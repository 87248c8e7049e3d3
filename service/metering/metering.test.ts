import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../database/index.ts'
import { fakeDeps } from '../testing/deps.ts'
import { createMetering } from './index.ts'

function setUp() {
  const deps = fakeDeps()
  const database = openDatabase({ path: ':memory:' })
  return { ...deps, database, start: () => createMetering({ ...deps, database }) }
}

describe('metering', () => {
  it('counts running and suspended time apart, and stopped time not at all', () => {
    const { clock, start } = setUp()
    const metering = start()
    metering.observe('a', 'running', 'k1')
    clock.advance(1000)
    metering.observe('a', 'suspended', 'k1')
    clock.advance(200)
    metering.observe('a', 'stopped', '')
    clock.advance(5000)
    expect(metering.read('a', 'provider')).toMatchObject({ runMs: 1000, suspendedMs: 200 })
  })

  it('a crash costs nothing while the same containers run on: no gap and no double', () => {
    const { clock, start, database } = setUp()
    const before = start()
    before.observe('a', 'running', 'web@1')
    clock.advance(12_345)
    database.transaction((tx) => before.checkpoint(tx, 'a', 'provider'))
    clock.advance(4_000)
    // killed here; five seconds later the service is back and finds them running
    clock.advance(5_000)
    const after = start()
    expect(after.read('a', 'provider').runMs).toBe(12_345)
    after.observe('a', 'running', 'web@1')
    expect(after.read('a', 'provider').runMs).toBe(21_345)
  })

  it('counts what a connection sent while it is open, once, and keeps it', async () => {
    const { start } = setUp()
    const before = start()
    let sent = 10
    const end = before.followEgress('a', 'tenant', () => sent)
    expect(before.read('a', 'tenant').egressBytes).toBe(10)
    sent = 25
    expect([before.read('a', 'tenant').egressBytes, before.read('a', 'tenant').egressBytes]).toEqual([25, 25])
    sent = 40
    end()
    sent = 99
    expect(before.read('a', 'tenant').egressBytes).toBe(40)
    await before.stop()
    const after = start()
    after.followEgress('a', 'tenant', () => 5)
    expect(after.read('a', 'tenant').egressBytes).toBe(45)
  })

  it.each([
    ['other containers run now', 'running', 'web@2', false],
    ['they are gone', 'stopped', '', false],
    ['the machine restarted', 'running', 'web@1', true],
  ] as const)('the gap of a crash is not billed when %s', (_, phase, runKey, reboots) => {
    const { clock, start } = setUp()
    start().observe('a', 'running', 'web@1')
    if (reboots) clock.reboot(60_000)
    else clock.advance(60_000)
    const after = start()
    after.observe('a', phase, runKey)
    expect(after.read('a', 'provider').runMs).toBe(0)
    clock.advance(10)
    expect(after.read('a', 'provider').runMs).toBe(phase === 'running' ? 10 : 0)
  })

  it('the part of a gap before something was frozen is billed as run, the rest as frozen', () => {
    const { clock, start } = setUp()
    start().observe('a', 'running', 'web@1')
    clock.advance(4_000)
    const frozenAtMs = clock.monotonicMs()
    clock.advance(5_000)
    const after = start()
    after.learn('a', 'suspended', frozenAtMs)
    after.observe('a', 'suspended', 'web@1')
    expect(after.read('a', 'provider')).toMatchObject({ runMs: 4_000, suspendedMs: 5_000 })
    // once it was seen, only looking counts
    after.learn('a', 'stopped', clock.monotonicMs())
    clock.advance(1_000)
    expect(after.read('a', 'provider')).toMatchObject({ suspendedMs: 6_000 })
  })

  it('does not notice a wall clock that jumps', () => {
    const { clock, start } = setUp()
    const metering = start()
    metering.observe('a', 'running', 'k')
    clock.jumpWall(-31_536_000_000)
    clock.advance(1000)
    clock.jumpWall(63_072_000_000)
    expect(metering.read('a', 'provider').runMs).toBe(1000)
  })

  it('never counts more than has passed, whatever is observed, checkpointed and crashed in whatever order', () => {
    const step = fc.record({
      waitMs: fc.nat(5000),
      act: fc.constantFrom('running', 'suspended', 'stopped', 'checkpoint', 'crash'),
      key: fc.constantFrom('k1', 'k2'),
    })
    fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { clock, start, database } = setUp()
      let metering = start()
      let passedMs = 0
      let last = 0
      for (const { waitMs, act, key } of steps) {
        clock.advance(waitMs)
        passedMs += waitMs
        if (act === 'crash') metering = start()
        else if (act === 'checkpoint') database.transaction((tx) => metering.checkpoint(tx, 'a', 'provider'))
        else metering.observe('a', act, key)
        const { runMs, suspendedMs } = metering.read('a', 'provider')
        expect(runMs + suspendedMs).toBeLessThanOrEqual(passedMs)
        if (act !== 'crash') expect(runMs + suspendedMs).toBeGreaterThanOrEqual(last)
        last = act === 'crash' ? 0 : runMs + suspendedMs
      }
    }), { numRuns: 200 })
  })
})
