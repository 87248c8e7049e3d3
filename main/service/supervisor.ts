/** Keeps one service running: ours, or the one that was there before. Its states are in `contract/desktop/shell.ts`. */
import type { MessagePortMain } from 'electron'
import { type ErrorReport, toErrorReport } from '../../contract/errors.ts'
import type { ServiceState } from '../../contract/desktop/shell.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { OpenService, RunningService } from './types.ts'

const retryDelaysMs = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000] as const
/** A service that ran for this long starts anew without a past. */
const steadyAfterMs = 60_000

/** Wait before the next try, after so many failures in a row. */
export function retryDelayMs(failures: number): number {
  return retryDelaysMs[Math.min(Math.max(1, failures), retryDelaysMs.length) - 1] ?? 60_000
}

/** Null: whoever wanted it is gone. */
export type MakePort = () => MessagePortMain | null

export interface SupervisorDeps {
  open: OpenService
  clock: Clock
  log: Log
}

export class Supervisor {
  readonly #deps: SupervisorDeps
  readonly #listeners = new Set<(state: ServiceState) => void>()
  readonly #wanted = new Set<MakePort>()
  readonly #stopping = new AbortController()
  readonly #force = new AbortController()
  #state: ServiceState = { kind: 'stopped' }
  #service: RunningService | null = null
  #opening: Promise<void> | null = null
  #stopped: Promise<void> | null = null
  #failures = 0
  #cancelRetry: () => void = () => undefined

  constructor(deps: SupervisorDeps) {
    this.#deps = deps
  }

  get state(): ServiceState {
    return this.#state
  }

  /** What runs now. */
  get service(): RunningService | null {
    return this.#service
  }

  subscribe(listener: (state: ServiceState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    if (this.#opening !== null || this.#service !== null || this.#stopping.signal.aborted) return
    this.#cancelRetry()
    this.#set({ kind: 'starting' })
    this.#opening = this.#deps.open(this.#stopping.signal, this.#force.signal).then((service) => this.#onOpened(service), (error: unknown) => {
      this.#opening = null
      this.#deps.log('the service did not start', { error })
      this.#onFailed(toErrorReport(error))
    })
  }

  /** Does not wait for the next try. */
  retryNow(): void {
    if (this.#state.kind === 'waiting') this.start()
  }

  /** Asks for a port once a service takes calls, and serves it. */
  connect(makePort: MakePort): void {
    if (this.#stopping.signal.aborted) return
    if (this.#service === null) this.#wanted.add(makePort)
    else serve(this.#service, makePort)
  }

  /** Resolves when no service of ours runs any more: in order within the deadline, else by force. */
  stop(deadlineMs: number): Promise<void> {
    return this.#stopped ??= this.#stop(deadlineMs)
  }

  async #stop(deadlineMs: number): Promise<void> {
    this.#cancelRetry()
    this.#set({ kind: 'stopping' })
    this.#stopping.abort()
    this.#wanted.clear()
    const cancel = this.#deps.clock.after(deadlineMs, () => {
      this.#deps.log('the service does not stop, and is ended', { pid: this.#service?.pid })
      this.#force.abort()
    })
    await this.#opening
    this.#service?.stop()
    await this.#service?.ended
    cancel()
    this.#set({ kind: 'stopped' })
  }

  #onOpened(service: RunningService): void {
    const { clock, log } = this.#deps
    this.#opening = null
    this.#service = service
    const sinceMs = clock.nowMs()
    void service.ended.then((report) => {
      this.#service = null
      log('the service ended', { report, pid: service.pid })
      if (clock.nowMs() - sinceMs >= steadyAfterMs) this.#failures = 0
      // one that was not ours ended because somebody wanted it to: ours takes its place at once
      if (service.isOurs) this.#onFailed(report)
      else this.start()
    })
    if (this.#stopping.signal.aborted) return
    log(service.isOurs ? 'the service runs' : 'a service runs already, and is used', { pid: service.pid })
    this.#set({ kind: service.isOurs ? 'running' : 'elsewhere', pid: service.pid })
    const wanted = [...this.#wanted]
    this.#wanted.clear()
    for (const makePort of wanted) serve(service, makePort)
  }

  #onFailed(report: ErrorReport): void {
    if (this.#stopping.signal.aborted) return
    this.#failures++
    const delayMs = retryDelayMs(this.#failures)
    this.#set({ kind: 'waiting', report, failures: this.#failures, retryAtMs: this.#deps.clock.nowMs() + delayMs })
    this.#cancelRetry = this.#deps.clock.after(delayMs, () => this.start())
  }

  #set(state: ServiceState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}

function serve(service: RunningService, makePort: MakePort): void {
  const port = makePort()
  if (port !== null) service.connect(port)
}
