import { DepinError } from '../../contract/errors.ts'
import type { LeaseState } from '../../contract/nouns/lease.ts'
import type { Reason } from '../../contract/reasons.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import { closeLeaseProtocol, findLeaseProtocol, offerProtocol, openLeaseProtocol, quoteProtocol, type Refusal } from '../../contract/wire/v1/protocols.ts'
import { egressTiers, type IsolationLevel, isolationLevels, type Lease, type Platform } from '../../contract/wire/v1/records.ts'
import { isMiningPool } from '../engine/index.ts'
import { idOf, sha256, type SignedRecord, verifyRecord } from '../identity/index.ts'
import type { Caller } from '../network/types.ts'
import { appResources, appTitle, decodeApp } from './app.ts'
import { ratesFrom } from '../../contract/pricing.ts'
import type { MarketDeps, Order } from './types.ts'

/** A quote is good for this long, ms: enough to choose, too short to hoard. */
const quoteValidMs = 30_000
const offerValidMs = 300_000
/** Clocks of two machines may differ by this much before a time limit is judged, ms. */
const clockSkewMs = 5 * 60_000

/** The selling side: answers offers, quotes, leases and closes. */
export class Provider {
  readonly #deps: MarketDeps

  constructor(deps: MarketDeps) {
    this.#deps = deps
  }

  register(): void {
    const { network } = this.#deps
    network.handleRequest(offerProtocol, () => {
      const answer = this.offer()
      return answer.offer === null ? { offer: null, why: answer.why } : { offer: answer.offer.signed, why: '' }
    })
    network.handleRequest(quoteProtocol, (order, caller) => {
      const refusal = refusalFor(this.#deps, order)
      if (refusal !== null) return { ok: false as const, refusal }
      return { ok: true as const, quote: quoteFor(this.#deps, order, caller.peerId).signed }
    })
    network.handleRequest(openLeaseProtocol, (input, caller) => this.#open(input, caller))
    network.handleRequest(findLeaseProtocol, (input, caller) => this.#find(input.requestId, caller))
    network.handleRequest(closeLeaseProtocol, (input, caller) => this.#close(input.leaseId, input.reason, caller))
  }

  offer(): { offer: SignedRecord<'offer'> } | { offer: null, why: Refusal['code'] } {
    const { capacity, clock, networkName, signer } = this.#deps
    const refusal = capacity.refusalFor({ cpuMilli: 1, memoryMiB: 1, diskMiB: 0 })
    if (refusal !== null) return { offer: null, why: refusal.code }
    const settings = capacity.settings()
    return {
      offer: signer.sign('offer', {
        network: networkName,
        provider: signer.peerId,
        label: settings.label,
        region: settings.region,
        platform: platformOf(this.#deps),
        available: capacity.available(),
        isolation: isolationOf(this.#deps),
        egress: settings.egress.tier,
        rates: ratesFrom(settings.prices),
        terms: settings.terms,
        rails: ['trust'],
        payout: signer.peerId,
        issuedAtMs: clock.nowMs(),
        validToMs: clock.nowMs() + offerValidMs,
      }),
    }
  }

  /** Verify, reserve, countersign and store in one transaction; only then answer. */
  #open(input: OpenLeaseInput, caller: Caller): OpenLeaseOutput {
    const { leases, signer } = this.#deps
    const signed = verifyRecord('lease', input.lease, caller.peerId)
    const leaseId = idOf(signed.hash)
    const known = leases.byRequest('provider', caller.peerId, input.requestId)
    if (known?.providerSignature != null) return repeatAnswer(known.leaseId, known.providerSignature, leaseId)
    checkAgreement(this.#deps, signed.record, input, caller.peerId)
    const signature = signer.countersign('lease', signed.signed.body)
    const refusal = refusalFor(this.#deps, { ...signed.record, platforms: [] }) ?? this.#deps.images.refusalFor(decodeApp(input.app)) ?? miningRefusal(decodeApp(input.app)) ?? this.#store(signed, signature, input, caller.peerId)
    return refusal === null ? { ok: true, leaseId, signature } : { ok: false, refusal }
  }

  #store(signed: SignedRecord<'lease'>, signature: Uint8Array, input: OpenLeaseInput, tenant: string): Refusal | null {
    const { database, capacity, funding, leases, activity, clock } = this.#deps
    const leaseId = idOf(signed.hash)
    return database.transaction((tx) => {
      const full = capacity.reserve(tx, leaseId, signed.record.resources)
      if (full !== null) return full
      funding.accept(tx, signed.record, input.channel, input.voucher)
      funding.open(tx, 'provider', leaseId, signed.record)
      leases.insert(tx, {
        leaseId, role: 'provider', peerId: tenant, requestId: input.requestId, lease: signed.record, body: signed.signed.body,
        tenantSignature: signed.signed.signature, providerSignature: signature, phase: { state: 'funded' }, createdAtMs: clock.nowMs(),
      }, input.app)
      activity.add(tx, { kind: 'guest-arrived', tone: 'good', params: { app: appTitle(decodeApp(input.app)), leaseId } })
      return null
    })
  }

  #find(requestId: Uint8Array, caller: Caller): { lease: { leaseId: string, signature: Uint8Array } | null } {
    const lease = this.#deps.leases.byRequest('provider', caller.peerId, requestId)
    return { lease: lease?.providerSignature == null ? null : { leaseId: lease.leaseId, signature: lease.providerSignature } }
  }

  #close(leaseId: string, reason: Reason, caller: Caller): { state: LeaseState } {
    const { leases, database } = this.#deps
    const lease = leases.get(leaseId, 'provider')
    if (lease?.peerId !== caller.peerId) throw new DepinError('E_NOT_FOUND', `There is no lease ${leaseId} of yours here.`)
    const after = database.transaction((tx) => leases.apply(tx, leaseId, 'provider', { kind: 'end', reason }))
    return { state: after.phase.state }
  }
}

type OpenLeaseOutput = { ok: true, leaseId: string, signature: Uint8Array } | { ok: false, refusal: Refusal }

interface OpenLeaseInput {
  requestId: Uint8Array
  quote: SignedBytes
  channel: SignedBytes
  lease: SignedBytes
  voucher: SignedBytes
  app: Uint8Array
}

/** The same request opens one lease: asked again, the same answer; asked for something else, a clear no. */
function repeatAnswer(leaseId: string, signature: Uint8Array, askedLeaseId: string): OpenLeaseOutput {
  if (leaseId === askedLeaseId) return { ok: true, leaseId, signature }
  throw new DepinError('E_CONFLICT', 'This request id has already opened another lease.', { next: 'Use a new request id for a new lease.' })
}

/** The lease says exactly what we quoted to this tenant, and the app is the one it names. */
function checkAgreement(deps: MarketDeps, lease: Lease, input: OpenLeaseInput, tenant: string): void {
  const quote = verifyRecord('quote', input.quote, deps.signer.peerId)
  if (quote.record.validToMs < deps.clock.nowMs()) {
    throw new DepinError('E_QUOTE_EXPIRED', 'The price was valid until a moment ago.', { next: 'Ask for a new quote.' })
  }
  const agreed = quote.record.tenant === tenant && lease.tenant === tenant && lease.provider === deps.signer.peerId
    && lease.network === deps.networkName && quote.record.network === deps.networkName
    && sameBytes(lease.quoteHash, quote.hash) && sameBytes(lease.requestId, input.requestId)
    && lease.isolation === quote.record.isolation && lease.egress === quote.record.egress
    && sameRecord(lease.resources, quote.record.resources) && sameRecord(lease.rates, quote.record.rates) && sameRecord(lease.terms, quote.record.terms)
    && Math.abs(lease.createdAtMs - deps.clock.nowMs()) <= clockSkewMs
  if (!agreed) throw new DepinError('E_BAD_INPUT', 'The lease does not say what was quoted.', { next: 'Ask for a new quote; check both clocks.' })
  if (!sameBytes(sha256(input.app), lease.appHash)) throw new DepinError('E_BAD_INPUT', 'The app is not the one the lease names.')
  const app = decodeApp(input.app)
  if (!sameRecord(appResources(app), lease.resources) || app.egress.tier !== lease.egress || isWeaker(lease.isolation, app.isolation)) {
    throw new DepinError('E_BAD_INPUT', 'The app needs something else than the lease pays for.')
  }
}

function quoteFor(deps: MarketDeps, order: Order, tenant: string): SignedRecord<'quote'> {
  const nowMs = deps.clock.nowMs()
  const settings = deps.capacity.settings()
  return deps.signer.sign('quote', {
    network: deps.networkName,
    provider: deps.signer.peerId,
    tenant,
    resources: order.resources,
    isolation: isolationOf(deps),
    egress: order.egress,
    rates: ratesFrom(settings.prices),
    terms: settings.terms,
    payout: deps.signer.peerId,
    issuedAtMs: nowMs,
    validToMs: nowMs + quoteValidMs,
  })
}

function refusalFor(deps: MarketDeps, order: Order): Refusal | null {
  const refusal = deps.capacity.refusalFor(order.resources)
  if (refusal !== null) return refusal
  const mine = platformOf(deps)
  const fits = order.platforms.length === 0 || order.platforms.some((platform) => platform.os === mine.os && platform.arch === mine.arch)
  if (!fits) return { code: 'platform' }
  if (isWeaker(isolationOf(deps), order.isolation)) return { code: 'isolation' }
  return egressTiers.indexOf(order.egress) > egressTiers.indexOf(deps.capacity.settings().egress.tier) ? { code: 'egress' } : null
}

/** What it says it is for is in what it signs: the names it may connect to. */
function miningRefusal({ egress }: App): Refusal | null {
  const pool = egress.tier === 'domains' ? egress.domains.find(isMiningPool) : undefined
  return pool === undefined ? null : { code: 'policy', detail: `${pool} is a mining pool, and nothing is mined here` }
}

function isWeaker(level: IsolationLevel, wanted: IsolationLevel | null): boolean {
  return wanted !== null && isolationLevels.indexOf(level) < isolationLevels.indexOf(wanted)
}

function isolationOf(deps: MarketDeps): IsolationLevel {
  const status = deps.engine.status()
  return status.state === 'ready' ? status.isolation : 'container'
}

function platformOf(deps: MarketDeps): Platform {
  const status = deps.engine.status()
  return status.state === 'ready' ? { os: status.os, arch: status.arch } : { os: 'unknown', arch: 'unknown' }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function sameRecord<T extends object>(a: T, b: T): boolean {
  const keys = Object.keys(a) as (keyof T)[]
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
