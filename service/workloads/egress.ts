import type { App } from '../../contract/wire/v1/app.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import { ownPublicAddresses } from '../engine/index.ts'
import type { ContainerEngine, PodInfo, PodPolicy } from '../engine/types.ts'
import { decodeApp } from '../market/index.ts'
import { createEgressStore, type EgressStore } from './egress.sqlite.ts'
import { hostResolvers, publicNameServer } from './resolvers.ts'
import type { WorkloadDeps } from './types.ts'

/** Of one service at a time, and how many places it may newly turn to. */
const maxFlows = 512
const newDestinationsPerSecond = 20
/** Of all services together: enough for an app that asks anew for each of 1,000 connections a second. Not less than so many of each. */
const namesPerSecond = { app: 2000, least: 200 }
/** What is left to a guest that is held back: enough to be told apart from one that is dead. */
const heldBack: PodPolicy['caps'] = { rateKbit: 64, maxFlows: 16, newDestinationsPerSecond: 1, namesPerSecond: 100 }
const lookIntervalMs = 10_000
const bytesPerGiB = 1024 ** 3
const activeStates = ['funded', 'running', 'grace', 'suspended'] as const

/**
 * What leases may reach: their tier as it was signed, the owner's limits as they are now, and none of this machine's own
 * addresses. Reads what guests send and receive, and closes their way out when the month's allowance is used up.
 */
export class Egress {
  readonly #deps: WorkloadDeps
  readonly #store: EgressStore
  readonly #cycle: Cycle
  /** What each pod was told last, as text. */
  readonly #told = new Map<string, string>()
  #stopListening: Disposer = () => undefined

  constructor(deps: WorkloadDeps) {
    this.#deps = deps
    this.#store = createEgressStore(deps.database)
    this.#cycle = new Cycle({ ...deps, name: 'guest-egress', intervalMs: lookIntervalMs, run: () => this.#look() })
  }

  start(): void {
    this.#stopListening = this.#deps.abuse.onVerdict(() => this.#cycle.trigger())
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    this.#stopListening()
    await this.#cycle.stop()
  }

  /** One whole look. For tests. */
  async settle(): Promise<void> {
    await this.#cycle.runOnce()
  }

  policy(leaseId: string, app: App): PodPolicy {
    const { rateMbit } = this.#deps.capacity.settings().egress
    const { level } = this.#deps.abuse.verdict(leaseId)
    return {
      egress: this.#isUsedUp() || level === 'stopped' ? { tier: 'none' } : tierOf(app),
      denied: ownPublicAddresses(),
      caps: level === 'fine' ? { rateKbit: rateMbit * 1000, maxFlows, newDestinationsPerSecond, namesPerSecond: namesFor(app) } : heldBack,
    }
  }

  async #look(): Promise<void> {
    const { engine, leases, nodeId } = this.#deps
    if (engine.status().state !== 'ready') return
    const reaching = leases.inState('provider', [...activeStates]).filter((lease) => lease.lease.egress !== 'none')
    if (reaching.length === 0) return
    const host = engine.require()
    const pods = (await host.listPods(nodeId)).filter((pod) => pod.isRunning)
    const apps = new Map(reaching.map(({ leaseId }) => [leaseId, decodeApp(leases.app(leaseId, 'provider'))]))
    const open = pods.filter((pod) => apps.has(pod.owner.leaseId))
    await this.#count(host, open)
    for (const pod of open) {
      const app = apps.get(pod.owner.leaseId)
      if (app !== undefined) await this.#tell(host, pod, app)
    }
    for (const podId of this.#told.keys()) if (!pods.some((pod) => pod.id === podId)) this.#told.delete(podId)
  }

  /** A pod that was started again has its first policy, so when it started is a part of what it was told. */
  async #tell(host: ContainerEngine, pod: PodInfo, app: App): Promise<void> {
    const policy = this.policy(pod.owner.leaseId, app)
    const text = JSON.stringify([pod.startedAtMs, policy])
    if (this.#told.get(pod.id) === text) return
    await host.setPodPolicy(pod.id, policy)
    this.#told.set(pod.id, text)
  }

  async #count(host: ContainerEngine, pods: readonly PodInfo[]): Promise<void> {
    const { database, log } = this.#deps
    const read = await Promise.all(pods.map(async (pod) => {
      try {
        const counters = await host.podCounters(pod.id)
        return [{ podId: pod.id, bytes: counters.in.bytes + counters.out.bytes }]
      } catch (error) {
        log.debug('a guard did not tell its counters', { podId: pod.id, error })
        return []
      }
    }))
    const month = this.#month()
    database.transaction((tx) => {
      for (const { podId, bytes } of read.flat()) this.#store.count(tx, month, podId, bytes)
      this.#store.forgetBut(tx, new Set(pods.map(({ id }) => id)))
    })
    this.#noteLimit(month)
  }

  #noteLimit(month: string): void {
    const { capacity, database, activity } = this.#deps
    const { monthlyGiB } = capacity.settings().egress
    const { isUsedUp } = this.#store.month(month)
    if (monthlyGiB === null || isUsedUp || !this.#isUsedUp()) return
    database.transaction((tx) => {
      this.#store.setUsedUp(tx, month)
      activity.add(tx, { kind: 'egress-used-up', tone: 'attention', params: { monthlyGiB } })
    })
  }

  /** By the owner's limit as it is now: raising it opens the way again. */
  #isUsedUp(): boolean {
    const { monthlyGiB } = this.#deps.capacity.settings().egress
    return monthlyGiB !== null && this.#store.month(this.#month()).bytes >= monthlyGiB * bytesPerGiB
  }

  #month(): string {
    return new Date(this.#deps.clock.nowMs()).toISOString().slice(0, 7)
  }
}

function namesFor({ services }: App): number {
  return Math.max(namesPerSecond.least, Math.floor(namesPerSecond.app / services.length))
}

function tierOf({ egress }: App): PodPolicy['egress'] {
  switch (egress.tier) {
    case 'none': return { tier: 'none' }
    case 'domains': return { tier: 'domains', names: egress.domains, resolvers: hostResolvers() }
    case 'open': return { tier: 'open', dns: publicNameServer }
  }
}
