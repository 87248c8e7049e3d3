import type { Reason, ReasonCode } from '../../contract/reasons.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import type { Platform } from '../../contract/wire/v1/records.ts'
import type { Disposer } from '../base/index.ts'
import { sha256 } from '../identity/index.ts'
import { appResources, encodeApp, type HostAnswer, type Order } from '../market/index.ts'
import { place, type PlacementResult } from './placement.ts'
import type { DeploymentDeps, DeploymentRecord, DeploymentStore, ReplicaRecord, ReplicaState } from './types.ts'

/** Once enough hosts have answered well, the others get this much longer, ms. */
const patienceMs = 1_500
/** A host that lost or refused a copy is the last choice for this long, ms. */
const avoidMs = 5 * 60_000
/** A host whose owner sent a copy away is not asked to take one for this long, ms. */
const unwelcomeMs = 60 * 60_000
/** Ends by which an owner said that this app is not welcome. */
const dismissals: readonly ReasonCode[] = ['owner-ended', 'owner-needed-machine']
/** Ends that would be the same on this host, until somebody changes something. */
const refusals: readonly ReasonCode[] = ['image-refused', 'image-platform']
/** Without any host that fits, asked again after this, ms; sooner when a peer appears. */
const askAgainMs = 15_000
/** No budget: more than any lease can cost. */
const unlimitedMicro = 2n ** 62n

type QuoteAnswer = Extract<HostAnswer, { kind: 'quote' }>

export function orderFor(record: Pick<DeploymentRecord, 'app'>): Order {
  return { resources: appResources(record.app), platforms: platformsOf(record.app), isolation: record.app.isolation, egress: record.app.egress.tier }
}

/** Kinds of machines that can run all services; empty: any. */
function platformsOf(app: App): Platform[] {
  const each = app.services.map((service) => service.source?.variants.map((variant) => variant.platform) ?? parsePlatform(service.platform)).filter((platforms) => platforms.length > 0)
  const common = (each[0] ?? []).filter((platform) => each.every((platforms) => platforms.some(({ os, arch }) => os === platform.os && arch === platform.arch)))
  // for none of them there is a host: each is said, and no host takes it
  return common.length > 0 ? common : each.flat()
}

/** What an app is, whatever its deployment is called. */
function keyOf(app: Uint8Array): string {
  return Buffer.from(sha256(app)).toString('base64')
}

/** `linux/arm64/v8` → os and architecture. */
function parsePlatform(platform: string | null): Platform[] {
  const [os, arch] = platform?.split('/') ?? []
  return os === undefined || arch === undefined ? [] : [{ os, arch }]
}

/** Turns waiting copies into leases: asks, chooses, proposes. */
export class Leasing {
  readonly #deps: DeploymentDeps
  readonly #store: DeploymentStore
  /** Until when, monotonic ms. */
  readonly #avoid = new Map<string, number>()
  /** By app and host: an owner who sent one app away has said nothing about others. */
  readonly #dismissed = new Map<string, Map<string, number>>()
  /** By app and host, until somebody asks anew. */
  readonly #refused = new Map<string, Map<string, number>>()

  constructor(deps: DeploymentDeps, store: DeploymentStore) {
    this.#deps = deps
    this.#store = store
  }

  /** This host failed a copy, or sent it away: others are tried for a while. */
  avoid(provider: string, reason: ReasonCode, app: Uint8Array): void {
    const nowMs = this.#deps.clock.monotonicMs()
    const key = keyOf(app)
    if (refusals.includes(reason)) this.#refused.set(key, new Map(this.#refused.get(key)).set(provider, Number.POSITIVE_INFINITY))
    else if (dismissals.includes(reason)) this.#dismissed.set(key, new Map(this.#dismissed.get(key)).set(provider, nowMs + unwelcomeMs))
    else this.#avoid.set(provider, nowMs + avoidMs)
  }

  /** Its renter wants it tried again: what hosts refused, they may accept by now. */
  askAnew(record: Pick<DeploymentRecord, 'app'>): void {
    this.#refused.delete(keyOf(encodeApp(record.app)))
  }

  /** Leases for these waiting copies, as far as there are hosts. `answers`: prices that were asked for a moment ago. */
  async lease(record: DeploymentRecord, replicas: readonly ReplicaRecord[], signal: AbortSignal, answers?: readonly HostAnswer[]): Promise<void> {
    const given = answers ?? await this.gather(record, replicas.length, signal)
    const { chosen, problem } = this.choose(record, replicas.length, given)
    const order = { app: encodeApp(record.app), maxSpendMicro: this.#maxSpendMicro(record, replicas.length) }
    await Promise.all(replicas.map(async (replica, at) => {
      const answer = chosen[at]
      if (answer === undefined) this.#withoutHost(replica, { code: 'no-host', detail: (problem ?? 'Every host that fits has a copy already.').slice(0, 500) })
      else await this.#propose(replica, answer, order)
    }))
  }

  async #propose(replica: ReplicaRecord, answer: QuoteAnswer, order: { app: Uint8Array, maxSpendMicro: bigint }): Promise<void> {
    const { market, rng, clock } = this.#deps
    const { provider } = answer
    const before = replica.state.kind === 'waiting' ? replica.state : { reason: null, failures: 0 }
    const isReplacement = before.reason !== null && before.reason.code !== 'no-host'
    const result = await market.open({
      ...order,
      quote: answer.quote,
      requestId: rng.bytes(16),
      onProposed: (tx, leaseId) => {
        const state: ReplicaState = { kind: 'leased', leaseId, provider, label: answer.offer?.label ?? provider.slice(-8), region: answer.offer?.region ?? null, failures: before.failures }
        this.#store.putReplica(tx, { ...replica, state, sinceMs: clock.nowMs() })
        this.#store.addEvent(tx, replica.deployment, replica.index, {
          atMs: clock.nowMs(), kind: isReplacement ? 'replaced' : 'leased', provider, leaseId, reason: isReplacement ? before.reason : null,
        })
      },
    })
    if (result.kind === 'refused') this.avoid(provider, result.reason.code, order.app)
  }

  choose(record: DeploymentRecord, copies: number, answers: readonly HostAnswer[]): PlacementResult {
    const taken = this.#store.replicas(record.name).flatMap(({ state }) => state.kind === 'leased' && this.#isOpen(state.leaseId) ? [state] : [])
    const key = keyOf(encodeApp(record.app))
    const unwelcome = new Map([...this.#dismissedBy(key), ...[...this.#refused.get(key)?.keys() ?? []].map((provider) => [provider, 'refused this app'] as const)])
    return place(answers, { options: record.placement, resources: appResources(record.app), copies, taken, named: record.providers, avoid: this.#still(this.#avoid), unwelcome })
  }

  /** As an app is placed that is new: what it would cost, and where. */
  preview(record: DeploymentRecord, answers: readonly HostAnswer[]): PlacementResult {
    const { placement, providers: named, app } = record
    return place(answers, { options: placement, resources: appResources(app), copies: placement.copies, taken: [], avoid: this.#still(this.#avoid), unwelcome: this.#dismissedBy(keyOf(encodeApp(app))), named })
  }

  #dismissedBy(key: string): Map<string, string> {
    return new Map([...this.#still(this.#dismissed.get(key) ?? new Map<string, number>())].map((provider) => [provider, 'sent this app away a while ago']))
  }

  #still(until: ReadonlyMap<string, number>): Set<string> {
    const nowMs = this.#deps.clock.monotonicMs()
    return new Set([...until].filter(([, untilMs]) => untilMs > nowMs).map(([provider]) => provider))
  }

  /** Prices of the hosts that are known; when those are too few, of those that a search finds. */
  async gather(record: DeploymentRecord, copies: number, signal: AbortSignal): Promise<HostAnswer[]> {
    const { market } = this.#deps
    if (record.providers.length > 0) return await this.#ask(record, copies, record.providers, signal)
    const known = await market.candidates(signal)
    const answers = await this.#ask(record, copies, known, signal)
    const avoid = this.#still(this.#avoid)
    if (this.choose(record, copies, answers).chosen.filter((answer) => !avoid.has(answer.provider)).length >= copies) return answers
    await market.discover(signal)
    const found = (await market.candidates(signal)).filter((host) => !known.includes(host))
    return [...answers, ...await this.#ask(record, copies, found, signal)]
  }

  /** Once enough hosts have answered well, the slow ones get only a little longer. */
  async #ask(record: DeploymentRecord, copies: number, hosts: readonly string[], signal: AbortSignal): Promise<HostAnswer[]> {
    const { clock, market } = this.#deps
    const answers: HostAnswer[] = []
    const enough = new AbortController()
    let cancel: Disposer | undefined
    for await (const answer of market.ask(orderFor(record), hosts, AbortSignal.any([signal, enough.signal]))) {
      answers.push(answer)
      if (cancel === undefined && this.choose(record, copies, answers).chosen.length >= copies) cancel = clock.after(patienceMs, () => enough.abort())
    }
    cancel?.()
    return answers
  }

  #isOpen(leaseId: string): boolean {
    const phase = this.#deps.market.leases.get(leaseId, 'tenant')?.phase
    return phase !== undefined && !('endedAtMs' in phase)
  }

  /** What each of these copies may cost: an even share of the budget that is left. */
  #maxSpendMicro(record: DeploymentRecord, copies: number): bigint {
    const { budgetMicro } = record.placement
    if (budgetMicro === null) return unlimitedMicro
    let left = budgetMicro
    for (const leaseId of this.#store.leaseIds(record.name)) {
      const lease = this.#deps.market.leases.get(leaseId, 'tenant')
      if (lease === undefined) continue
      left -= this.#isOpen(leaseId) ? lease.lease.maxSpendMicro : this.#deps.ledger.due(leaseId, 'tenant').ackDueMicro
    }
    return left > 0n ? left / BigInt(copies) : 0n
  }

  /** Nobody is left to ask whose answer is not known: the owner must look. An app that has run before has a place that may come back. */
  #withoutHost(replica: ReplicaRecord, noHost: Reason): void {
    const { database, clock, bus, activity } = this.#deps
    const before = replica.state.kind === 'waiting' ? replica.state.reason : null
    const hasRun = this.#store.events(replica.deployment, replica.index).some(({ kind }) => kind === 'running')
    if (before === null || !refusals.includes(before.code) || hasRun) {
      this.#wait(replica, noHost)
      return
    }
    database.transaction((tx) => {
      this.#store.putReplica(tx, { ...replica, state: { kind: 'failed', reason: before }, sinceMs: clock.nowMs() })
      this.#store.addEvent(tx, replica.deployment, replica.index, { atMs: clock.nowMs(), kind: 'failed', provider: null, leaseId: null, reason: before })
      activity.add(tx, { kind: 'app-failed', tone: 'attention', params: { app: replica.deployment, reason: before.code, detail: before.detail ?? '' } })
      database.afterCommit(() => bus.publish('deployment-changed', replica.deployment))
    })
  }

  #wait(replica: ReplicaRecord, reason: Reason): void {
    const { database, clock, bus, activity } = this.#deps
    const failures = replica.state.kind === 'waiting' ? replica.state.failures : 0
    database.transaction((tx) => {
      this.#store.putReplica(tx, { ...replica, state: { kind: 'waiting', reason, failures, notBeforeMs: clock.nowMs() + askAgainMs } })
      const last = this.#store.events(replica.deployment, replica.index).at(-1)
      if (last?.kind !== 'waiting') {
        this.#store.addEvent(tx, replica.deployment, replica.index, { atMs: clock.nowMs(), kind: 'waiting', provider: null, leaseId: null, reason })
        activity.add(tx, { kind: 'app-waiting', tone: 'attention', params: { app: replica.deployment } })
      }
      database.afterCommit(() => bus.publish('deployment-changed', replica.deployment))
    })
  }
}
