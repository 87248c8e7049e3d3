import { DepinError, type ErrorCode, toErrorReport } from '../../contract/errors.ts'
import type { Reason, ReasonCode } from '../../contract/reasons.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import { closeLeaseProtocol, findLeaseProtocol, openLeaseProtocol, quoteProtocol, type Refusal } from '../../contract/wire/v1/protocols.ts'
import { isolationLevels, type Quote } from '../../contract/wire/v1/records.ts'
import { AsyncQueue } from '../base/index.ts'
import { idOf, sha256, verifyRecord, verifySignature } from '../identity/index.ts'
import type { OfferBook } from './offers.ts'
import { runCostMicro } from '../../contract/pricing.ts'
import { formatSizeMiB } from '../../contract/units.ts'
import type { HostAnswer, LeaseRecord, MarketDeps, NewLease, OpenResult, Order } from './types.ts'

/** No more hosts than this are asked for one order. */
const maxAsked = 64

/** After these the provider may or may not have opened the lease: only it can tell. */
const unknownOutcome: readonly ErrorCode[] = ['E_DEADLINE', 'E_PEER_UNREACHABLE', 'E_PEER_MISBEHAVED', 'E_INTERNAL']

/** The renting side: asks for prices, proposes leases, closes them. */
export class Tenant {
  readonly #deps: MarketDeps
  readonly #book: OfferBook

  constructor(deps: MarketDeps, book: OfferBook) {
    this.#deps = deps
    this.#book = book
  }

  async* ask(order: Order, providers: readonly string[], signal?: AbortSignal): AsyncGenerator<HostAnswer> {
    const asked = [...new Set(providers)].slice(0, maxAsked)
    const answers = new AsyncQueue<HostAnswer>(maxAsked)
    let open = asked.length
    if (open === 0) return
    for (const provider of asked) {
      void this.#askOne(provider, order, signal).then((answer) => {
        answers.push(answer)
        if (--open === 0) answers.end()
      })
    }
    yield* answers
  }

  async open(request: NewLease): Promise<OpenResult> {
    const { lease, channel, voucher } = this.#propose(request)
    const { leases, network, database } = this.#deps
    try {
      const answer = await network.request(lease.peerId, openLeaseProtocol, {
        requestId: lease.requestId,
        quote: request.quote.signed,
        channel,
        lease: { body: lease.body, signature: lease.tenantSignature },
        voucher,
        app: request.app,
      })
      return answer.ok ? this.#countersigned(lease, answer) : this.#refused(lease, describeRefusal(answer.refusal), refusalReasons[answer.refusal.code])
    } catch (error) {
      const { code, message } = toErrorReport(error)
      if (!unknownOutcome.includes(code)) return this.#refused(lease, message)
      return { kind: 'unknown', lease: database.transaction((tx) => leases.get(lease.leaseId, 'tenant', tx) ?? lease) }
    }
  }

  async settle(lease: LeaseRecord): Promise<OpenResult> {
    if (lease.phase.state !== 'proposed') return { kind: 'opened', lease }
    const found = await this.#deps.network.request(lease.peerId, findLeaseProtocol, { requestId: lease.requestId })
    return found.lease === null ? this.#refused(lease, 'It did not take the order.') : this.#countersigned(lease, found.lease)
  }

  /** Tells the provider that we ended it. True when it knows. */
  async sendClose(lease: LeaseRecord): Promise<boolean> {
    if (!('reason' in lease.phase)) return false
    try {
      await this.#deps.network.request(lease.peerId, closeLeaseProtocol, { leaseId: lease.leaseId, reason: lease.phase.reason })
      return true
    } catch (error) {
      if (error instanceof DepinError && error.code === 'E_NOT_FOUND') return true
      this.#deps.log.info('close not delivered yet', { leaseId: lease.leaseId, error })
      return false
    }
  }

  async #askOne(provider: string, order: Order, signal?: AbortSignal): Promise<HostAnswer> {
    const options = signal === undefined ? {} : { signal }
    try {
      const [reply, early] = await Promise.all([
        this.#deps.network.request(provider, quoteProtocol, order, options),
        this.#book.lookUp(provider, options),
      ])
      // a host that has just begun to share sells nothing until it is proven, which its quote has waited for
      const known = early ?? await this.#book.lookUp(provider, options)
      const base = { provider, offer: known?.offer ?? null, roundTripMs: known?.roundTripMs ?? null }
      if (!reply.ok) return { kind: 'refused', ...base, refusal: reply.refusal }
      const quote = verifyRecord('quote', reply.quote, provider)
      this.#assertAnswersOrder(quote.record, provider, order)
      return { kind: 'quote', ...base, quote }
    } catch (error) {
      return { kind: 'silent', provider, message: toErrorReport(error).message, offer: this.#book.get(provider)?.offer ?? null }
    }
  }

  #assertAnswersOrder(quote: Quote, provider: string, order: Order): void {
    const { signer, networkName } = this.#deps
    const { cpuMilli, memoryMiB, diskMiB } = order.resources
    const isEnough = order.isolation === null || isolationLevels.indexOf(quote.isolation) >= isolationLevels.indexOf(order.isolation)
    const fits = quote.provider === provider && quote.tenant === signer.peerId && quote.network === networkName
      && quote.resources.cpuMilli === cpuMilli && quote.resources.memoryMiB === memoryMiB && quote.resources.diskMiB === diskMiB
      && isEnough && quote.egress === order.egress
    if (!fits) throw new DepinError('E_PEER_MISBEHAVED', 'Its price is for something else than what was asked.')
  }

  /** Lease, channel and voucher are stored before anything is sent. */
  #propose(request: NewLease): { lease: LeaseRecord, channel: SignedBytes, voucher: SignedBytes } {
    const { database, funding, signer, leases, clock, networkName } = this.#deps
    const { provider, rates, resources, isolation, egress, terms, payout } = request.quote.record
    return database.transaction((tx) => {
      const funds = funding.prepare(tx, provider, payout, runCostMicro(rates, resources, terms.prepaidMs))
      const signed = signer.sign('lease', {
        network: networkName,
        requestId: request.requestId,
        quoteHash: request.quote.hash,
        provider,
        tenant: signer.peerId,
        resources,
        isolation,
        egress,
        rates,
        terms,
        channelId: funds.channelId,
        appHash: sha256(request.app),
        maxSpendMicro: request.maxSpendMicro,
        createdAtMs: clock.nowMs(),
      })
      const leaseId = idOf(signed.hash)
      const lease: LeaseRecord = {
        leaseId, role: 'tenant', peerId: provider, requestId: request.requestId, lease: signed.record, body: signed.signed.body,
        tenantSignature: signed.signed.signature, providerSignature: null, phase: { state: 'proposed' },
        sinceMs: clock.nowMs(), createdAtMs: clock.nowMs(),
      }
      leases.insert(tx, lease, request.app)
      funding.open(tx, 'tenant', leaseId, signed.record)
      request.onProposed?.(tx, leaseId)
      return { lease, channel: funds.channel, voucher: funds.voucher }
    })
  }

  #countersigned(lease: LeaseRecord, answer: { leaseId: string, signature: Uint8Array }): OpenResult {
    if (answer.leaseId !== lease.leaseId || !verifySignature('lease', lease.body, answer.signature, lease.peerId)) {
      return this.#refused(lease, 'It did not sign the lease we proposed.')
    }
    return { kind: 'opened', lease: this.#deps.database.transaction((tx) => this.#deps.leases.apply(tx, lease.leaseId, 'tenant', { kind: 'countersigned', signature: answer.signature })) }
  }

  #refused(lease: LeaseRecord, detail: string, code: ReasonCode = 'rejected'): OpenResult {
    const reason: Reason = { code, detail: detail.slice(0, 500) }
    const after = this.#deps.database.transaction((tx) => this.#deps.leases.apply(tx, lease.leaseId, 'tenant', { kind: 'end', reason }))
    return { kind: 'refused', lease: after, reason }
  }
}

/** What would be refused again, whenever this host is asked. */
const refusalReasons: Partial<Record<Refusal['code'], ReasonCode>> = { policy: 'image-refused', platform: 'image-platform' }

/** A refusal as a sentence with its numbers. */
export function describeRefusal(refusal: Refusal): string {
  const { need = 0, have = 0 } = refusal
  switch (refusal.code) {
    case 'cpu': return `needs ${cores(need)}, ${cores(have)} free (${cores(need - have)} short)`
    case 'memory': return `needs ${formatSizeMiB(need)} of memory, ${formatSizeMiB(have)} free (${formatSizeMiB(need - have)} short)`
    case 'disk': return `needs ${formatSizeMiB(need)} of disk, ${formatSizeMiB(have)} free (${formatSizeMiB(need - have)} short)`
    case 'sharing-off': return 'is not sharing'
    case 'paused': return 'has paused sharing'
    case 'engine': return 'has no running engine'
    case 'disk-full': return 'its disk is nearly full'
    case 'platform': return 'has another kind of processor'
    case 'isolation': return 'keeps guests less far apart than the app wants'
    case 'egress': return 'does not let guests reach as much of the internet as the app wants'
    case 'network': return 'is in another network'
    case 'policy': return refusal.detail === undefined ? 'does not accept this kind of app' : `does not accept it: ${refusal.detail}`
    case 'busy': return 'is busy now'
  }
}

function cores(milli: number): string {
  return `${milli / 1000} ${milli === 1000 ? 'core' : 'cores'}`
}
