/** From one version to the next: looks, fetches and installs, each when the policy says so. */
import type { UpdateChannel, UpdateOrder, UpdateState } from '../../contract/nouns/updates.ts'
import { assertIsPackage, isInRollout, isNewer, problemOf, type ReleaseKey, type Remembered, requireMemory, type Statement, takenBack, updateProblem, verifyManifest, type Wanted } from '../../release/index.ts'
import { type Clock, every } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Feed } from './feed.ts'
import type { VainTry } from './journal.ts'
import { mayTryAgain, nextAct, type UpdateFacts, waitOf } from './policy.ts'
import type { Fetcher, Installer } from './types.ts'

export interface UpdaterDeps {
  installed: string
  keys: readonly ReleaseKey[]
  remembered: Remembered
  wanted: Omit<Wanted, 'channel'>
  feed: Pick<Feed, 'readManifest'>
  fetcher: Fetcher
  installer: Installer
  /** Durable word of what is about to be installed. */
  announce: (version: string) => void
  /** What was announced last and could not be put in place. */
  vainTry: () => VainTry | null
  /** How the computer is used now. */
  facts: () => Omit<UpdateFacts, 'nowMs' | 'state' | 'lookedAtMs' | 'ordered'>
  onState: () => void
  clock: Clock
  log: Log
}

/** How often the policy is asked, ms. */
const thinkEveryMs = 60_000
/** An app that is to be replaced has ended by then, ms; macOS reads the whole package once more before. */
export const installDeadlineMs = 10 * 60_000

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
  #cancelDeadline: () => void = () => undefined

  constructor(deps: UpdaterDeps) {
    this.#deps = deps
    const tried = deps.vainTry()
    if (tried !== null) this.#state = { kind: 'failed', version: tried.version, reason: 'install-failed', message: notInstalled(tried.version).message, atMs: tried.atMs }
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

  /** Whoever was to put a version in place says that it cannot. */
  installFailed(cause: unknown): void {
    if (this.#state.kind === 'installing') this.#fail(notInstalled(this.#state.version, cause))
  }

  #setChannel(channel: UpdateChannel): void {
    try {
      requireMemory(this.#deps.remembered).setChannel(channel)
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
    return this.#state.kind !== 'installing'
  }

  async #look(): Promise<void> {
    const { remembered, wanted, feed, installed, clock } = this.#deps
    const isByHand = this.#ordered === 'check'
    if (isByHand) this.#ordered = null
    this.#lookedAtMs = clock.nowMs()
    if (isByHand && remembered.memory() === null) remembered.beginAnew()
    const memory = requireMemory(remembered)
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
    if (memory.isRefused(statement.version)) throw takenBack(statement.version, memory.refusedAtMs(statement.version))
    const tried = this.#deps.vainTry()
    if (tried?.version === statement.version && this.#ordered !== 'install' && !mayTryAgain(tried, clock.nowMs())) throw notInstalled(tried.version)
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
    if (this.#isAnother(offer.statement)) return
    this.#path = path
    this.#become({ kind: 'ready', version, waitsFor: waitOf(known) })
  }

  /** Checked once more: days may have passed, and others can write where the package lay. */
  async #install(): Promise<void> {
    const { manifest, statement } = this.#required()
    const { installer, announce, remembered, wanted, clock } = this.#deps
    const { signal } = this.#stopping
    const path = this.#path
    if (path === null) throw updateProblem('install-failed', 'The package is gone.')
    this.#ordered = null
    this.#verified(manifest, { ...wanted, channel: requireMemory(remembered).channel })
    await assertIsPackage(path, statement, signal)
    this.#become({ kind: 'installing', version: statement.version })
    try {
      await installer.prepare(path, statement, signal)
    } catch (error) {
      // one that failed before anything was changed was tried as well
      if (!signal.aborted) announce(statement.version)
      throw error
    }
    signal.throwIfAborted()
    if (this.#isAnother(statement)) return
    announce(statement.version)
    installer.install()
    this.#cancelDeadline = clock.after(installDeadlineMs, () => this.installFailed(new Error('the app goes on')))
  }

  /** Another channel was chosen meanwhile: it is looked into first. */
  #isAnother(statement: Statement): boolean {
    if (this.#offer?.statement === statement) return false
    this.#become({ kind: 'idle', checkedAtMs: null })
    return true
  }

  #verified(manifest: Uint8Array, wanted: Wanted): Statement {
    const { keys, remembered, clock } = this.#deps
    return verifyManifest(manifest, { ...wanted, keys, nowMs: clock.nowMs(), seen: requireMemory(remembered).seen(wanted.channel) })
  }

  #required(): Offer {
    if (this.#offer === null) throw updateProblem('install-failed', 'Nothing was offered.')
    return this.#offer
  }

  #fail(error: unknown): void {
    const { clock, log } = this.#deps
    const version = this.#offer?.statement.version ?? null
    log('an update did not come about', { error, version })
    this.#cancelDeadline()
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

function notInstalled(version: string, cause?: unknown): Error {
  return updateProblem('install-failed', `Version ${version} could not be installed.`, { cause })
}
