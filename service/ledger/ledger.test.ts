import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../identity/index.ts'
import { dueMicro, runCostMicro } from '../market/index.ts'
import { end, figures, pass, rates, resources, setUp, terms } from '../testing/ledger-world.ts'

describe('the loop of statement, ack and voucher', () => {
  it('both sides come to the same figure, to the micro-unit, and close on it', async () => {
    const world = setUp()
    await pass(world, 65_000)
    const running = figures(world)
    expect(running.earned.signed).toBeGreaterThan(0n)
    expect(running.spent.signed).toBe(running.earned.signed)
    end(world)
    await pass(world, 5_000)
    const { earned, spent, state } = figures(world)
    expect([state, world.tenant.leases.get(world.leaseId, 'tenant')?.phase.state]).toEqual(['final', 'final'])
    expect([spent.due, spent.signed, spent.accruing, earned.accruing]).toEqual([earned.due, earned.due, 0n, 0n])
    expect(world.tenant.ledger.receipts()[0]?.cumulativeMicro).toBe(world.provider.ledger.receipts()[0]?.cumulativeMicro)
    expect([world.provider.store.firstBrokenEntry(), world.tenant.store.firstBrokenEntry()]).toEqual([null, null])
  })

  it('goes on unpaid through prepaid time and grace, then freezes, and wakes when the tenant is back: nothing is lost', async () => {
    const world = setUp()
    await pass(world, 20_000)
    const reached = world.provider.ledger.paidUntilMs(world.leaseId)! - world.clock.nowMs()
    world.links.provider.isUp = false
    await pass(world, reached + 2_000)
    expect(figures(world).state).toBe('grace')
    await pass(world, terms.graceMs)
    expect(figures(world).state).toBe('suspended')
    const { runMs } = figures(world).earned
    await pass(world, 120_000)
    expect(figures(world).earned.runMs).toBe(runMs)
    world.links.provider.isUp = true
    world.provider.arrive(world.tenant.signer.peerId)
    await pass(world, 2_000)
    expect(figures(world).state).toBe('running')
    end(world)
    await pass(world, 5_000)
    const { earned, spent } = figures(world)
    expect([earned.signed, spent.signed]).toEqual([earned.due, earned.due])
  })

  it('leaves no debt in what is less than a micro-unit: a small lease after many runs on', async () => {
    const world = setUp({ cpuMilli: 10, memoryMiB: 6, diskMiB: 0 })
    for (let leases = 0; leases < 12; leases++) {
      await pass(world, 61_500)
      end(world)
      await pass(world, 3_000)
      const { earned, state } = figures(world)
      expect([state, earned.signed]).toEqual(['final', earned.due])
      world.leaseId = world.open()
    }
    await pass(world, 20_000)
    expect(figures(world).state).toBe('running')
  })

  it('that nobody pays any more is kept for its retention, and then ended', async () => {
    const world = setUp()
    await pass(world, 20_000)
    world.links.provider.isUp = false
    const reached = world.provider.ledger.paidUntilMs(world.leaseId)! - world.clock.nowMs()
    await pass(world, reached + terms.graceMs + 5_000)
    expect(figures(world).state).toBe('suspended')
    // a leap of the wall clock is no time in which anybody could have paid
    world.clock.jumpWall(10 * terms.retentionMs)
    await pass(world, terms.retentionMs - 60_000)
    expect(figures(world).state).toBe('suspended')
    await pass(world, 90_000)
    expect(world.provider.leases.get(world.leaseId, 'provider')?.phase).toMatchObject({ state: 'terminated', reason: { code: 'unpaid' } })
  })

  it('a tenant whose database is an old backup is brought up to date by its own signatures', async () => {
    const world = setUp()
    await pass(world, 35_000)
    const before = figures(world).spent.signed
    // the tenant's accounts fall back to the beginning; its ledger's chain stays
    world.tenant.database.transaction((tx) => {
      tx.run('UPDATE ledger_leases SET statement_seq = 0, due_micro = 0, ack_due_micro = 0, run_ms = 0')
      tx.run('UPDATE ledger_channels SET best_micro = 0')
    })
    await pass(world, 10_000)
    const { earned, spent } = figures(world)
    expect(spent.signed).toBeGreaterThan(before)
    expect(spent.signed).toBe(earned.signed)
  })
})

describe('whoever lies', () => {
  it('a provider that reports three times the time gets no more than the prepaid time, the bucket and the drift', async () => {
    const world = setUp()
    const honest = world.provider.metering.checkpoint.bind(world.provider.metering)
    world.provider.metering.checkpoint = (...args) => {
      const reading = honest(...args)
      return { ...reading, runMs: reading.runMs * 3 }
    }
    await pass(world, 300_000)
    const bucketMs = terms.graceMs + Math.max(terms.prepaidMs, terms.meterIntervalMs) + 20_000
    const bound = runCostMicro(rates, resources, Math.ceil(300_000 * 1.01) + terms.prepaidMs + bucketMs)
    expect(world.tenant.store.channels()[0]!.bestMicro).toBeLessThanOrEqual(bound)
  })

  it('a provider that states ever more time under one number, with the same bytes, has the bytes paid once', async () => {
    const world = setUp()
    await pass(world, 25_000)
    const { statementSeq, statementHash: prev, runMs, ackDueMicro } = world.tenant.store.account(world.leaseId, 'tenant')!
    for (let second = 0; second < 300; second++) {
      const usage = { runMs: runMs + second * 1000, suspendedMs: 0, egressBytes: second === 0 ? 0 : 16 * 1024 ** 2 }
      const { signed } = world.provider.signer.sign('statement', { leaseId: world.leaseId, seq: statementSeq + 1, prev, ...usage, cpuUsedUs: 0, state: 'open', wallMs: 0, dueMicro: dueMicro(rates, resources, usage) })
      world.links.tenant.handlers.get('/depin/ledger/statement/1')!(dagCbor.encode({ statement: signed, lastAck: null, bestVoucher: null }), { peerId: world.provider.signer.peerId })
    }
    const bucketMs = terms.graceMs + Math.max(terms.prepaidMs, terms.meterIntervalMs) + 20_000
    expect(world.tenant.store.account(world.leaseId, 'tenant')!.ackDueMicro - ackDueMicro).toBeLessThanOrEqual(runCostMicro(rates, resources, bucketMs) + 80n)
  })

  it('figures that do not add up, that fall, or that another signed change nothing', async () => {
    const world = setUp()
    await pass(world, 25_000)
    const account = world.tenant.store.account(world.leaseId, 'tenant')!
    const handler = world.links.tenant.handlers.get('/depin/ledger/statement/1')!
    const honest = { leaseId: world.leaseId, seq: account.statementSeq + 1, prev: account.statementHash, runMs: account.runMs + 1000, suspendedMs: 0, egressBytes: 0, cpuUsedUs: 0, state: 'open' as const, wallMs: 0 }
    const send = (statement: object, by = world.provider.signer) => {
      const signed = by.sign('statement', { ...honest, dueMicro: 0n, ...statement }).signed
      return () => handler(dagCbor.encode({ statement: signed, lastAck: null, bestVoucher: null }), { peerId: world.provider.signer.peerId })
    }
    expect(send({ dueMicro: 1n })).toThrow(/add up/)
    expect(send({ runMs: 0, dueMicro: 0n })).toThrow(/add up|follow/)
    expect(send({}, createSigner(new Uint8Array(32).fill(9)))).toThrow(expect.objectContaining({ code: 'E_SIGNATURE' }))
    expect(world.tenant.store.account(world.leaseId, 'tenant')).toEqual(account)
  })
})

describe('a bad network', () => {
  it('loses questions and answers and parts the two, and the books still agree in the end', async () => {
    const fate = fc.constantFrom('question', 'answer', null, null)
    const history = fc.array(fc.record({ waitMs: fc.integer({ min: 1000, max: 20_000 }), fates: fc.array(fate, { minLength: 1, maxLength: 4 }), isUp: fc.boolean() }), { minLength: 1, maxLength: 12 })
    await fc.assert(fc.asyncProperty(history, async (steps) => {
      const world = setUp()
      let best = 0n
      for (const { waitMs, fates, isUp } of steps) {
        let turn = 0
        world.links.provider.isUp = isUp
        world.links.provider.loses = () => fates[turn++ % fates.length] ?? null
        await pass(world, waitMs)
        const { earned, spent } = figures(world)
        expect(earned.signed <= spent.signed && spent.signed <= earned.due).toBe(true)
        const now = world.provider.store.channels()[0]!.bestMicro
        expect(now >= best && now <= world.tenant.store.channels()[0]!.bestMicro).toBe(true)
        best = now
      }
      world.links.provider.isUp = true
      world.links.provider.loses = () => null
      end(world)
      await pass(world, 40_000)
      const { earned, spent, state } = figures(world)
      expect([state, earned.signed, spent.signed]).toEqual(['final', earned.due, earned.due])
      expect([world.provider.store.firstBrokenEntry(), world.tenant.store.firstBrokenEntry()]).toEqual([null, null])
    }), { numRuns: 8 })
  }, 60_000)
})
