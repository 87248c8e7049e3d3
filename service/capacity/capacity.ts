import { DepinError } from '../../contract/errors.ts'
import type { ResourceSample, ShareSettings, ShareSettingsPatch, ShareStatus, SharingState } from '../../contract/nouns/node.ts'
import type { Hold, HoldCause, OwnerTarget, Signals, SignalsPush, Yielding } from '../../contract/nouns/owner.ts'
import { formatSizeMiB, type Resources } from '../../contract/units.ts'
import type { Refusal } from '../../contract/wire/v1/protocols.ts'
import type { ActivityLog, NewActivity } from '../activity/index.ts'
import { type BaseDeps, Cycle, type Disposer, type EventBus, type ServiceEvents } from '../base/index.ts'
import type { Database, ReadHandle, WriteHandle } from '../database/index.ts'
import type { EngineHost } from '../engine/types.ts'
import { defaultSettings, type Inventory, machineResources } from './inventory.ts'
import { OwnerWatch } from './owner.ts'
import { available, refusalFor, sharingState, tooSmall } from './policy/sharing.ts'
import { createSampler, measureGuests } from './sampler.ts'
import { createCapacityStore } from './store.sqlite.ts'
import { mergeSettings } from './settings.ts'
import type { Capacity, CapacityStore, SharingFacts, SignalReader } from './types.ts'

export interface CapacityDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  activity: ActivityLog
  engine: EngineHost
  inventory: Inventory
  signals: SignalReader
  /** Peer id of this node: its containers carry it. */
  nodeId: string
}

/** How often the free disk and the signals of the operating system are looked at, ms. */
const watchIntervalMs = 5_000
/** How often it is measured what guests have written: until then it counts as not written, so there is no hurry. Ms. */
const writtenIntervalMs = 60_000

export function createCapacity(deps: CapacityDeps): Capacity {
  return new CapacityPart(deps)
}

class CapacityPart implements Capacity {
  readonly #deps: CapacityDeps
  readonly #store: CapacityStore
  readonly #cycle: Cycle
  readonly #sample: ReturnType<typeof createSampler>
  readonly #owner: OwnerWatch
  #settings: ShareSettings
  #isDecided: boolean
  /** What each lease's volumes held at the last look, MiB. */
  #written: ReadonlyMap<string, number> = new Map()
  #writtenAtMs = Number.NEGATIVE_INFINITY
  #readySinceMs: number
  #lastSeen = { state: '', told: '' }
  #stopListening: Disposer | undefined
  #cancelWake: Disposer = () => undefined

  constructor(deps: CapacityDeps) {
    this.#deps = deps
    this.#store = createCapacityStore(deps.database)
    this.#sample = createSampler(deps)
    this.#owner = new OwnerWatch({ ...deps, store: this.#store })
    const stored = this.#store.readSettings()
    this.#isDecided = stored !== undefined
    this.#settings = stored ?? defaultSettings(deps.inventory)
    this.#readySinceMs = deps.clock.nowMs()
    this.#cycle = new Cycle({ ...deps, name: 'capacity', intervalMs: watchIntervalMs, run: () => this.#watch() })
  }

  async start(): Promise<void> {
    this.#stopListening = this.#deps.engine.onChange(() => {
      this.#noticeChange()
      this.#cycle.trigger()
    })
    await this.#watch()
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    this.#stopListening?.()
    this.#cancelWake()
    await this.#cycle.stop()
  }

  settings(): ShareSettings {
    return this.#settings
  }

  isDecided(): boolean {
    return this.#isDecided
  }

  change(patch: ShareSettingsPatch): ShareSettings {
    const { database, activity, bus, inventory } = this.#deps
    const next = mergeSettings(this.#settings, patch)
    assertFits(next.limits, machineResources(inventory))
    database.transaction((tx) => {
      this.#store.writeSettings(tx, next)
      if (this.#settings.on !== next.on) activity.add(tx, { kind: next.on ? 'sharing-on' : 'sharing-off', tone: 'info', params: {} })
    })
    this.#settings = next
    this.#isDecided = true
    this.#noticeChange()
    bus.publish('sharing-changed', null)
    return next
  }

  anyway(): HoldCause[] {
    const causes = this.#owner.lift(this.#settings)
    for (const cause of causes) this.#note({ kind: 'sharing-anyway', tone: 'info', params: { cause } })
    this.#noticeChange()
    return causes
  }

  notAnyway(causes: readonly HoldCause[]): void {
    this.#owner.unlift(this.#settings, causes)
    this.#noticeChange()
  }

  pushSignals(push: SignalsPush): Signals {
    this.#owner.board.push(push, this.#deps.clock.nowMs())
    this.#noticeChange()
    return this.#owner.signals()
  }

  target(): OwnerTarget {
    return this.#owner.decision(this.#settings).target
  }

  status(): ShareStatus {
    const facts = this.#facts()
    return {
      settings: facts.settings,
      state: sharingState(facts),
      machine: this.machine(),
      reserved: facts.reserved,
      available: available(facts),
      owner: { target: facts.owner.target, holds: [...facts.owner.holds], signals: this.#owner.signals(), yielding: this.#yielding() },
    }
  }

  #yielding(): Yielding | null {
    const { engine } = this.#deps
    return engine.status().state === 'ready' ? engine.require().yielding : null
  }

  state(): SharingState {
    return sharingState(this.#facts())
  }

  machine(): Resources {
    return machineResources(this.#deps.inventory)
  }

  available(): Resources {
    return available(this.#facts())
  }

  refusalFor(need: Resources): Refusal | null {
    return refusalFor(this.#facts(), need)
  }

  reserve(tx: WriteHandle, leaseId: string, need: Resources): Refusal | null {
    // the sum is read inside the transaction that adds to it: no interleaving can promise the same thing twice
    const refusal = tooSmall(available(this.#facts(tx)), need)
    if (refusal === null) this.#store.put(tx, leaseId, need)
    this.#publishAfterCommit()
    return refusal
  }

  release(tx: WriteHandle, leaseId: string): void {
    this.#store.remove(tx, leaseId)
    this.#publishAfterCommit()
  }

  reservedLeaseIds(): string[] {
    return this.#store.leaseIds()
  }

  sample(): Promise<ResourceSample> {
    return this.#sample(this.#settings.limits, this.#store.reserved(this.#deps.database.read).total)
  }

  #facts(handle: ReadHandle = this.#deps.database.read): SharingFacts {
    const { total, leases } = this.#store.reserved(handle)
    return {
      nowMs: this.#deps.clock.nowMs(),
      settings: this.#settings,
      engine: this.#deps.engine.status(),
      readySinceMs: this.#readySinceMs,
      freeDiskMiB: this.#owner.freeDiskMiB,
      unwrittenDiskMiB: this.#unwrittenMiB(total.diskMiB),
      owner: this.#owner.decision(this.#settings),
      reserved: total,
      guests: leases,
    }
  }

  async #watch(): Promise<void> {
    const { engine, inventory, signals, clock } = this.#deps
    this.#owner.board.setSystem(await signals.read(await this.#guestCpuUs()), clock.nowMs())
    this.#noticeChange()
    this.#owner.freeDiskMiB = (engine.status().state === 'ready' ? await engine.require().freeDiskMiB() : null) ?? inventory.disk().freeMiB
    await this.#lookAtWritten()
    this.#noticeChange()
  }

  /** What is promised to leases and not on the disk yet: it looks free, and is not. What is written is never taken for more than was measured. */
  #unwrittenMiB(reservedMiB: number): number {
    const written = this.#store.leaseIds().reduce((sum, leaseId) => sum + (this.#written.get(leaseId) ?? 0), 0)
    return Math.max(0, reservedMiB - written)
  }

  async #lookAtWritten(): Promise<void> {
    const { engine, clock, nodeId, log } = this.#deps
    if (engine.status().state !== 'ready' || this.#store.leaseIds().length === 0 || clock.monotonicMs() - this.#writtenAtMs < writtenIntervalMs) return
    this.#writtenAtMs = clock.monotonicMs()
    try {
      this.#written = new Map([...await engine.require().diskUse(nodeId)].map(([leaseId, { usedBytes }]) => [leaseId, Math.floor(usedBytes / 1024 ** 2)]))
    } catch (error) {
      log.debug('what guests have written could not be measured', { error })
    }
  }

  /** What all guests have used; measured only for the rule that asks for it. Null: not measured. */
  async #guestCpuUs(): Promise<number | null> {
    if (this.#settings.rules.busy.allow === 100) return null
    const use = await measureGuests(this.#deps).catch(() => null)
    return use === null ? null : [...use.values()].reduce((sum, { cpuUsedUs }) => sum + cpuUsedUs, 0)
  }

  /** Looks at what holds now; publishes it, and writes a line, when it is something else than before. */
  #noticeChange(): void {
    const { holds, target } = this.#owner.look(this.#settings)
    const before = this.#lastSeen
    const state = this.state()
    this.#lastSeen = { state: stateKey(state), told: JSON.stringify([state, target, holds]) }
    this.#wakeAtEndOf(holds)
    if (before.told === this.#lastSeen.told) return
    if (before.state !== this.#lastSeen.state) this.#tell(before.state, state)
    this.#deps.bus.publish('sharing-changed', null)
  }

  #tell(before: string, state: SharingState): void {
    if (!isSharing(before) && isSharing(state.kind)) this.#readySinceMs = this.#deps.clock.nowMs()
    const wasAway = before === 'engine-stopped' || before === 'engine-missing' || before === 'engine-forbidden'
    if (state.kind === 'engine-stopped' || state.kind === 'engine-missing' || state.kind === 'engine-forbidden') this.#note({ kind: state.kind, tone: 'problem', params: {} })
    else if (wasAway) this.#note({ kind: 'engine-ready', tone: 'good', params: {} })
    if (state.kind === 'disk-full') this.#note({ kind: 'disk-low', tone: 'problem', params: { freeMiB: state.freeMiB } })
    if (state.kind === 'paused') this.#note({ kind: 'sharing-paused', tone: 'info', params: { cause: state.cause, ...state.untilMs !== null && { untilMs: state.untilMs } } })
    else if (before.startsWith('paused') && this.#settings.on) this.#note({ kind: 'sharing-resumed', tone: 'good', params: {} })
  }

  /** The next end that is known may be nearer than the next look. */
  #wakeAtEndOf(holds: readonly Hold[]): void {
    this.#cancelWake()
    const nowMs = this.#deps.clock.nowMs()
    const nextMs = Math.min(...holds.map((hold) => hold.untilMs ?? Infinity))
    this.#cancelWake = nextMs === Infinity ? () => undefined : this.#deps.clock.after(nextMs - nowMs, () => this.#noticeChange())
  }

  #note(item: NewActivity): void {
    this.#deps.database.transaction((tx) => this.#deps.activity.add(tx, item))
  }

  #publishAfterCommit(): void {
    const { database, bus } = this.#deps
    database.afterCommit(() => {
      bus.publish('capacity-changed', null)
      bus.publish('sharing-changed', null)
    })
  }
}

function isSharing(kind: string): boolean {
  return kind === 'ready' || kind === 'sharing'
}

/** Another cause of a pause is another state to whoever reads the log. */
function stateKey(state: SharingState): string {
  return state.kind === 'paused' ? `paused ${state.cause}` : state.kind
}

function assertFits(limits: Resources, machine: Resources): void {
  const refusal = tooSmall(machine, limits)
  if (refusal === null) return
  const amount = (value = 0): string => refusal.code === 'cpu' ? `${value / 1000} ${value === 1000 ? 'core' : 'cores'}` : `${formatSizeMiB(value)} of ${refusal.code}`
  throw new DepinError('E_BAD_INPUT', `This computer has ${amount(refusal.have)}, less than the ${amount(refusal.need)} you want to share.`, {
    next: 'Share at most what the computer has.', details: { ...refusal },
  })
}
