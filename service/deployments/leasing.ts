import type { Reason } from '../../contract/reasons.ts'
import type { Platform } from '../../contract/wire/v1/records.ts'
import type { Resources } from '../../contract/units.ts'
import type { Disposer } from '../base/index.ts'
import { appResources, encodeApp, type HostAnswer, type Order } from '../market/index.ts'
import { place, type PlacementResult } from './placement.ts'
import type { DeploymentDeps, DeploymentRecord, DeploymentStore, ReplicaRecord, ReplicaState } from './types.ts'

/** Once enough hosts have answered well, the others get this much longer, ms. */
const patienceMs = 1_500
/** A host that lost or refused a copy is the last choice for this long, ms. */
const avoidMs = 5 * 60_000
/** Without any host that fits, asked again after this, ms; sooner when a peer appears. */
const askAgainMs = 15_000
/** No budget: more than any lease can cost. */
const unlimitedMicro = 2n ** 62n

type QuoteAnswer = Extract<HostAnswer, { kind: 'quote' }>

export function orderFor(record: Pick<DeploymentRecord, 'app'>): Order {
  const platforms = record.app.services.flatMap((service) => parsePlatform(service.platform))
  return { resources: appResources(record.app), platforms }
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
  readonly #avoid = new Map<string, number>()

  constructor(deps: DeploymentDeps, store: DeploymentStore) {
    this.#deps = deps
    this.#store = store
  }

  /** This host failed a copy: others are tried first for a while. */
  avoid(provider: string): void {
    this.#avoid.set(provider, this.#deps.clock.monotonicMs() + avoidMs)
  }

  /** Leases for these waiting copies, as far as there are hosts. `answers`: prices that were asked for a moment ago. */
  async lease(record: DeploymentRecord, replicas: readonly ReplicaRecord[], signal: AbortSignal, answers?: readonly HostAnswer[]): Promise<void> {
    const given = answers ?? await this.gather(record, replicas.length, signal)
    const { chosen, problem } = this.choose(record, replicas.length, given)
    const order = { app: encodeApp(record.app), maxSpendMicro: this.#maxSpendMicro(record, replicas.length) }
    await Promise.all(replicas.map(async (replica, at) => {
      const answer = chosen[at]
      if (answer === undefined) this.#wait(replica, { code: 'no-host', detail: (problem ?? 'Every host that fits has a copy already.').slice(0, 500) })
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
    if (result.kind === 'refused') this.avoid(provider)
  }

  choose(record: DeploymentRecord, copies: number, answers: readonly HostAnswer[]): PlacementResult {
    const taken = this.#store.replicas(record.name).flatMap(({ state }) => state.kind === 'leased' && this.#isOpen(state.leaseId) ? [state] : [])
    const nowMs = this.#deps.clock.monotonicMs()
    const avoid = new Set([...this.#avoid].filter(([, untilMs]) => untilMs > nowMs).map(([provider]) => provider))
    return place(answers, { options: record.placement, resources: this.resources(record), copies, taken, avoid, named: record.providers })
  }

  resources(record: Pick<DeploymentRecord, 'app'>): Resources {
    return appResources(record.app)
  }

  /** Prices of all hosts; of the slow ones only while there are too few good ones. */
  async gather(record: DeploymentRecord, copies: number, signal: AbortSignal): Promise<HostAnswer[]> {
    const { clock, market } = this.#deps
    const answers: HostAnswer[] = []
    const enough = new AbortController()
    let cancel: Disposer | undefined
    const hosts = record.providers.length > 0 ? record.providers : await market.candidates(signal)
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

  #wait(replica: ReplicaRecord, reason: Reason): void {
    const { database, clock, bus } = this.#deps
    const failures = replica.state.kind === 'waiting' ? replica.state.failures : 0
    database.transaction((tx) => {
      this.#store.putReplica(tx, { ...replica, state: { kind: 'waiting', reason, failures, notBeforeMs: clock.nowMs() + askAgainMs } })
      const last = this.#store.events(replica.deployment, replica.index).at(-1)
      if (last?.kind !== 'waiting') this.#store.addEvent(tx, replica.deployment, replica.index, { atMs: clock.nowMs(), kind: 'waiting', provider: null, leaseId: null, reason })
      database.afterCommit(() => bus.publish('deployment-changed', replica.deployment))
    })
  }
}
