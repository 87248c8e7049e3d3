import { DepinError } from '../../contract/errors.ts'
import type { EngineStatus } from '../../contract/nouns/node.ts'
import { type BaseDeps, backoffMs, type BackoffOptions, DeadlineError, type Disposer } from '../base/index.ts'
import type { EngineConnection, EngineFinder, Finding } from './finder.ts'
import type { ContainerEngine, EngineHost } from './types.ts'

const pingIntervalMs = 5000
/** Unanswered pings in a row after which an engine counts as hung; one alone may be a busy machine. Each waits 5 s. */
const patience = 2
/** Short, because whoever waits for the engine to come back should not wait for us as well. */
const stoppedBackoff: BackoffOptions = { initialMs: 1000, maxMs: 4000 }
const missingBackoff: BackoffOptions = { initialMs: 1000, maxMs: 10_000 }
/** A start waits this long for the first look, so that most starts begin with a known engine. */
const firstLookMs = 1000

/**
 * Keeps hold of one engine.
 *
 *     looking ──found──► ready ──2 pings unanswered, or refused──► stopped ──answers──► ready
 *        ├──installed, and does not run──► stopped ──started──► ready
 *        ├──listens, and does not answer──► stopped (hung) ──restarted──► ready
 *        ├──this account may not use it──► forbidden ──let in──► ready
 *        ├──nothing there──► missing ──appears──► ready
 *        └──a known escape──► unsafe ──updated──► ready
 *
 * Once an engine was ready, only that one is waited for, since its containers are there: another is taken only when
 * somebody asks (`retry`) while it is away. Each time it comes back it is a new `ContainerEngine`; the old one stays dead.
 */
export class EngineWatch implements EngineHost {
  readonly #finder: EngineFinder
  readonly #deps: BaseDeps
  readonly #listeners = new Set<(status: EngineStatus) => void>()
  #status: EngineStatus = { state: 'looking' }
  #connection: EngineConnection | null = null
  #lastSocket: string | null = null
  #stop: AbortController | null = null
  #cancelWait: Disposer = () => undefined
  #turn: Promise<void> = Promise.resolve()
  /** A turn that has not begun: whoever asks meanwhile asks for that one. */
  #queued: Promise<void> | null = null
  #failures = 0
  #awaySinceMs: number | null

  constructor(finder: EngineFinder, deps: BaseDeps) {
    this.#finder = finder
    this.#deps = deps
    this.#awaySinceMs = deps.clock.nowMs()
  }

  async start(): Promise<void> {
    if (this.#stop !== null) return
    this.#stop = new AbortController()
    await new Promise<void>((resolve) => {
      const cancel = this.#deps.clock.after(firstLookMs, resolve)
      void this.#takeTurn().then(cancel).then(resolve)
    })
  }

  async stop(): Promise<void> {
    this.#stop?.abort(new Error('the engine watch stops'))
    this.#stop = null
    this.#cancelWait()
    await this.#turn
    this.#connection?.close('the service stops')
    this.#connection = null
  }

  status(): EngineStatus {
    return this.#status
  }

  awaySinceMs(): number | null {
    return this.#awaySinceMs
  }

  require(): ContainerEngine {
    if (this.#connection !== null) return this.#connection.engine
    switch (this.#status.state) {
      case 'missing': throw new DepinError('E_ENGINE_MISSING', 'This machine has no container engine.', {
        next: `Get one: ${this.#status.install}`, details: { tried: this.#status.tried },
      })
      case 'stopped': throw new DepinError('E_ENGINE_STOPPED', this.#status.message, { next: `${this.#status.hung ? 'Restart it with “depin engine restart”' : 'Start it with “depin engine start”'}; everything goes on by itself once it answers.` })
      case 'forbidden': throw new DepinError('E_ENGINE_FORBIDDEN', this.#status.message, { next: this.#status.fix })
      case 'unsafe': throw new DepinError('E_ENGINE_UNSAFE', this.#status.message, { next: this.#status.update, details: { cves: this.#status.cves } })
      default: throw new DepinError('E_ENGINE_STOPPED', 'The container engine is still being looked for.', { next: 'Try again in a moment.' })
    }
  }

  async retry(): Promise<EngineStatus> {
    if (this.#connection === null) this.#lastSocket = null
    await this.#takeTurn()
    return this.#status
  }

  onChange(listener: (status: EngineStatus) => void): Disposer {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  noteContainment(containment: 'proven' | 'broken', leaks: readonly string[]): void {
    if (this.#status.state !== 'ready') return
    const { leaks: _, ...status } = this.#status
    this.#change({ ...status, containment, ...leaks.length > 0 && { leaks: [...leaks] } })
  }

  /** One look, after the one under way if there is one; then waits for the next. */
  #takeTurn(): Promise<void> {
    this.#queued ??= this.#turn.then(async () => {
      this.#queued = null
      const signal = this.#stop?.signal
      if (signal === undefined) return
      this.#cancelWait()
      const delayMs = await this.#look(signal)
      if (!signal.aborted) this.#cancelWait = this.#deps.clock.after(delayMs, () => void this.#takeTurn())
    })
    this.#turn = this.#queued
    return this.#turn
  }

  /** Looks once; when to look next, ms. */
  async #look(signal: AbortSignal): Promise<number> {
    try {
      return this.#connection === null ? this.#settle(await this.#finder.find(this.#lastSocket, signal)) : await this.#ping(this.#connection, signal)
    } catch (error) {
      if (!signal.aborted) this.#deps.log.error('looking for the container engine failed', { error })
      return stoppedBackoff.maxMs
    }
  }

  async #ping(connection: EngineConnection, signal: AbortSignal): Promise<number> {
    try {
      await connection.engine.ping(signal)
      this.#failures = 0
      return pingIntervalMs
    } catch (error) {
      signal.throwIfAborted()
      this.#failures++
      const hung = error instanceof DepinError && error.cause instanceof DeadlineError
      if (hung && this.#failures < patience) return 0
      this.#failures = 0
      connection.close('the engine does not answer')
      this.#connection = null
      const { socket } = connection.engine.status
      if (error instanceof DepinError && error.code === 'E_ENGINE_FORBIDDEN') return this.#settle({ state: 'forbidden', socket, message: error.message, fix: error.next ?? '' })
      return this.#settle(hung
        ? { state: 'hung', socket, message: `The container engine at ${socket} does not answer.` }
        : { state: 'silent', socket, message: `The container engine at ${socket} has stopped.` })
    }
  }

  #settle(finding: Finding): number {
    switch (finding.state) {
      case 'ready': return this.#adopt(finding.connection)
      case 'silent': case 'hung': return this.#wait(finding)
      case 'forbidden': return this.#refuse(finding, 'this account may not use the container engine')
      case 'unsafe': return this.#refuse(finding, 'container engine has a known escape')
      case 'missing': return this.#lastSocket === null ? this.#miss(finding) : this.#wait({
        state: 'silent', socket: this.#lastSocket, message: `The container engine at ${this.#lastSocket} has stopped.`,
      })
    }
  }

  #adopt(connection: EngineConnection): number {
    this.#failures = 0
    this.#connection = connection
    this.#lastSocket = connection.engine.status.socket
    connection.onSilence = () => { if (this.#connection === connection) void this.#takeTurn() }
    this.#deps.log.info('container engine is ready', connection.engine.status)
    this.#change(connection.engine.status)
    return pingIntervalMs
  }

  #wait({ state, socket, message }: Extract<Finding, { state: 'silent' | 'hung' }>): number {
    const nowMs = this.#deps.clock.nowMs()
    // one that was never seen may come up anywhere: it is looked for in all places
    const delayMs = this.#backOff(socket === null ? missingBackoff : stoppedBackoff)
    const sinceMs = this.#status.state === 'stopped' ? this.#status.sinceMs : nowMs
    if (this.#status.state !== 'stopped') this.#deps.log.warn('container engine does not answer', { socket })
    this.#change({ state: 'stopped', socket, hung: state === 'hung', message, sinceMs, nextRetryMs: nowMs + delayMs })
    return delayMs
  }

  #miss({ tried, install }: Extract<Finding, { state: 'missing' }>): number {
    this.#change({ state: 'missing', tried, install })
    return this.#backOff(missingBackoff)
  }

  #refuse(finding: Extract<Finding, { state: 'unsafe' | 'forbidden' }>, what: string): number {
    if (this.#status.state !== finding.state) this.#deps.log.warn(what, { ...finding })
    this.#change(finding)
    return this.#backOff(missingBackoff)
  }

  #backOff(options: BackoffOptions): number {
    this.#failures++
    return backoffMs(this.#failures, options, this.#deps.rng)
  }

  #change(status: EngineStatus): void {
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return
    this.#status = status
    this.#awaySinceMs = status.state === 'ready' ? null : this.#awaySinceMs ?? this.#deps.clock.nowMs()
    for (const listener of [...this.#listeners]) listener(status)
  }
}
