import { DepinError } from '../../contract/errors.ts'
import { type Evidence, evidenceKeptMs } from '../../contract/nouns/evidence.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import type { ContainerEngine, Counters, PodInfo } from '../engine/index.ts'
import { appTitle, decodeApp } from '../market/index.ts'
import { evidenceOf } from './evidence.ts'
import { addCounts, addDestinations, countedSince, hourMs } from './flows.ts'
import { type AbuseCounts, type AbuseState, innocent, judge, listenIntervalMs, strikeWindowMs } from './judge.ts'
import { createAbuseStore } from './store.sqlite.ts'
import type { Abuse, AbuseDeps, AbuseStore, FlowCounts, FlowDestination, Verdict } from './types.ts'

/** What goes on is seen and held back within two of these, ms. */
const lookIntervalMs = 2_000
/** So many are listened to at a time. */
const listenAtOnce = 4
const bytesPerMiB = 1024 ** 2
/** Pods are listed again when something has changed, and otherwise this often, ms. */
const listIntervalMs = 30_000
/** Guards remember a destination for a minute; what was seen is written this often, ms. */
const saveIntervalMs = 30_000
/** What a guard has counted before it was first seen belongs to now when it has run for no longer than this, ms. */
const newPodMs = 15_000
const nothing: AbuseCounts = { out: 0, scan: 0, worm: 0, mail: 0, flood: 0, pool: 0, logs: 0 }
const openStates = ['funded', 'running', 'grace', 'suspended'] as const

export function createAbuse(deps: AbuseDeps): Abuse {
  return new AbuseWatch(deps)
}

/** One guest that may reach something, as far as this program has seen it. */
interface Watched {
  state: AbuseState
  pods: Map<string, Counters>
  /** Monotonic ms. */
  lookedAtMs: number
  /** Not written yet, by the hour. */
  flows: Map<number, FlowCounts>
  destinations: Map<string, FlowDestination>
}

class AbuseWatch implements Abuse {
  readonly #deps: AbuseDeps
  readonly #store: AbuseStore
  readonly #looking: Cycle
  readonly #listening: Cycle
  readonly #saving: Cycle
  readonly #watched = new Map<string, Watched>()
  readonly #listeners = new Set<(leaseId: string) => void>()
  #pods: PodInfo[] = []
  #listedAtMs = Number.NEGATIVE_INFINITY
  #stopListening: Disposer[] = []
  #stopping = new AbortController()

  constructor(deps: AbuseDeps) {
    this.#deps = deps
    this.#store = createAbuseStore(deps.database)
    this.#looking = new Cycle({ ...deps, name: 'abuse', intervalMs: lookIntervalMs, maxBackoffMs: lookIntervalMs, run: () => this.#look() })
    this.#listening = new Cycle({ ...deps, name: 'guest-output', intervalMs: listenIntervalMs, maxBackoffMs: listenIntervalMs, run: () => this.#listen() })
    this.#saving = new Cycle({ ...deps, name: 'evidence', intervalMs: saveIntervalMs, run: () => this.#save() })
  }

  start(): void {
    this.#stopping = new AbortController()
    const isStale = (): void => { this.#listedAtMs = Number.NEGATIVE_INFINITY }
    this.#stopListening = [this.#deps.bus.subscribe('workload-changed', isStale), this.#deps.bus.subscribe('lease-changed', isStale), this.#deps.engine.onChange(isStale)]
    this.#looking.start()
    this.#listening.start()
    this.#saving.start()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const stop of this.#stopListening) stop()
    await this.#looking.stop()
    await this.#listening.stop()
    await this.#saving.stop()
    this.#write()
  }

  async settle(): Promise<void> {
    this.#listedAtMs = Number.NEGATIVE_INFINITY
    await this.#looking.runOnce()
    await this.#listening.runOnce()
    await this.#saving.runOnce()
  }

  verdict(leaseId: string): Verdict {
    return this.#watched.get(leaseId)?.state.verdict ?? this.#restored(leaseId).verdict
  }

  onVerdict(listener: (leaseId: string) => void): Disposer {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  evidence(leaseId: string): Evidence {
    const { leases, engine, clock } = this.#deps
    const lease = leases.get(leaseId, 'provider')
    if (lease === undefined) throw new DepinError('E_NOT_FOUND', `There is no guest ${leaseId} here.`, { next: 'See “depin guests” for those there are.' })
    this.#write()
    const status = engine.status()
    return evidenceOf({
      lease, app: decodeApp(leases.app(leaseId, 'provider')), platform: status.state === 'ready' ? status : null,
      verdicts: this.#store.verdicts(leaseId), hours: this.#store.hours(leaseId), destinations: this.#store.destinations(leaseId),
    }, clock.nowMs())
  }

  async #look(): Promise<void> {
    const { engine, leases } = this.#deps
    if (engine.status().state !== 'ready') return
    const here = leases.inState('provider', [...openStates])
    for (const leaseId of this.#watched.keys()) if (!here.some((lease) => lease.leaseId === leaseId)) this.#forget(leaseId)
    // of the others only what they print is watched, and whether they have done with it
    const open = new Set(here.filter(({ leaseId, lease }) => lease.egress !== 'none' || this.#watched.has(leaseId)).map(({ leaseId }) => leaseId))
    if (open.size === 0) return
    const host = engine.require()
    await this.#list(host)
    const counted = await Promise.all(this.#pods.filter(({ owner }) => open.has(owner.leaseId)).map(async (pod) => ({ pod, counters: await this.#ask(host, pod) })))
    for (const leaseId of open) this.#judge(leaseId, counted.filter(({ pod }) => pod.owner.leaseId === leaseId))
  }

  /** To what guests print: the engine writes it down on nobody's account, so it is no matter of quotas. */
  async #listen(): Promise<void> {
    const { engine, leases, nodeId, clock, log } = this.#deps
    if (engine.status().state !== 'ready') return
    const host = engine.require()
    const here = new Set(leases.inState('provider', [...openStates]).map(({ leaseId }) => leaseId))
    const waiting = (await host.listContainers(nodeId)).filter(({ state, owner }) => state === 'running' && here.has(owner.leaseId))
    const listenToNext = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { id, owner } = next
        const rate = await host.outputRate(id, this.#stopping.signal).catch((error: unknown) => {
          log.debug('a guest could not be listened to', { containerId: id, error })
          return 0
        })
        const logs = rate * listenIntervalMs / 1000 / bytesPerMiB
        const watched = logs >= 1 ? this.#watchedOf(owner.leaseId) : this.#watched.get(owner.leaseId)
        if (watched !== undefined) this.#apply(owner.leaseId, watched, { ...nothing, logs }, clock.monotonicMs())
      }
    }
    await Promise.all(Array.from({ length: listenAtOnce }, listenToNext))
  }

  async #list(host: ContainerEngine): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs - this.#listedAtMs < listIntervalMs) return
    this.#listedAtMs = nowMs
    this.#pods = (await host.listPods(this.#deps.nodeId)).filter(({ isRunning }) => isRunning)
  }

  async #ask(host: ContainerEngine, { id }: PodInfo): Promise<Counters | null> {
    try {
      return await host.podCounters(id)
    } catch (error) {
      this.#deps.log.debug('a guard did not tell its counters', { podId: id, error })
      this.#listedAtMs = Number.NEGATIVE_INFINITY
      return null
    }
  }

  #judge(leaseId: string, seen: readonly { pod: PodInfo, counters: Counters | null }[]): void {
    const { clock } = this.#deps
    const watched = this.#watchedOf(leaseId)
    let counts: FlowCounts = {}
    for (const { pod, counters } of seen) {
      if (counters === null) continue
      const isCounted = watched.pods.has(pod.id) || clock.nowMs() - (pod.startedAtMs ?? 0) <= newPodMs
      if (isCounted) counts = addCounts(counts, countedSince(watched.pods.get(pod.id), counters))
      watched.pods.set(pod.id, counters)
    }
    for (const podId of watched.pods.keys()) if (!seen.some(({ pod }) => pod.id === podId)) watched.pods.delete(podId)
    const startMs = Math.floor(clock.nowMs() / hourMs) * hourMs
    if (Object.keys(counts).length > 0) watched.flows.set(startMs, addCounts(watched.flows.get(startMs) ?? {}, counts))
    const packets = (name: keyof FlowCounts): number => counts[name]?.packets ?? 0
    this.#apply(leaseId, watched, {
      ...nothing, out: packets('out'), scan: packets('scan'), worm: packets('worm'), mail: packets('mail'), flood: packets('flood'), pool: packets('pool'),
    }, clock.monotonicMs())
  }

  #apply(leaseId: string, watched: Watched, counts: AbuseCounts, nowMs: number): void {
    const after = judge(watched.state, counts, nowMs - watched.lookedAtMs, this.#deps.clock.nowMs())
    watched.lookedAtMs = nowMs
    const isNews = watched.state.verdict.level !== after.verdict.level
    if (isNews) this.#decide(leaseId, after.verdict)
    watched.state = after
    if (isNews) this.#tell(leaseId)
  }

  #tell(leaseId: string): void {
    this.#deps.bus.publish('workload-changed', leaseId)
    for (const listener of this.#listeners) listener(leaseId)
    // where it turned to is known as long as its guards are there
    this.#saving.trigger()
  }

  /** Durable before anybody acts on it. Its end has a line of its own in the activity log, the lease's. */
  #decide(leaseId: string, verdict: Verdict): void {
    const { database, activity, leases, clock, log } = this.#deps
    const params = { app: appTitle(decodeApp(leases.app(leaseId, 'provider'))), leaseId }
    database.transaction((tx) => {
      this.#store.addVerdict(tx, leaseId, clock.nowMs(), verdict)
      if (verdict.level === 'throttled') {
        activity.add(tx, { kind: 'guest-throttled', tone: 'attention', params: { ...params, reason: verdict.reason.code, detail: verdict.reason.detail ?? '' } })
      }
      if (verdict.level === 'fine') activity.add(tx, { kind: 'guest-unthrottled', tone: 'good', params })
    })
    log.info('a guest was judged by what its guards count', { leaseId, level: verdict.level, reason: verdict.level === 'fine' ? null : verdict.reason })
  }

  async #save(): Promise<void> {
    const { engine } = this.#deps
    if (engine.status().state === 'ready') await this.#lookAtDestinations(engine.require())
    this.#write()
    this.#deps.database.transaction((tx) => this.#store.expire(tx, this.#deps.clock.nowMs() - evidenceKeptMs))
  }

  async #lookAtDestinations(host: ContainerEngine): Promise<void> {
    await Promise.all(this.#pods.map(async ({ id, owner }) => {
      const watched = this.#watched.get(owner.leaseId)
      if (watched === undefined) return
      try {
        addDestinations(watched.destinations, await host.podDestinations(id), this.#deps.clock.nowMs())
      } catch (error) {
        this.#deps.log.debug('a guard did not tell where its guest turned to', { podId: id, error })
      }
    }))
  }

  #write(): void {
    const unsaved = [...this.#watched].filter(([, { flows, destinations }]) => flows.size > 0 || destinations.size > 0)
    if (unsaved.length === 0) return
    this.#deps.database.transaction((tx) => {
      for (const [leaseId, { flows, destinations }] of unsaved) {
        for (const [startMs, counts] of flows) this.#store.addFlows(tx, leaseId, startMs, counts)
        if (destinations.size > 0) this.#store.addDestinations(tx, leaseId, [...destinations.values()])
      }
    })
    for (const [, { flows, destinations }] of unsaved) {
      flows.clear()
      destinations.clear()
    }
  }

  #forget(leaseId: string): void {
    this.#write()
    this.#watched.delete(leaseId)
  }

  #watchedOf(leaseId: string): Watched {
    const known = this.#watched.get(leaseId)
    if (known !== undefined) return known
    const watched: Watched = { state: this.#restored(leaseId), pods: new Map(), lookedAtMs: this.#deps.clock.monotonicMs() - lookIntervalMs, flows: new Map(), destinations: new Map() }
    this.#watched.set(leaseId, watched)
    return watched
  }

  /** As it was written: the last verdict, and when it was held back within a day. */
  #restored(leaseId: string): AbuseState {
    const lines = this.#store.verdicts(leaseId)
    const last = lines.at(-1)
    const verdict: Verdict = last === undefined || last.level === 'fine' || last.reason === null ? { level: 'fine' } : { level: last.level, reason: last.reason }
    const oldestMs = this.#deps.clock.nowMs() - strikeWindowMs
    return { ...innocent, verdict, throttledAtMs: lines.filter(({ level, atMs }) => level === 'throttled' && atMs >= oldestMs).map(({ atMs }) => atMs) }
  }
}
