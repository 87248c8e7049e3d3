import * as dagCbor from '@ipld/dag-cbor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DepinError } from '../../contract/errors.ts'
import { createActivityLog } from '../activity/index.ts'
import { createEventBus, type ServiceEvents } from '../base/index.ts'
import { openDatabase } from '../database/index.ts'
import { createSigner, idOf, sha256 } from '../identity/index.ts'
import { createLeases, dueMicro, encodeApp, type LeaseRecord, ratesFrom, runCostMicro } from '../market/index.ts'
import { createMetering } from '../metering/index.ts'
import type { Network } from '../network/types.ts'
import { appOf } from '../testing/apps.ts'
import type { FakeClock } from '../testing/clock.ts'
import { createSeededRng, fakeDeps, silentLog } from '../testing/deps.ts'
import { createFunding, createLedger, createLedgerStore } from './index.ts'

const terms = { meterIntervalMs: 10_000, prepaidMs: 10_000, graceMs: 30_000, retentionMs: 600_000 }
const resources = { cpuMilli: 64_000, memoryMiB: 65_536, diskMiB: 102_400 }
const rates = ratesFrom({ cpuCoreMonthMicro: 2_500_000n, memoryGiBMonthMicro: 1_000_000n, diskGiBMonthMicro: 30_000n, egressGiBMicro: 5_000n })
const app = appOf()
type Handler = (input: unknown, caller: { peerId: string }) => unknown

/** What the two sides see of each other: messages as bytes, lost when the link says so. */
class Link {
  readonly handlers = new Map<string, Handler>()
  /** Decides the fate of each message: null to deliver it. */
  loses: (protocolId: string) => 'question' | 'answer' | null = () => null
  isUp = true
}

function createSide(clock: FakeClock, name: string, seed: number, link: Link, peer: () => Link) {
  const database = openDatabase({ path: ':memory:' })
  const bus = createEventBus<ServiceEvents>()
  const signer = createSigner(new Uint8Array(32).fill(seed))
  const base = { clock, rng: createSeededRng(name), log: silentLog }
  let onPeer = (_: { peerId: string, connected: boolean }): void => undefined
  const network = {
    peerId: signer.peerId,
    isConnected: () => link.isUp,
    onPeer: (listener: typeof onPeer) => {
      onPeer = listener
      return () => undefined
    },
    handleRequest: (protocol: { id: string, input: { parse: (value: unknown) => unknown } }, handler: Handler) => {
      link.handlers.set(protocol.id, (bytes, caller) => dagCbor.encode(handler(protocol.input.parse(dagCbor.decode(bytes as Uint8Array)), caller)))
    },
    request: async (_: string, protocol: { id: string, output: { parse: (value: unknown) => unknown } }, input: unknown) => {
      const fate = link.isUp ? link.loses(protocol.id) : 'question'
      if (fate === 'question') throw new DepinError('E_PEER_UNREACHABLE', 'lost')
      const answer = peer().handlers.get(protocol.id)!(dagCbor.encode(input), { peerId: signer.peerId })
      if (fate === 'answer') throw new DepinError('E_DEADLINE', 'lost')
      return Promise.resolve(protocol.output.parse(dagCbor.decode(answer as Uint8Array)))
    },
  } as unknown as Network
  const leases = createLeases({ database, clock, bus, activity: createActivityLog({ database, clock, bus }) })
  const store = createLedgerStore(database, clock)
  const build = () => {
    const metering = createMetering({ ...base, database })
    const deps = { ...base, database, bus, signer, networkName: 'test', network, leases, metering, store }
    return { metering, ledger: createLedger(deps), funding: createFunding(deps) }
  }
  return { name, database, signer, leases, store, ...build(), arrive: (peerId: string) => onPeer({ peerId, connected: true }) }
}
type Side = ReturnType<typeof createSide>

function setUp() {
  const { clock } = fakeDeps()
  const links = { provider: new Link(), tenant: new Link() }
  const provider: Side = createSide(clock, 'provider', 1, links.provider, () => links.tenant)
  const tenant: Side = createSide(clock, 'tenant', 2, links.tenant, () => links.provider)
  const leaseId = openLease(clock, provider, tenant)
  void provider.ledger.start()
  void tenant.ledger.start()
  const event = (kind: 'running') => provider.database.transaction((tx) => provider.leases.apply(tx, leaseId, 'provider', { kind }))
  event('running')
  provider.metering.observe(leaseId, 'running', 'k')
  return { clock, links, provider, tenant, leaseId }
}
type World = ReturnType<typeof setUp>

function openLease(clock: FakeClock, provider: Side, tenant: Side, maxSpendMicro = 10n ** 12n): string {
  const bytes = encodeApp(app)
  return tenant.database.transaction((tx) => {
    const funds = tenant.funding.prepare(tx, provider.signer.peerId, provider.signer.peerId, runCostMicro(rates, resources, terms.prepaidMs))
    const signed = tenant.signer.sign('lease', {
      network: 'test', requestId: new Uint8Array(16), quoteHash: new Uint8Array(32), provider: provider.signer.peerId, tenant: tenant.signer.peerId, resources, isolation: 'container', egress: 'none', rates, terms,
      channelId: funds.channelId, appHash: sha256(bytes), maxSpendMicro, createdAtMs: clock.nowMs(),
    })
    const leaseId = idOf(signed.hash)
    const record = (role: 'provider' | 'tenant', peerId: string): Omit<LeaseRecord, 'sinceMs'> => ({
      leaseId, role, peerId, requestId: new Uint8Array(16), lease: signed.record, body: signed.signed.body, tenantSignature: signed.signed.signature,
      providerSignature: new Uint8Array(64), phase: { state: 'funded' }, createdAtMs: clock.nowMs(),
    })
    tenant.leases.insert(tx, record('tenant', provider.signer.peerId), bytes)
    tenant.funding.open(tx, 'tenant', leaseId, signed.record)
    provider.database.transaction((theirs) => {
      provider.funding.accept(theirs, signed.record, funds.channel, funds.voucher)
      provider.funding.open(theirs, 'provider', leaseId, signed.record)
      provider.leases.insert(theirs, record('provider', tenant.signer.peerId), bytes)
    })
    return leaseId
  })
}

/** Lets time pass in small steps, with room for what each step sets in motion; the guest is frozen and woken as the lease says. */
async function pass(world: World, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    world.clock.advance(500)
    for (let turn = 0; turn < 6; turn++) await Promise.resolve()
    const state = world.provider.leases.get(world.leaseId, 'provider')?.phase.state
    const phase = state === 'suspended' ? 'suspended' : state === 'running' || state === 'grace' ? 'running' : 'stopped'
    world.provider.metering.observe(world.leaseId, phase, phase === 'stopped' ? '' : 'k')
  }
}

const figures = (world: World) => ({
  earned: world.provider.ledger.earnings().earned.leases[0]!,
  spent: world.tenant.ledger.earnings().spent.leases[0]!,
  state: world.provider.leases.get(world.leaseId, 'provider')!.phase.state,
})
function end(world: World): void {
  const closing = { kind: 'end' as const, reason: { code: 'tenant-closed' as const } }
  for (const [side, role] of [[world.provider, 'provider'], [world.tenant, 'tenant']] as const) {
    side.database.transaction((tx) => side.leases.apply(tx, world.leaseId, role, closing))
  }
}

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

  it('a download worth more than all of the grace freezes nobody who pays, and is billed before the minute is over', async () => {
    const world = setUp()
    await pass(world, 12_000)
    const download = (bytes: number) => {
      world.provider.metering.addEgress(world.leaseId, 'provider', bytes)
      world.tenant.metering.addEgress(world.leaseId, 'tenant', bytes)
    }
    for (let second = 0; second < 60; second++) {
      download(4 * 1024 ** 3)
      await pass(world, 1000)
      expect(figures(world).state).toBe('running')
    }
    await pass(world, 12_000)
    const { earned, spent } = figures(world)
    expect(earned.signed).toBeGreaterThan(1_200_000n)
    expect(spent.signed).toBe(earned.signed)
  })

  it('whoever downloads and signs nothing is frozen soon, though it is connected', async () => {
    const world = setUp()
    await pass(world, 12_000)
    world.links.provider.loses = () => 'answer'
    world.tenant.metering.addEgress(world.leaseId, 'tenant', 4 * 1024 ** 3)
    world.provider.metering.addEgress(world.leaseId, 'provider', 4 * 1024 ** 3)
    await pass(world, 2_000)
    expect(figures(world).state).toBe('running')
    await pass(world, 30_000)
    expect(figures(world).state).toBe('suspended')
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
