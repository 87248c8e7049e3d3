/** From one version to the next: looks, fetches and installs, each when the policy says so. */
import type { UpdateChannel, UpdateOrder, UpdateState } from '../../contract/nouns/updates.ts'
import { assertIsPackage, isInRollout, isNewer, problemOf, type ReleaseKey, type Statement, type UpdateMemory, updateProblem, verifyManifest, type Wanted } from '../../release/index.ts'
import { type Clock, every } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Feed } from './feed.ts'
import { nextAct, type UpdateFacts, waitOf } from './policy.ts'
import type { Fetcher, Installer } from './types.ts'

export interface UpdaterDeps {
  installed: string
  keys: readonly ReleaseKey[]
  memory: UpdateMemory
  wanted: Omit<Wanted, 'channel'>
  feed: Pick<Feed, 'readManifest'>
  fetcher: Fetcher
  installer: Installer
  /** Durable word of what is about to be installed. */
  announce: (version: string) => void
  /** How the computer is used now. */
  facts: () => Omit<UpdateFacts, 'nowMs' | 'state' | 'lookedAtMs' | 'ordered'>
  onState: () => void
  clock: Clock
  log: Log
}

/** How often the policy is asked, ms. */
const thinkEveryMs = 60_000

/** What was offered, as it came: it is checked again before it is installed. */
interface Offer { manifest: Uint8Array, statement: Statement }

export class DesktopUpdater {
  readonly #deps: UpdaterDeps
  readonly #stopping = new AbortController()
  #state: UpdateState = { kind: 'idle', checkedAtMs: null }
  #lookedAtMs: number | null = null
  #ordered: UpdateFacts['ordered'] = null
  #offer: Offer | null = null
  #path: string | null = null
  #isBusy = false

  constructor(deps: UpdaterDeps) {
    this.#deps = deps
  }

  get state(): UpdateState {
    return this.#state
  }

  /** Returns its end. */
  start(): () => void {
    const stop = every(this.#deps.clock, thinkEveryMs, () => void this.think())
    void this.think()
    return () => {
      stop()
      this.#stopping.abort(new Error('the app ends'))
    }
  }

  order(order: UpdateOrder): void {
    if (order.kind === 'channel') this.#setChannel(order.channel)
    else this.#ordered = order.kind
    void this.think()
  }

  #setChannel(channel: UpdateChannel): void {
    try {
      this.#deps.memory.setChannel(channel)
    } catch (error) {
      this.#fail(error)
      return
    }
    this.#offer = this.#path = this.#lookedAtMs = null
    this.#ordered = 'check'
    if (!this.#isBusy) this.#become({ kind: 'idle', checkedAtMs: null })
  }

  /** Does what the policy says, one thing after the other, until there is nothing to do. */
  async think(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    try {
      while (!this.#stopping.signal.aborted && await this.#act()) { /* until the policy waits */ }
    } finally {
      this.#isBusy = false
    }
  }

  /** False: nothing to do now. */
  async #act(): Promise<boolean> {
    const { clock, facts } = this.#deps
    const known: UpdateFacts = { ...facts(), nowMs: clock.nowMs(), state: this.#state, lookedAtMs: this.#lookedAtMs, ordered: this.#ordered }
    const act = nextAct(known)
    if (act === 'wait') {
      if (this.#state.kind === 'ready' && this.#state.waitsFor !== waitOf(known)) this.#become({ ...this.#state, waitsFor: waitOf(known) })
      return false
    }
    try {
      if (act === 'check') await this.#look()
      else if (act === 'download') await this.#fetch(known)
      else await this.#install()
    } catch (error) {
      this.#fail(error)
    }
    return act !== 'install'
  }

  async #look(): Promise<void> {
    const { memory, wanted, feed, installed, clock } = this.#deps
    if (this.#ordered === 'check') this.#ordered = null
    this.#lookedAtMs = clock.nowMs()
    this.#become({ kind: 'checking' })
    const all: Wanted = { ...wanted, channel: memory.channel }
    const manifest = await feed.readManifest(all, this.#stopping.signal)
    const statement = this.#verified(manifest, all)
    memory.see(statement)
    if (!isNewer(statement, installed)) {
      this.#offer = null
      this.#ordered = null
      this.#become({ kind: 'idle', checkedAtMs: clock.nowMs() })
      return
    }
    this.#offer = { manifest, statement }
    if (memory.isRefused(statement.version)) throw updateProblem('unhealthy', `Version ${statement.version} did not become healthy here.`)
    const staged = !isInRollout(memory.rolloutId, statement.version, statement.rolloutPercent)
    this.#become({ kind: 'available', version: statement.version, bytes: statement.bytes, staged })
  }

  async #fetch(known: UpdateFacts): Promise<void> {
    const offer = this.#required()
    const { version, bytes } = offer.statement
    this.#become({ kind: 'downloading', version, doneBytes: 0, totalBytes: bytes })
    const path = await this.#deps.fetcher.fetch(offer.statement, {
      signal: this.#stopping.signal, onProgress: (doneBytes) => this.#become({ kind: 'downloading', version, doneBytes, totalBytes: bytes }),
    })
    await assertIsPackage(path, offer.statement, this.#stopping.signal)
    // another channel was chosen meanwhile: it is looked into first
    if (this.#offer !== offer) {
      this.#become({ kind: 'idle', checkedAtMs: null })
      return
    }
    this.#path = path
    this.#become({ kind: 'ready', version, waitsFor: waitOf(known) })
  }

  /** Checked once more: days may have passed, and others can write where the package lay. */
  async #install(): Promise<void> {
    const { manifest, statement } = this.#required()
    const { installer, announce, memory, wanted } = this.#deps
    const path = this.#path
    if (path === null) throw updateProblem('install-failed', 'The package is gone.')
    this.#ordered = null
    this.#verified(manifest, { ...wanted, channel: memory.channel })
    await assertIsPackage(path, statement, this.#stopping.signal)
    this.#become({ kind: 'installing', version: statement.version })
    announce(statement.version)
    installer.install(path, statement.version)
  }

  #verified(manifest: Uint8Array, wanted: Wanted): Statement {
    const { keys, memory, clock } = this.#deps
    return verifyManifest(manifest, { ...wanted, keys, nowMs: clock.nowMs(), seen: memory.seen(wanted.channel) })
  }

  #required(): Offer {
    if (this.#offer === null) throw updateProblem('install-failed', 'Nothing was offered.')
    return this.#offer
  }

  #fail(error: unknown): void {
    const { clock, log } = this.#deps
    const version = this.#offer?.statement.version ?? null
    log('an update did not come about', { error, version })
    this.#ordered = null
    this.#path = null
    this.#lookedAtMs = clock.nowMs()
    const message = error instanceof Error ? error.message.slice(0, 500) : ''
    this.#become({ kind: 'failed', version, reason: problemOf(error) ?? 'install-failed', message, atMs: clock.nowMs() })
  }

  #become(state: UpdateState): void {
    this.#state = state
    this.#deps.onState()
  }
}
