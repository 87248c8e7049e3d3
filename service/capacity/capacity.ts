import { DepinError } from '../../contract/errors.ts'
import type { ResourceSample, ShareSettings, ShareSettingsPatch, ShareStatus, SharingState } from '../../contract/nouns/node.ts'
import type { Resources } from '../../contract/units.ts'
import type { Refusal } from '../../contract/wire/v1/protocols.ts'
import type { ActivityLog, NewActivity } from '../activity/index.ts'
import { type BaseDeps, Cycle, type Disposer, type EventBus, type ServiceEvents } from '../base/index.ts'
import type { Database, ReadHandle, WriteHandle } from '../database/index.ts'
import type { EngineHost } from '../engine/types.ts'
import { defaultSettings, type Inventory, machineResources } from './inventory.ts'
import { available, refusalFor, sharingState, tooSmall } from './policy.ts'
import { createSampler } from './sampler.ts'
import { createCapacityStore } from './store.sqlite.ts'
import type { Capacity, CapacityStore, SharingFacts } from './types.ts'

export interface CapacityDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  activity: ActivityLog
  engine: EngineHost
  inventory: Inventory
  /** Peer id of this node: its containers carry it. */
  nodeId: string
}

/** How often the free disk and the end of a pause are looked at, ms. */
const watchIntervalMs = 10_000

export function createCapacity(deps: CapacityDeps): Capacity {
  return new CapacityPart(deps)
}

class CapacityPart implements Capacity {
  readonly #deps: CapacityDeps
  readonly #store: CapacityStore
  readonly #cycle: Cycle
  readonly #sample: ReturnType<typeof createSampler>
  #settings: ShareSettings
  #freeDiskMiB: number | null = null
  #readySinceMs: number
  #lastKind = ''
  #stopListening: Disposer | undefined

  constructor(deps: CapacityDeps) {
    this.#deps = deps
    this.#store = createCapacityStore(deps.database)
    this.#sample = createSampler(deps)
    this.#settings = this.#store.readSettings() ?? defaultSettings(deps.inventory)
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
    await this.#cycle.stop()
  }

  settings(): ShareSettings {
    return this.#settings
  }

  change(patch: ShareSettingsPatch): ShareSettings {
    const { database, activity, bus, clock, inventory } = this.#deps
    const next = merge(this.#settings, patch)
    assertFits(next.limits, machineResources(inventory))
    database.transaction((tx) => {
      this.#store.writeSettings(tx, next)
      for (const item of changesToTell(this.#settings, next, clock.nowMs())) activity.add(tx, item)
    })
    this.#settings = next
    this.#lastKind = this.state().kind
    bus.publish('sharing-changed', null)
    return next
  }

  status(): ShareStatus {
    const facts = this.#facts()
    return {
      settings: facts.settings,
      state: sharingState(facts),
      machine: this.machine(),
      reserved: facts.reserved,
      available: available(facts),
    }
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
      freeDiskMiB: this.#freeDiskMiB,
      reserved: total,
      guests: leases,
    }
  }

  async #watch(): Promise<void> {
    const { engine, inventory } = this.#deps
    this.#freeDiskMiB = (engine.status().state === 'ready' ? await engine.require().freeDiskMiB() : null) ?? inventory.disk().freeMiB
    this.#noticeChange()
  }

  /** Publishes, and writes a line, when the state's kind has changed. */
  #noticeChange(): void {
    const before = this.#lastKind
    const state = this.state()
    if (state.kind === before) return
    this.#lastKind = state.kind
    if (!isSharing(before) && isSharing(state.kind)) this.#readySinceMs = this.#deps.clock.nowMs()
    if (state.kind === 'disk-full') this.#note({ kind: 'disk-low', tone: 'problem', params: { freeMiB: state.freeMiB } })
    if (before === 'paused' && this.#settings.on) this.#note({ kind: 'sharing-resumed', tone: 'good', params: {} })
    this.#deps.bus.publish('sharing-changed', null)
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

function merge(settings: ShareSettings, patch: ShareSettingsPatch): ShareSettings {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  return {
    ...settings,
    ...given,
    limits: { ...settings.limits, ...patch.limits },
    prices: { ...settings.prices, ...patch.prices },
    terms: { ...settings.terms, ...patch.terms },
  } as ShareSettings
}

function assertFits(limits: Resources, machine: Resources): void {
  const refusal = tooSmall(machine, limits)
  if (refusal === null) return
  const unit = refusal.code === 'cpu' ? 'thousandths of a core' : 'MiB'
  throw new DepinError('E_BAD_INPUT', `This computer has ${refusal.have ?? 0} ${unit} of ${refusal.code}, less than the ${refusal.need ?? 0} you want to share.`, {
    next: 'Share at most what the computer has.', details: { ...refusal },
  })
}

function changesToTell(before: ShareSettings, after: ShareSettings, nowMs: number): NewActivity[] {
  const items: NewActivity[] = []
  if (before.on !== after.on) items.push({ kind: after.on ? 'sharing-on' : 'sharing-off', tone: 'info', params: {} })
  const isPaused = after.pausedUntilMs !== null && after.pausedUntilMs > nowMs
  if (isPaused && before.pausedUntilMs !== after.pausedUntilMs) items.push({ kind: 'sharing-paused', tone: 'info', params: { untilMs: after.pausedUntilMs ?? 0 } })
  if (!isPaused && before.pausedUntilMs !== null && before.pausedUntilMs > nowMs) items.push({ kind: 'sharing-resumed', tone: 'good', params: {} })
  return items
}
