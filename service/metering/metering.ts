import { Cycle, type Disposer } from '../base/index.ts'
import type { WriteHandle } from '../database/index.ts'
import { countUp, newMeter, pickUp } from './meter.ts'
import { createMeterStore, type MeterStore } from './store.sqlite.ts'
import type { Metering, MeteringDeps, MeterPhase, MeterReading, MeterRole, MeterState } from './types.ts'

/** Tck: a power cut loses at most this much of what was measured, ms (PAYMENTS, “Rules”). */
const checkpointIntervalMs = 10_000

export function createMetering(deps: MeteringDeps): Metering {
  return new MeteringPart(deps)
}

interface LiveMeter {
  state: MeterState
  /** False until the world was first seen after the meter was read back. */
  observed: boolean
  dirty: boolean
  /** Connections that are open, with what was counted of each. */
  followed: Set<{ total: () => number, counted: number }>
}

class MeteringPart implements Metering {
  readonly #deps: MeteringDeps
  readonly #store: MeterStore
  readonly #meters = new Map<string, LiveMeter>()
  readonly #cycle: Cycle

  constructor(deps: MeteringDeps) {
    this.#deps = deps
    this.#store = createMeterStore(deps.database)
    this.#cycle = new Cycle({ ...deps, name: 'metering', intervalMs: checkpointIntervalMs, run: () => this.#checkpointAll() })
  }

  start(): void {
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    await this.#cycle.stop()
    await this.#checkpointAll()
  }

  read(leaseId: string, role: MeterRole): MeterReading {
    const meter = this.#meter(leaseId, role)
    countFollowed(meter)
    return meter.observed ? countUp(meter.state, this.#deps.clock) : meter.state
  }

  observe(leaseId: string, phase: MeterPhase, runKey: string): void {
    const meter = this.#meter(leaseId, 'provider')
    const { clock } = this.#deps
    if (meter.observed && meter.state.phase === phase && meter.state.runKey === runKey) return
    meter.state = meter.observed ? { ...countUp(meter.state, clock), phase, runKey } : pickUp(meter.state, phase, runKey, clock)
    meter.observed = true
    meter.dirty = true
    // a change of phase is a fact that a crash must not forget
    this.#deps.database.transaction((tx) => void this.checkpoint(tx, leaseId, 'provider'))
  }

  learn(leaseId: string, phase: MeterPhase, atMonotonicMs: number): void {
    const meter = this.#meter(leaseId, 'provider')
    const { monotonicMs, bootId } = meter.state
    if (meter.observed || bootId !== this.#deps.clock.bootId || atMonotonicMs < monotonicMs) return
    meter.state = { ...countUp(meter.state, { monotonicMs: () => atMonotonicMs, bootId }), phase }
    meter.dirty = true
  }

  isStopped(leaseId: string): boolean {
    return this.#meter(leaseId, 'provider').state.phase === 'stopped'
  }

  followEgress(leaseId: string, role: MeterRole, total: () => number): Disposer {
    const meter = this.#meter(leaseId, role)
    const connection = { total, counted: 0 }
    meter.followed.add(connection)
    return () => {
      countFollowed(meter)
      meter.followed.delete(connection)
    }
  }

  addCpu(leaseId: string, cpuUsedUs: number): void {
    const meter = this.#meter(leaseId, 'provider')
    meter.state = { ...meter.state, cpuUsedUs: meter.state.cpuUsedUs + cpuUsedUs }
    meter.dirty = true
  }

  checkpoint(tx: WriteHandle, leaseId: string, role: MeterRole): MeterReading {
    const meter = this.#meter(leaseId, role)
    countFollowed(meter)
    if (meter.observed) meter.state = countUp(meter.state, this.#deps.clock)
    meter.dirty = false
    this.#store.put(tx, leaseId, role, meter.state)
    return meter.state
  }

  async #checkpointAll(): Promise<void> {
    const active = [...this.#meters].filter(([, meter]) => meter.dirty || meter.followed.size > 0 || (meter.observed && meter.state.phase !== 'stopped'))
    if (active.length === 0) return
    this.#deps.database.transaction((tx) => {
      for (const [key] of active) this.checkpoint(tx, key.slice(key.indexOf('/') + 1), key.slice(0, key.indexOf('/')) as MeterRole)
    })
    return Promise.resolve()
  }

  #meter(leaseId: string, role: MeterRole): LiveMeter {
    const key = `${role}/${leaseId}`
    const known = this.#meters.get(key)
    if (known !== undefined) return known
    const stored = this.#store.get(leaseId, role)
    // nothing but our own counting moves a tenant's meter: it needs no look at the world
    const meter = { state: stored ?? newMeter(this.#deps.clock), observed: stored === undefined || role === 'tenant', dirty: false, followed: new Set() } satisfies LiveMeter
    this.#meters.set(key, meter)
    return meter
  }
}

function countFollowed(meter: LiveMeter): void {
  for (const connection of meter.followed) {
    const total = connection.total()
    if (total <= connection.counted) continue
    meter.state = { ...meter.state, egressBytes: meter.state.egressBytes + total - connection.counted }
    connection.counted = total
    meter.dirty = true
  }
}
