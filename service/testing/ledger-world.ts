/** A host's ledger and a renter's, one lease between them, and a link that loses what a test wants lost. */
import * as dagCbor from '@ipld/dag-cbor'
import { DepinError } from '../../contract/errors.ts'
import { createActivityLog } from '../activity/index.ts'
import { createEventBus, type ServiceEvents } from '../base/index.ts'
import { openDatabase } from '../database/index.ts'
import { createSigner, idOf, sha256 } from '../identity/index.ts'
import { createLeases, encodeApp, type LeaseRecord, ratesFrom, runCostMicro } from '../market/index.ts'
import { createMetering } from '../metering/index.ts'
import type { Network } from '../network/types.ts'
import { appOf } from './apps.ts'
import type { FakeClock } from './clock.ts'
import { createSeededRng, fakeDeps, silentLog } from './deps.ts'
import { createFunding, createLedger, createLedgerStore } from '../ledger/index.ts'

export const terms = { meterIntervalMs: 10_000, prepaidMs: 10_000, graceMs: 30_000, retentionMs: 600_000 }
export const resources = { cpuMilli: 64_000, memoryMiB: 65_536, diskMiB: 102_400 }
export const rates = ratesFrom({ cpuCoreMonthMicro: 2_500_000n, memoryGiBMonthMicro: 1_000_000n, diskGiBMonthMicro: 30_000n, egressGiBMicro: 5_000n })
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

export function setUp(wanted = resources) {
  const { clock } = fakeDeps()
  const links = { provider: new Link(), tenant: new Link() }
  const provider: Side = createSide(clock, 'provider', 1, links.provider, () => links.tenant)
  const tenant: Side = createSide(clock, 'tenant', 2, links.tenant, () => links.provider)
  void provider.ledger.start()
  void tenant.ledger.start()
  /** Opens a lease that runs, and makes it the world's. */
  const open = (): string => {
    const leaseId = openLease(clock, provider, tenant, wanted)
    provider.database.transaction((tx) => provider.leases.apply(tx, leaseId, 'provider', { kind: 'running' }))
    provider.metering.observe(leaseId, 'running', 'k')
    return leaseId
  }
  return { clock, links, provider, tenant, open, leaseId: open() }
}
export type World = ReturnType<typeof setUp>

let lastRequest = 0

/** As they are counted: none twice. */
function nextRequestId(): Uint8Array {
  const requestId = new Uint8Array(16)
  new DataView(requestId.buffer).setUint32(12, ++lastRequest)
  return requestId
}

function openLease(clock: FakeClock, provider: Side, tenant: Side, wanted: typeof resources, maxSpendMicro = 10n ** 12n): string {
  const bytes = encodeApp(app)
  const requestId = nextRequestId()
  return tenant.database.transaction((tx) => {
    const funds = tenant.funding.prepare(tx, provider.signer.peerId, provider.signer.peerId, runCostMicro(rates, wanted, terms.prepaidMs))
    const signed = tenant.signer.sign('lease', {
      network: 'test', requestId, quoteHash: new Uint8Array(32), provider: provider.signer.peerId, tenant: tenant.signer.peerId, resources: wanted, isolation: 'container', egress: 'none', rates, terms,
      channelId: funds.channelId, appHash: sha256(bytes), maxSpendMicro, createdAtMs: clock.nowMs(),
    })
    const leaseId = idOf(signed.hash)
    const record = (role: 'provider' | 'tenant', peerId: string): Omit<LeaseRecord, 'sinceMs'> => ({
      leaseId, role, peerId, requestId, lease: signed.record, body: signed.signed.body, tenantSignature: signed.signed.signature,
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
export async function pass(world: World, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    world.clock.advance(500)
    for (let turn = 0; turn < 6; turn++) await Promise.resolve()
    const state = world.provider.leases.get(world.leaseId, 'provider')?.phase.state
    const phase = state === 'suspended' ? 'suspended' : state === 'running' || state === 'grace' ? 'running' : 'stopped'
    world.provider.metering.observe(world.leaseId, phase, phase === 'stopped' ? '' : 'k')
  }
}

/** A connection that sent so much and is over. */
export function send(side: Side, leaseId: string, role: 'provider' | 'tenant', bytes: number): void {
  side.metering.followEgress(leaseId, role, () => bytes)()
}

export const figures = (world: World) => ({
  earned: world.provider.ledger.earnings().earned.leases.find(({ leaseId }) => leaseId === world.leaseId)!,
  spent: world.tenant.ledger.earnings().spent.leases.find(({ leaseId }) => leaseId === world.leaseId)!,
  state: world.provider.leases.get(world.leaseId, 'provider')!.phase.state,
})
export function end(world: World): void {
  const closing = { kind: 'end' as const, reason: { code: 'tenant-closed' as const } }
  for (const [side, role] of [[world.provider, 'provider'], [world.tenant, 'tenant']] as const) {
    side.database.transaction((tx) => side.leases.apply(tx, world.leaseId, role, closing))
  }
}
