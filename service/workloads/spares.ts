import { withDeadline } from '../base/index.ts'
import type { WorkloadDeps } from './types.ts'

/** Pods that are ready before a lease comes, and how long the engine is left to leases that start before the next is made, ms. */
const sparePods = 1
const pauseMs = 2_000
/** The end of this program waits no longer for an engine, ms. */
const maxRemovalMs = 3_000

/** Sees to it that the next lease finds a pod ready, while this machine shares. */
export class SpareKeeper {
  readonly #deps: Pick<WorkloadDeps, 'capacity' | 'clock' | 'engine' | 'log' | 'nodeId'>
  readonly #isEngineWanted: () => boolean
  #keeping: Promise<void> | null = null
  #hasStopped = false

  /** @param isEngineWanted whether some lease waits for the engine now. */
  constructor(deps: Pick<WorkloadDeps, 'capacity' | 'clock' | 'engine' | 'log' | 'nodeId'>, isEngineWanted: () => boolean) {
    this.#deps = deps
    this.#isEngineWanted = isEngineWanted
  }

  keepSoon(): void {
    this.#deps.clock.after(pauseMs, () => this.keep())
  }

  /** When leases want nothing of the engine: it makes one network at a time, and a lease that finds no spare pod makes its own. */
  keep(): void {
    const count = this.#count()
    const { engine, nodeId, log } = this.#deps
    if (count === null || this.#hasStopped || this.#keeping !== null || this.#isEngineWanted() || engine.status().state !== 'ready') return
    this.#keeping = engine.require().keepSpares(nodeId, count)
      .then(() => undefined, (error: unknown) => log.debug('no spare pod', { error }))
      .finally(() => { this.#keeping = null })
  }

  async settle(): Promise<void> {
    await this.#keeping
  }

  /** Guests go on without this program; what waits for a lease has nothing to wait for. */
  async stop(): Promise<void> {
    this.#hasStopped = true
    const { engine, nodeId, clock, log } = this.#deps
    if (engine.status().state !== 'ready') return
    await withDeadline(clock, 'the spare pods', maxRemovalMs, () => engine.require().keepSpares(nodeId, 0))
      .catch((error: unknown) => log.debug('spare pods are left', { error }))
  }

  /** None where nothing is shared. Null while the owner needs the machine: as many as there are. */
  #count(): number | null {
    const { capacity } = this.#deps
    if (!capacity.settings().on) return 0
    const { kind } = capacity.target()
    return kind === 'asleep' || kind === 'off' ? null : sparePods
  }
}
