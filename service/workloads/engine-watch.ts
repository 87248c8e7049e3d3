import type { BaseDeps, Disposer } from '../base/index.ts'
import type { EngineHost } from '../engine/types.ts'

/** An end up to this long before an outage was noticed belongs to it, ms. */
const outageLeadMs = 20_000

interface EngineWatchDeps extends Pick<BaseDeps, 'clock' | 'log'> {
  engine: EngineHost
  nodeId: string
  /** The engine came, went, or says something else of itself. */
  onChange: () => void
  /** It is gone: nobody can say what runs. */
  onLost: () => void
  /** A container changed. */
  onEvent: () => void
}

/** Follows the engine through its ends and returns. */
export class EngineWatch {
  readonly #deps: EngineWatchDeps
  readonly #abort = new AbortController()
  #outage: { fromMs: number, toMs: number } | null = null
  #stopListening: Disposer = () => undefined

  constructor(deps: EngineWatchDeps) {
    this.#deps = deps
  }

  /** The last time it was away, wall ms: what ended then did not end by itself. */
  get outage(): { fromMs: number, toMs: number } | null {
    return this.#outage
  }

  start(): void {
    this.#stopListening = this.#deps.engine.onChange(() => this.#onChange())
    void this.#follow()
  }

  stop(): void {
    this.#stopListening()
    this.#abort.abort(new Error('workloads stop'))
  }

  #onChange(): void {
    const { engine, clock, onChange, onLost } = this.#deps
    onChange()
    if (engine.status().state === 'ready') {
      if (this.#outage !== null) this.#outage = { ...this.#outage, toMs: clock.nowMs() }
      void this.#follow()
    } else if (engine.status().state === 'stopped') {
      this.#outage = { fromMs: clock.nowMs() - outageLeadMs, toMs: Number.POSITIVE_INFINITY }
      onLost()
    }
  }

  async #follow(): Promise<void> {
    const { engine, nodeId, log, onEvent } = this.#deps
    if (engine.status().state !== 'ready') return
    onEvent()
    try {
      for await (const event of engine.require().events(nodeId, this.#abort.signal)) {
        log.debug('engine event', { leaseId: event.leaseId })
        onEvent()
      }
    } catch (error) {
      log.debug('engine events ended', { error })
    }
  }
}
