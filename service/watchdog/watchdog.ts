import { spawn } from 'node:child_process'
import type { PanicReport } from '../../contract/nouns/panic.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import type { LeaseRecord } from '../market/index.ts'
import { forgetDeeds, readDeeds } from './journal.ts'
import { type LeaseOrders, type Orders, readOrders, writeOrders } from './orders.ts'
import { clearPanic, isPanic, markPanic } from './mark.ts'
import { killEverything } from './panic.ts'
import type { Watchdog, WatchdogDeps } from './types.ts'

/** Orders are written this often while there are leases, ms; at once when a lease changes. */
const intervalMs = 10_000
/** The service itself acts first: the watchdog waits this much longer, ms. */
const marginMs = 15_000
/** A watchdog that could not be started, or found another one in its place, is tried again after this, ms. */
const relaunchMs = 60_000
/** How long a lease that is being closed may take when nobody is there to close it, ms. */
const closingMs = 30_000

/** The service's half: keeps the orders true, and the program that follows them alive. */
export class WatchdogPart implements Watchdog {
  readonly #deps: WatchdogDeps
  readonly #cycle: Cycle
  #stopListening: Disposer[] = []
  #written = ''
  #isLaunched = false
  #launchAtMs = 0

  constructor(deps: WatchdogDeps) {
    this.#deps = deps
    this.#cycle = new Cycle({ ...deps, name: 'watchdog', intervalMs, run: () => this.settle() })
  }

  /** Learns what was done meanwhile, before anybody judges the leases by their meters. */
  start(): void {
    const { dataDir, metering, bus, clock, log } = this.#deps
    for (const deed of readDeeds(dataDir)) {
      log.info('the watchdog acted while the service was away', deed)
      if (deed.bootId === clock.bootId) metering.learn(deed.leaseId, deed.kind === 'frozen' ? 'suspended' : 'stopped', deed.atMonotonicMs)
    }
    forgetDeeds(dataDir)
    if (isPanic(dataDir)) this.#endAll()
    this.#stopListening = (['lease-changed', 'workload-changed'] as const).map((event) => bus.subscribe(event, () => this.#cycle.trigger()))
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    await this.#cycle.stop()
    // guests go on: so do the orders, with the times as they are now
    await this.settle()
  }

  async settle(): Promise<void> {
    const orders = await this.#orders()
    if (orders === null) return
    const text = JSON.stringify(orders)
    if (text !== this.#written && (orders.leases.length > 0 || readOrders(this.#deps.dataDir) !== null)) {
      writeOrders(this.#deps.dataDir, orders)
      this.#written = text
    }
    if (orders.leases.length > 0) this.#launch()
  }

  async stopEverything(): Promise<PanicReport> {
    const { dataDir, clock } = this.#deps
    markPanic(dataDir, clock.nowMs())
    this.#endAll()
    const orders = readOrders(dataDir)
    if (orders === null) return { stopped: 0, left: [], how: 'none', tookMs: 0 }
    return await killEverything(orders, clock)
  }

  /** Nobody comes any more, and nobody stays. What is left of them in the engine is removed as ever. */
  #endAll(): void {
    const { capacity, leases, database, dataDir } = this.#deps
    capacity.change({ on: false })
    database.transaction((tx) => {
      for (const { leaseId } of leases.inState('provider', ['funded', 'running', 'grace', 'suspended'])) {
        leases.apply(tx, leaseId, 'provider', { kind: 'end', reason: { code: 'owner-ended', detail: 'The owner stopped everything on this computer.' } })
      }
    })
    clearPanic(dataDir)
  }

  /** Null while the engine is away: what was known of it last stays good. */
  async #orders(): Promise<Orders | null> {
    const { engine, leases, ledger, clock, nodeId, program } = this.#deps
    const status = engine.status()
    if (status.state !== 'ready') return null
    const open = leases.inState('provider', ['funded', 'running', 'grace', 'suspended', 'terminated'])
    const containers = open.length === 0 ? [] : await engine.require().listContainers(nodeId)
    const held = new Set(containers.map((container) => container.owner.leaseId))
    const unpaidInMs = ledger.unpaidInMs()
    return {
      version: 1,
      program: programName(program),
      node: nodeId,
      engine: status.socket,
      bootId: clock.bootId,
      leases: open.filter((lease) => lease.phase.state !== 'terminated' || held.has(lease.leaseId)).map((lease) => this.#ordersFor(lease, unpaidInMs(lease.leaseId))),
      containerIds: containers.map((container) => container.id),
    }
  }

  #ordersFor(lease: LeaseRecord, inMs: number | null): LeaseOrders {
    const nowMs = this.#deps.clock.monotonicMs()
    const { terms } = lease.lease
    if (lease.phase.state === 'terminated') return { leaseId: lease.leaseId, freezeAtMs: null, endAtMs: nowMs + closingMs }
    const unpaidInMs = inMs ?? (lease.phase.state === 'funded' ? terms.prepaidMs + terms.graceMs : null)
    const freezeAtMs = unpaidInMs === null ? null : Math.round(nowMs + Math.max(0, unpaidInMs)) + marginMs
    return { leaseId: lease.leaseId, freezeAtMs, endAtMs: (freezeAtMs ?? nowMs) + terms.retentionMs + marginMs }
  }

  /** One that a service before this one started may still be there: then ours ends itself, and is tried again later. */
  #launch(): void {
    const { program, dataDir, log, clock } = this.#deps
    const [command, ...args] = program ?? []
    if (command === undefined || this.#isLaunched || clock.monotonicMs() < this.#launchAtMs) return
    this.#isLaunched = true
    this.#launchAtMs = clock.monotonicMs() + relaunchMs
    const child = spawn(command, [...args, dataDir, programName(program)], { detached: true, stdio: 'ignore', windowsHide: true })
    child.once('error', (error) => {
      this.#isLaunched = false
      log.warn('the watchdog cannot be started', { error })
    })
    child.once('exit', () => { this.#isLaunched = false })
    child.unref()
  }
}

/** Tells programs apart: an update brings another path or version. */
export function programName(program: readonly string[] | null): string {
  return program?.join(' ') ?? ''
}
