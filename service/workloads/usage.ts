import { type GuestSample, guestUseKeptMs } from '../../contract/nouns/guest.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import type { ContainerEngine, ContainerInfo, ContainerUse, PodInfo } from '../engine/types.ts'
import type { WorkloadDeps } from './types.ts'

/** How often guests are measured, ms. */
const sampleIntervalMs = 10_000
/** Pods are listed again when a guest has come, and otherwise this often, ms. */
const listIntervalMs = 60_000

interface Counted { sentBytes: number, receivedBytes: number }
interface Added extends Counted { cpuUsedUs: number, memoryBytes: number, isTold: boolean }

/**
 * What guests use: processor time for the statement (information, never the bill), and the last hour of each for its owner
 * to look at. Counters are the engine's and the guards'; one that fell belongs to something that was started again.
 */
export class UsageSampler {
  readonly #deps: WorkloadDeps
  readonly #cycle: Cycle
  readonly #cpu = new Map<string, number>()
  readonly #traffic = new Map<string, Counted>()
  readonly #samples = new Map<string, GuestSample[]>()
  readonly #listeners = new Set<() => void>()
  #pods: PodInfo[] = []
  #listedAtMs = Number.NEGATIVE_INFINITY
  #sampledAtMs: number | null = null

  constructor(deps: WorkloadDeps) {
    this.#deps = deps
    this.#cycle = new Cycle({ ...deps, name: 'guest-usage', intervalMs: sampleIntervalMs, run: () => this.#sample() })
  }

  start(): void {
    this.#cycle.start()
  }

  stop(): Promise<void> {
    return this.#cycle.stop()
  }

  /** One whole look. For tests. */
  async settle(): Promise<void> {
    await this.#cycle.runOnce()
  }

  lastHour(leaseId: string): readonly GuestSample[] {
    return this.#samples.get(leaseId) ?? []
  }

  onSample(listener: () => void): Disposer {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async #sample(): Promise<void> {
    const { engine, leases, nodeId, metering } = this.#deps
    const open = new Set(leases.inState('provider', ['running', 'grace', 'suspended']).map(({ leaseId }) => leaseId))
    for (const leaseId of this.#samples.keys()) if (!open.has(leaseId)) this.#samples.delete(leaseId)
    if (engine.status().state !== 'ready' || open.size === 0) return
    const host = engine.require()
    const running = (await host.listContainers(nodeId)).filter((container) => container.state === 'running' && open.has(container.owner.leaseId))
    const [use, traffic] = await Promise.all([host.use(running.map(({ id }) => id)), this.#readTraffic(host, running)])
    const added = this.#add(running, use, traffic)
    for (const [leaseId, { cpuUsedUs }] of added) metering.addCpu(leaseId, Math.round(cpuUsedUs))
    this.#keep(added)
    for (const listener of this.#listeners) listener()
  }

  /** Since the look before, by lease. */
  #add(running: readonly ContainerInfo[], use: ReadonlyMap<string, ContainerUse>, traffic: ReadonlyMap<string, Counted | null>): Map<string, Added> {
    const added = new Map<string, Added>()
    const of = (leaseId: string): Added => {
      const sum = added.get(leaseId) ?? { cpuUsedUs: 0, memoryBytes: 0, sentBytes: 0, receivedBytes: 0, isTold: true }
      added.set(leaseId, sum)
      return sum
    }
    for (const { id, owner } of running) {
      const now = use.get(id)
      if (now === undefined) continue
      const sum = of(owner.leaseId)
      sum.cpuUsedUs += since(this.#cpu.get(id), now.cpuUsedUs)
      sum.memoryBytes += now.memoryBytes
      this.#cpu.set(id, now.cpuUsedUs)
    }
    for (const { id, owner } of this.#pods) {
      const now = traffic.get(id)
      if (now === undefined) continue
      const sum = of(owner.leaseId)
      if (now === null) {
        sum.isTold = false
        continue
      }
      const before = this.#traffic.get(id)
      sum.sentBytes += since(before?.sentBytes, now.sentBytes)
      sum.receivedBytes += since(before?.receivedBytes, now.receivedBytes)
      this.#traffic.set(id, now)
    }
    for (const id of this.#cpu.keys()) if (!use.has(id)) this.#cpu.delete(id)
    for (const id of this.#traffic.keys()) if (!traffic.has(id)) this.#traffic.delete(id)
    return added
  }

  /** Null: its guard did not tell. */
  async #readTraffic(host: ContainerEngine, running: readonly ContainerInfo[]): Promise<Map<string, Counted | null>> {
    const { clock, nodeId, log } = this.#deps
    const has = ({ owner, service }: ContainerInfo): boolean => this.#pods.some((pod) => pod.owner.leaseId === owner.leaseId && pod.service === service)
    if (!running.every(has) || clock.monotonicMs() - this.#listedAtMs > listIntervalMs) {
      this.#pods = (await host.listPods(nodeId)).filter(({ isRunning }) => isRunning)
      this.#listedAtMs = clock.monotonicMs()
    }
    const asked = this.#pods.filter(({ owner }) => running.some((container) => container.owner.leaseId === owner.leaseId))
    return new Map(await Promise.all(asked.map(async ({ id }): Promise<[string, Counted | null]> => {
      try {
        const counters = await host.podCounters(id)
        return [id, { sentBytes: counters.out.bytes, receivedBytes: counters.in.bytes }]
      } catch (error) {
        log.debug('a guard did not tell its counters', { podId: id, error })
        this.#listedAtMs = Number.NEGATIVE_INFINITY
        return [id, null]
      }
    })))
  }

  #keep(added: ReadonlyMap<string, Added>): void {
    const { clock } = this.#deps
    const nowMs = clock.monotonicMs()
    const seconds = this.#sampledAtMs === null ? null : (nowMs - this.#sampledAtMs) / 1000
    this.#sampledAtMs = nowMs
    // the first look after a start has nothing to compare with
    if (seconds === null || seconds <= 0) return
    const atMs = clock.nowMs()
    for (const [leaseId, { cpuUsedUs, memoryBytes, sentBytes, receivedBytes, isTold }] of added) {
      const perSecond = (bytes: number): number | null => isTold ? Math.round(bytes / seconds) : null
      const sample = { atMs, cpuMilli: Math.round(cpuUsedUs / 1000 / seconds), memoryMiB: Math.round(memoryBytes / 1024 ** 2), sentBytesPerS: perSecond(sentBytes), receivedBytesPerS: perSecond(receivedBytes) }
      this.#samples.set(leaseId, [...this.lastHour(leaseId).filter((each) => each.atMs > atMs - guestUseKeptMs), sample])
    }
  }
}

function since(before: number | undefined, now: number): number {
  return before === undefined || now < before ? 0 : now - before
}
