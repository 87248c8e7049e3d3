import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSigner } from '../identity/index.ts'
import type { HostAnswer } from '../market/index.ts'
import { place, type PlacementRequest, tooFewHosts } from './placement.ts'

const resources = { cpuMilli: 1000, memoryMiB: 4096, diskMiB: 0 }
const tenant = createSigner(new Uint8Array(32).fill(100)).peerId
const terms = { meterIntervalMs: 60_000, prepaidMs: 60_000, graceMs: 180_000, retentionMs: 0 }

/** A host that asks this many dollars a month for the order. */
function host(seed: number, label: string, dollars: number, region: string | null = null): HostAnswer {
  const signer = createSigner(new Uint8Array(32).fill(seed))
  const rates = { cpuMilliSecondFemto: BigInt(Math.round(dollars * 1e6)) * 1_000_000_000n / 2_628_000n / 1000n, memoryMiBSecondFemto: 0n, diskMiBSecondFemto: 0n, egressByteFemto: 0n }
  const common = { network: 'test', provider: signer.peerId, rates, terms, payout: signer.peerId, issuedAtMs: 0, validToMs: 1 }
  const offer = signer.sign('offer', { ...common, label, region, platform: { os: 'linux', arch: 'amd64' }, available: resources, isolation: 'container', egress: 'none', rails: ['trust'] }).record
  return { kind: 'quote', provider: signer.peerId, quote: signer.sign('quote', { ...common, tenant, resources, isolation: 'container', egress: 'none' }), offer, roundTripMs: seed }
}
const refused = (label: string, refusal: Extract<HostAnswer, { kind: 'refused' }>['refusal']): HostAnswer => {
  const answer = host(label.length, label, 1)
  return { kind: 'refused', provider: answer.provider, offer: answer.offer, roundTripMs: 1, refusal }
}
const request = (overrides: Partial<PlacementRequest> = {}, options: Partial<PlacementRequest['options']> = {}): PlacementRequest => ({
  resources, copies: 1, taken: [], avoid: new Set(), unwelcome: new Map(), named: [], ...overrides,
  options: { copies: 1, budgetMicro: null, maxPriceMonthMicro: null, regions: [], spread: 'host', graceMs: 30_000, ...options },
})
const labels = (answers: HostAnswer[], wanted: PlacementRequest) => place(answers, wanted).chosen.map((answer) => answer.offer?.label)

describe('placement', () => {
  const hosts = [host(1, 'recife', 4.6, 'BR-PE'), host(2, 'pwani', 4.1, 'TZ'), host(3, 'olinda', 4.2, 'BR-PE'), host(4, 'dubai', 6.8, 'AE')]

  it('takes the cheapest that fit, each copy on another host', () => {
    expect(labels(hosts, request({ copies: 2 }))).toEqual(['pwani', 'olinda'])
    expect(labels(hosts, request({ copies: 9 }))).toHaveLength(4)
  })

  it('spreads over regions when asked to, and prefers hosts that did not fail', () => {
    expect(labels(hosts, request({ copies: 3 }, { spread: 'region' }))).toEqual(['pwani', 'olinda', 'dubai'])
    expect(labels(hosts, request({ avoid: new Set([hosts[1]!.provider]) }))).toEqual(['olinda'])
    expect(labels([hosts[1]!], request({ avoid: new Set([hosts[1]!.provider]) }))).toEqual(['pwani'])
    expect(labels([hosts[1]!], request({ unwelcome: new Map([[hosts[1]!.provider, 'sent this app away']]) }))).toEqual([])
  })

  it('keeps to regions, and never puts a copy where one is already', () => {
    expect(labels(hosts, request({ copies: 4 }, { regions: ['BR'] }))).toEqual(['olinda', 'recife'])
    expect(labels(hosts, request({ copies: 4, taken: [{ provider: hosts[1]!.provider, region: 'TZ' }] }))).not.toContain('pwani')
  })

  it.each([
    ['price', hosts, request({}, { maxPriceMonthMicro: 4_000_000n }), '4 hosts asked, none fits: pwani asks $4.10 a month, $0.10 over the limit of $4.00.'],
    ['size', [refused('small', { code: 'memory', need: 4096, have: 2048 }), refused('tiny', { code: 'memory', need: 4096, have: 512 })], request(), '2 hosts asked, none fits: small has 2 GB of the 4 GB of memory it needs (2 GB short).'],
    ['nobody', [], request(), 'No other computer is connected. Join one with “depin join LINK”, or start with --bootstrap.'],
    ['nobody who shares', [refused('a', { code: 'sharing-off' })], request(), '1 computer is connected, and none of them shares.'],
  ])('says which requirement failed and by how much: %s', (_, answers, wanted, sentence) => {
    expect(place(answers, wanted).problem).toBe(sentence)
  })

  it('says how many hosts are too few for the copies', () => {
    expect([tooFewHosts(1, 3), tooFewHosts(2, 3)]).toEqual([
      '3 copies need 3 hosts, each one of its own; 1 fits (2 too few).', '3 copies need 3 hosts, each one of its own; 2 fit (1 too few).',
    ])
  })

  it('never chooses a host twice, over the limit, or beyond what is wanted', () => {
    const dollars = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 8 })
    fc.assert(fc.property(dollars, fc.nat(5), fc.integer({ min: 1, max: 20 }), (prices, copies, limit) => {
      const answers = prices.map((price, at) => host(at + 1, `h${at}`, price))
      const { chosen } = place(answers, request({ copies }, { maxPriceMonthMicro: BigInt(limit) * 1_000_000n }))
      expect(new Set(chosen.map((answer) => answer.provider)).size).toBe(chosen.length)
      expect(chosen.length).toBe(Math.min(copies, prices.filter((price) => price <= limit).length))
    }), { numRuns: 30 })
  })
})
