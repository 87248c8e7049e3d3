import { toErrorReport } from '../../contract/errors.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import { attack, type AttackResult, clearAttack, type ContainerEngine, leaksOf } from '../engine/index.ts'
import type { WorkloadDeps } from './types.ts'
import { createProofStore, type ProofStore } from './proof.sqlite.ts'

const retryMs = 60_000

/**
 * No stranger's app comes before an attack from inside has shown that this engine, in this version, keeps guests where
 * they are. It is made when sharing is on and the engine has not been attacked before.
 */
export class Proof {
  readonly #deps: WorkloadDeps
  readonly #store: ProofStore
  readonly #cycle: Cycle
  readonly #abort = new AbortController()
  #stopListening: Disposer[] = []
  #underWay: Promise<AttackResult[]> | null = null
  #clearing: Promise<void> = Promise.resolve()
  /** The connection over which what an earlier attack has left was looked for. */
  #cleared: ContainerEngine | null = null

  constructor(deps: WorkloadDeps) {
    this.#deps = deps
    this.#store = createProofStore(deps.database)
    this.#cycle = new Cycle({ ...deps, name: 'containment', intervalMs: retryMs, run: () => this.#prove() })
  }

  start(): void {
    const { engine, bus } = this.#deps
    this.#stopListening = [engine.onChange(() => this.#cycle.trigger()), bus.subscribe('sharing-changed', () => this.#cycle.trigger())]
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    this.#abort.abort(new Error('workloads stop'))
    await this.#cycle.stop()
    // one that somebody asked for
    await this.#underWay?.catch(() => undefined)
  }

  /** Attacks now, whatever is known; only one at a time, since two would take each other's containers away. */
  async attack(ownPorts: readonly number[]): Promise<AttackResult[]> {
    this.#underWay ??= this.#attack(ownPorts).finally(() => { this.#underWay = null })
    return await this.#underWay
  }

  /** Returns when no attack is due any more, or one has failed. */
  async proven(): Promise<void> {
    // what went wrong was logged, and is tried again; whoever shares finds that no guest is taken until then
    await this.#cycle.runOnce().catch(() => undefined)
  }

  async #prove(): Promise<void> {
    const { engine, capacity, log } = this.#deps
    const status = engine.status()
    if (status.state === 'ready') await this.#clear(engine.require())
    if (status.state !== 'ready' || status.containment !== 'unproven' || !capacity.settings().on) return
    if (this.#store.has(identityOf(status))) {
      engine.noteContainment('proven', [])
      return
    }
    try {
      await this.attack([])
    } catch (error) {
      log.warn('the attack from inside could not be made, so no guest is taken', { error: toErrorReport(error) })
      throw error
    }
  }

  /** A program that was killed in the middle of an attack has left it there, and another attack may never be due. */
  async #clear(host: ContainerEngine): Promise<void> {
    if (this.#cleared === host || this.#underWay !== null) return
    const { nodeId, formerNodeIds, log } = this.#deps
    this.#cleared = host
    this.#clearing = Promise.all([nodeId, ...formerNodeIds].map((id) => clearAttack(host, id))).then(() => undefined, (error: unknown) => {
      this.#cleared = null
      log.warn('what an attack from inside has left could not be removed, will try again', { error: toErrorReport(error) })
    })
    await this.#clearing
  }

  async #attack(ownPorts: readonly number[]): Promise<AttackResult[]> {
    const { engine, nodeId, clock, database, log } = this.#deps
    await this.#clearing
    const host = engine.require()
    const results = await attack(host, { nodeId, ownPorts, clock, signal: this.#abort.signal })
    const leaks = leaksOf(results)
    const identity = identityOf(host.status)
    database.transaction((tx) => {
      if (leaks.length === 0) this.#store.put(tx, identity, clock.nowMs())
      else this.#store.remove(tx, identity)
    })
    log.info('attacked from inside', { targets: results.length, leaks })
    engine.noteContainment(leaks.length === 0 ? 'proven' : 'broken', leaks)
    return results
  }
}

/** Another version of it, or of the system that it runs on, is another engine. */
function identityOf({ kind, version, socket, isolation }: { kind: string, version: string, socket: string, isolation: string }): string {
  return JSON.stringify([kind, version, socket, isolation, attackVersion])
}

/** Raised when the attack or the rules change, so that old proofs do not stand for new rules. */
const attackVersion = 2
