import { existsSync } from 'node:fs'
import { DepinError, toErrorReport } from '../../contract/errors.ts'
import type { UpdateChannel, UpdateOrder, UpdateReport, UpdateState, UpdateStatus, UpdateWay } from '../../contract/nouns/updates.ts'
import { isMemoryLost, loadMemory, loadRemembered, problemOf, type ReleaseKey, type Remembered, type UpdateMemory } from '../../release/index.ts'
import { AsyncQueue, type BaseDeps, Cycle, type Disposer } from '../base/index.ts'
import { beginsAnew, damageOf } from './damage.ts'
import { wayOf } from './installation.ts'
import { layoutOf, memoryPathOf } from './layout.ts'
import { lookForUpdate, refusal } from './look.ts'
import type { Damage, Installation, Updates } from './types.ts'

export interface UpdatesDeps extends BaseDeps {
  installation: Installation
  installed: string
  feed: string | null
  keys: readonly ReleaseKey[]
  /** Where this service remembers what it was offered. */
  memoryPath: string
}

/** A desktop that does not listen gets no more, orders. */
const maxOrders = 16
/** The feed is asked this often, ms. */
const checkEveryMs = 86_400_000

export class UpdatesPart implements Updates {
  readonly #deps: UpdatesDeps
  readonly #way: UpdateWay
  readonly #listeners = new Set<() => void>()
  readonly #cycle: Cycle
  #kept: Remembered | null = null
  #state: UpdateState = { kind: 'idle', checkedAtMs: null }
  #desktop: { orders: AsyncQueue<UpdateOrder>, channel: UpdateChannel } | null = null

  constructor(deps: UpdatesDeps) {
    this.#deps = deps
    this.#way = wayOf(deps.installation, deps.feed !== null && deps.keys.length > 0)
    this.#cycle = new Cycle({ ...deps, name: 'updates', intervalMs: checkEveryMs, run: (signal) => this.#look(signal) })
  }

  start(): void {
    if (this.#way.kind === 'command') this.#cycle.start()
  }

  async stop(): Promise<void> {
    this.#desktop?.orders.end()
    await this.#cycle.stop()
  }

  status(): UpdateStatus {
    const channel = this.#desktop?.channel ?? this.#remembered()?.channel ?? 'latest'
    return { installed: this.#deps.installed, channel, way: this.#desktop === null ? this.#wayTo(channel) : { kind: 'desktop' }, state: this.#state }
  }

  damage(): Damage | null {
    const state = this.#state
    if (this.#desktop === null) return damageOf(this.#deps.installation, this.#deps.memoryPath)
    return state.kind === 'failed' && state.reason === 'memory-damaged' ? { message: state.message, fix: 'Look for a newer version in the app, under Settings, Updates: it begins anew.' } : null
  }

  subscribe(changed: () => void): Disposer {
    this.#listeners.add(changed)
    return () => void this.#listeners.delete(changed)
  }

  async check(signal?: AbortSignal): Promise<void> {
    if (this.#desktop !== null) this.#desktop.orders.push({ kind: 'check' })
    else if (this.#way.kind === 'command') {
      // whoever looks by hand wants it to begin anew
      if (this.#remembered() === null) this.#kept?.beginAnew()
      await this.#look(signal ?? new AbortController().signal)
    }
    else throw this.#notHere()
  }

  install(): void {
    if (this.#desktop === null) throw this.#notHere()
    this.#desktop.orders.push({ kind: 'install' })
  }

  setChannel(channel: UpdateChannel): void {
    if (this.#desktop !== null) {
      this.#desktop.channel = channel
      this.#desktop.orders.push({ kind: 'channel', channel })
    } else if (this.#way.kind === 'command') {
      this.#remembered()?.setChannel(channel)
      this.#cycle.trigger()
    } else throw this.#notHere()
    this.#changed()
  }

  async* drive(signal: AbortSignal | undefined): AsyncGenerator<UpdateOrder, void> {
    // one desktop: whoever comes last is the one that is here
    this.#desktop?.orders.end()
    const desktop = { orders: new AsyncQueue<UpdateOrder>(maxOrders), channel: this.#desktop?.channel ?? 'latest' as const }
    const leave = (): void => desktop.orders.end()
    this.#desktop = desktop
    signal?.addEventListener('abort', leave, { once: true })
    this.#changed()
    try {
      yield* desktop.orders
    } finally {
      signal?.removeEventListener('abort', leave)
      if (this.#desktop === desktop) {
        this.#desktop = null
        this.#become({ kind: 'idle', checkedAtMs: null })
      }
    }
  }

  report({ channel, state }: UpdateReport): void {
    if (this.#desktop === null) throw new DepinError('E_CONFLICT', 'No desktop updates this service.')
    this.#desktop.channel = channel
    this.#become(state)
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { installation, feed, clock } = this.#deps
    if (installation.kind !== 'tarball' || feed === null || this.#desktop !== null) return
    const memory = this.#remembered()
    const damage = damageOf(installation, this.#deps.memoryPath)
    if (memory === null || damage !== null) {
      this.#become({ kind: 'failed', version: null, reason: 'memory-damaged', message: damage === null ? '' : `${damage.message}. ${damage.fix}`.slice(0, 500), atMs: clock.nowMs() })
      return
    }
    this.#become({ kind: 'checking' })
    let version: string | null = null
    try {
      const known = { ...memory, ...this.#whatTheCommandKnows() }
      const offer = await lookForUpdate({ ...this.#deps, feed, memory: known, platform: installation.platform }, memory.channel, signal)
      if (offer.kind === 'none') {
        this.#become({ kind: 'idle', checkedAtMs: clock.nowMs() })
        return
      }
      version = offer.statement.version
      if (offer.refused) throw refusal(version, known)
      this.#become({ kind: 'available', version, bytes: offer.statement.bytes, staged: offer.staged })
    } catch (error) {
      const reason = problemOf(error)
      this.#become(reason === null ? { kind: 'idle', checkedAtMs: null } : { kind: 'failed', version, reason, message: toErrorReport(error).message.slice(0, 500), atMs: clock.nowMs() })
      throw error
    }
  }

  /** The command has a channel of its own: where that is not this one, it is told. */
  #wayTo(channel: UpdateChannel): UpdateWay {
    if (this.#way.kind !== 'command') return this.#way
    const { installation } = this.#deps
    if (installation.kind === 'tarball' && isMemoryLost(memoryPathOf(layoutOf(installation.root)))) return { kind: 'command', command: beginsAnew }
    const { channel: its = 'latest' } = this.#whatTheCommandKnows()
    return its === channel ? this.#way : { kind: 'command', command: `${this.#way.command} --channel ${channel}` }
  }

  /** `depin update` may be another user's, and remembers for itself: its place in a rollout and what it took back count here too. */
  #whatTheCommandKnows(): Partial<Pick<UpdateMemory, 'channel' | 'rolloutId' | 'isRefused' | 'refusedAtMs'>> {
    const { installation } = this.#deps
    const path = installation.kind === 'tarball' ? memoryPathOf(layoutOf(installation.root)) : ''
    if (!existsSync(path)) return {}
    try {
      const memory = loadMemory(path)
      return { channel: memory.channel, rolloutId: memory.rolloutId, isRefused: (version) => memory.isRefused(version), refusedAtMs: (version) => memory.refusedAtMs(version) }
    } catch {
      // what cannot be read here is the command's to tell
      return {}
    }
  }

  /** Null: it cannot be read, and without it nothing may be believed of a feed. */
  #remembered(): UpdateMemory | null {
    if (this.#way.kind !== 'command') return null
    const { memoryPath, installed, log } = this.#deps
    this.#kept ??= loadRemembered(memoryPath, installed, (message, fields) => log.error(message, fields))
    return this.#kept.memory()
  }

  #become(state: UpdateState): void {
    this.#state = state
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }

  #notHere(): DepinError {
    const way = this.#way
    if (way.kind === 'none' || way.kind === 'desktop') return new DepinError('E_CONFLICT', 'This build does not know where releases are.', { next: 'Install a release to get updates.' })
    return new DepinError('E_CONFLICT', 'This copy is not updated from here.', { next: `On that computer: ${way.command}`, details: { command: way.command } })
  }
}
