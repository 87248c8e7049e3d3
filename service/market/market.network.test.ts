import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import type { DepinError } from '../../contract/errors.ts'
import { currency } from '../../contract/units.ts'
import { closeLeaseProtocol, findLeaseProtocol, openLeaseProtocol, quoteProtocol } from '../../contract/wire/v1/protocols.ts'
import { createSigner, idOf, sha256, type Signer, verifyRecord } from '../identity/index.ts'
import { createMemoryStore, createNetwork, type Network } from '../network/index.ts'
import { appOf, appService } from '../testing/apps.ts'
import { fakeDeps } from '../testing/deps.ts'
import { Testnet, type TestNode } from '../testing/testnet.ts'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { encodeApp, runCostMicro } from './index.ts'

type OpenInput = z.input<typeof openLeaseProtocol.input>
const resources = { cpuMilli: 500, memoryMiB: 256, diskMiB: 100 }
const app = encodeApp(appOf(appService({ image: 'web:1', ...resources })))

/** A renter that says exactly what the test wants it to say. */
class Stranger {
  readonly signer: Signer
  readonly network: Network
  readonly networkName: string
  #requests = 0

  constructor(seed: number, host: TestNode) {
    const seedBytes = new Uint8Array(32).fill(seed)
    this.signer = createSigner(seedBytes)
    this.networkName = host.node.status().network
    const deps = { ...fakeDeps(), clock: createSystemClock(), rng: createSystemRng() }
    this.network = createNetwork(
      { listen: [], bootstrap: host.node.network.addresses(), mdns: false, networkName: this.networkName, transport: 'memory' },
      { ...deps, seed: seedBytes, store: createMemoryStore() },
    )
  }

  async order(host: TestNode, change: (input: OpenInput) => Partial<OpenInput> = () => ({})): Promise<OpenInput> {
    const answer = await this.network.request(host.peerId, quoteProtocol, { resources, platforms: [], isolation: null, egress: 'none' })
    if (!answer.ok) throw new Error(`refused: ${answer.refusal.code}`)
    const quote = verifyRecord('quote', answer.quote, host.peerId)
    const channel = this.signer.sign('channel', {
      network: this.networkName, rail: 'trust', unit: currency, payer: this.signer.peerId, signer: this.signer.peerId, payee: host.peerId, payout: host.peerId, delayMs: 0, salt: new Uint8Array(32),
    })
    const requestId = new Uint8Array(16).fill(++this.#requests)
    const lease = this.signer.sign('lease', {
      network: this.networkName, requestId, quoteHash: quote.hash, provider: host.peerId, tenant: this.signer.peerId, resources, isolation: quote.record.isolation, egress: quote.record.egress, rates: quote.record.rates, terms: quote.record.terms,
      channelId: idOf(channel.hash), appHash: sha256(app), maxSpendMicro: 10n ** 9n, createdAtMs: Date.now(),
    })
    const prepaid = runCostMicro(quote.record.rates, resources, quote.record.terms.prepaidMs) * BigInt(this.#requests)
    const voucher = this.signer.sign('voucher', { channelId: idOf(channel.hash), cumulativeMicro: prepaid, notBeforeMs: 0, memo: new Uint8Array(32) })
    const input: OpenInput = { requestId, quote: answer.quote, channel: channel.signed, lease: lease.signed, voucher: voucher.signed, app }
    return { ...input, ...change(input) }
  }

  open(host: TestNode, input: OpenInput): Promise<z.output<typeof openLeaseProtocol.output>> {
    return this.network.request(host.peerId, openLeaseProtocol, input)
  }
}

let net: Testnet
let host: TestNode
const strangers: Stranger[] = []
beforeEach(async () => {
  net = await Testnet.start({ nodes: 1, sharing: 1 })
  host = net.nodes[0]!
})
afterEach(async () => {
  for (const stranger of strangers.splice(0)) await stranger.network.stop()
  await net[Symbol.asyncDispose]()
})
async function meet(seed: number): Promise<Stranger> {
  const stranger = new Stranger(seed, host)
  strangers.push(stranger)
  await stranger.network.start()
  await stranger.network.connect(host.peerId)
  return stranger
}
const codeOf = async (work: Promise<unknown>): Promise<string> => await work.then(() => 'accepted', (error: unknown) => (error as DepinError).code)

describe('opening a lease', () => {
  it('the same request opens one lease, however often and at once it arrives', async () => {
    const tenant = await meet(11)
    const input = await tenant.order(host)
    const answers = await Promise.all(Array.from({ length: 8 }, () => tenant.open(host, input)))
    expect(new Set(answers.map((answer) => answer.ok ? answer.leaseId : 'refused')).size).toBe(1)
    expect(host.node.leases.list('provider')).toHaveLength(1)
    const found = await tenant.network.request(host.peerId, findLeaseProtocol, { requestId: input.requestId })
    expect(found.lease?.leaseId).toBe(host.node.leases.list('provider')[0]!.leaseId)
  })

  it('the same request for something else is refused', async () => {
    const tenant = await meet(12)
    const first = await tenant.order(host)
    await tenant.open(host, first)
    const second = await tenant.order(host)
    expect(await codeOf(tenant.open(host, { ...second, requestId: first.requestId }))).toBe('E_CONFLICT')
    expect(host.node.leases.list('provider')).toHaveLength(1)
  })

  it('many at once never hold more than is offered, and quotes hold nothing', async () => {
    const tenants = await Promise.all([21, 22, 23, 24, 25, 26].map((seed) => meet(seed)))
    const inputs = await Promise.all(tenants.map((tenant) => tenant.order(host)))
    expect(host.node.capacity.status().reserved.cpuMilli).toBe(0)
    const answers = await Promise.all(tenants.map((tenant, at) => tenant.open(host, inputs[at]!)))
    expect(answers.filter((answer) => answer.ok)).toHaveLength(4)
    expect(answers.find((answer) => !answer.ok)).toMatchObject({ refusal: { code: 'cpu', need: 500, have: 0 } })
    expect(host.node.capacity.status().reserved.cpuMilli).toBe(2000)
  })

  it('what was not agreed is refused, and changes nothing', async () => {
    const tenant = await meet(31)
    const other = createSigner(new Uint8Array(32).fill(99))
    const resign = (input: OpenInput, overrides: object, signer = tenant.signer) => {
      const lease = verifyRecord('lease', input.lease, tenant.signer.peerId).record
      return { lease: signer.sign('lease', { ...lease, ...overrides }).signed }
    }
    const attempts: Record<string, Parameters<Stranger['order']>[1]> = {
      'a cheaper rate': (input) => resign(input, { rates: { cpuMilliSecondFemto: 0n, memoryMiBSecondFemto: 0n, diskMiBSecondFemto: 0n, egressByteFemto: 0n } }),
      'more than was quoted': (input) => resign(input, { resources: { ...resources, memoryMiB: 2048 } }),
      'more of the internet than was quoted': (input) => resign(input, { egress: 'open' }),
      'another isolation than was quoted': (input) => resign(input, { isolation: 'sandbox' }),
      'another network': (input) => resign(input, { network: 'elsewhere' }),
      'somebody else’s name': (input) => resign(input, { tenant: other.peerId }, other),
      'an old clock': (input) => resign(input, { createdAtMs: 0 }),
      'another app': () => ({ app: encodeApp(appOf(appService({ image: 'miner:1', ...resources }))) }),
      'an app that needs more': (input) => {
        const larger = encodeApp(appOf(appService({ image: 'web:1', ...resources, cpuMilli: 1900 })))
        return { app: larger, ...resign(input, { appHash: sha256(larger) }) }
      },
      'an app that opens connections': (input) => {
        const curious = encodeApp({ ...appOf(appService({ image: 'web:1', ...resources })), egress: { tier: 'open' } })
        return { app: curious, ...resign(input, { appHash: sha256(curious) }) }
      },
      'an app that wants to be kept further apart': (input) => {
        const careful = encodeApp({ ...appOf(appService({ image: 'web:1', ...resources })), isolation: 'sandbox' })
        return { app: careful, ...resign(input, { appHash: sha256(careful) }) }
      },
      'a voucher that pays nothing': (input) => ({
        voucher: tenant.signer.sign('voucher', { ...verifyRecord('voucher', input.voucher, tenant.signer.peerId).record, cumulativeMicro: 0n }).signed,
      }),
      'a voucher for another channel': (input) => ({
        voucher: tenant.signer.sign('voucher', { ...verifyRecord('voucher', input.voucher, tenant.signer.peerId).record, channelId: 'a'.repeat(32) }).signed,
      }),
      'a channel that pays somebody else': (input) => ({
        channel: tenant.signer.sign('channel', { ...verifyRecord('channel', input.channel, tenant.signer.peerId).record, payee: other.peerId }).signed,
      }),
    }
    for (const [name, change] of Object.entries(attempts)) {
      expect([name, await codeOf(tenant.open(host, await tenant.order(host, change)))]).toEqual([name, expect.stringMatching(/^E_(BAD_INPUT|SIGNATURE)$/)])
    }
    expect(host.node.leases.list('provider')).toEqual([])
    expect(host.node.ledgerStore.channels()).toEqual([])
  })

  it('a host says no to more isolation than it has, and to more of the internet than its owner lends', async () => {
    const tenant = await meet(35)
    const ask = async (wanted: Partial<{ isolation: 'sandbox' | 'userns', egress: 'domains' | 'open' }>) =>
      await tenant.network.request(host.peerId, quoteProtocol, { resources, platforms: [], isolation: null, egress: 'none', ...wanted })
    expect(await ask({ isolation: 'sandbox' })).toEqual({ ok: false, refusal: { code: 'isolation' } })
    expect(await ask({ isolation: 'userns' })).toMatchObject({ ok: true })
    expect(await ask({ egress: 'domains' })).toEqual({ ok: false, refusal: { code: 'egress' } })
    host.node.capacity.change({ egress: { tier: 'domains' } })
    expect(await ask({ egress: 'domains' })).toMatchObject({ ok: true })
    expect(await ask({ egress: 'open' })).toEqual({ ok: false, refusal: { code: 'egress' } })
  })

  it('no changed byte of a good order is accepted', async () => {
    const tenant = await meet(32)
    const good = await tenant.order(host)
    const parts = ['quote', 'channel', 'lease', 'voucher'] as const
    await fc.assert(fc.asyncProperty(fc.constantFrom(...parts), fc.constantFrom('body', 'signature'), fc.nat(10_000), fc.integer({ min: 1, max: 255 }), async (part, field, at, flip) => {
      const bytes = Uint8Array.from(good[part][field])
      bytes[at % bytes.length]! ^= flip
      expect(await codeOf(tenant.open(host, { ...good, [part]: { ...good[part], [field]: bytes } }))).not.toBe('accepted')
    }), { numRuns: 60 })
    expect(host.node.leases.list('provider')).toEqual([])
  })

  it('somebody else can neither close it nor find it', async () => {
    const [tenant, stranger] = [await meet(33), await meet(34)]
    const input = await tenant.order(host)
    const answer = await tenant.open(host, input)
    const leaseId = answer.ok ? answer.leaseId : ''
    expect(await codeOf(stranger.network.request(host.peerId, closeLeaseProtocol, { leaseId, reason: { code: 'tenant-closed' } }))).toBe('E_NOT_FOUND')
    expect(await stranger.network.request(host.peerId, findLeaseProtocol, { requestId: input.requestId })).toEqual({ lease: null })
    expect(await tenant.network.request(host.peerId, closeLeaseProtocol, { leaseId, reason: { code: 'tenant-closed' } })).toEqual({ state: 'terminated' })
  })
})
