import { DepinError } from '../../../contract/errors.ts'
import type { Clock, Disposer } from '../../base/index.ts'
import { containerNotRunning } from '../errors.ts'
import { keptCores } from '../kept-cores.ts'
import type { ChangedLimits, ContainerInfo, ContainerLimits, ContainerRequest, ContainerUse } from '../types.ts'
import { FakeLog } from './log.ts'
import { FakeServers } from './servers.ts'
import type { FakeProgram } from './types.ts'

/** 128 + SIGKILL, 128 + SIGTERM. */
const killedCode = 137
const terminatedCode = 143

/**
 * One container: a life as an engine gives it, and a program that only pretends.
 *
 *     created ──start──► running ⇄ paused
 *                ▲          │ exit, stop, kill
 *                └──start── exited
 */
export class FakeContainer {
  readonly id: string
  readonly name: string
  readonly specHash: string
  readonly request: ContainerRequest
  readonly log = new FakeLog()
  readonly #program: FakeProgram
  readonly #clock: Clock
  readonly #announce: () => void
  #limits: ContainerLimits
  #heldBackPercent: number | null = null
  /** Of the group that it runs in, which is another after each start. */
  #isSlow = false
  readonly #cores: number
  #state: ContainerInfo['state'] = 'created'
  #health: ContainerInfo['health'] = 'none'
  #startedAtMs: number | null = null
  #finishedAtMs: number | null = null
  #exitCode: number | null = null
  #servers = new FakeServers()
  #timers: Disposer[] = []
  #usedUs = 0
  #runningSinceMs: number | null = null

  /** @param announce called after every change. */
  constructor(
    identity: { id: string, name: string, specHash: string }, request: ContainerRequest, cores: number, program: FakeProgram, clock: Clock, announce: () => void,
  ) {
    this.id = identity.id
    this.name = identity.name
    this.specHash = identity.specHash
    this.request = request
    this.#limits = request.limits
    this.#cores = cores
    this.#program = program
    this.#clock = clock
    this.#announce = announce
  }

  info(): ContainerInfo {
    return {
      id: this.id, owner: this.request.owner, service: this.request.service, name: this.name,
      state: this.#state, health: this.#health, startedAtMs: this.#startedAtMs, finishedAtMs: this.#finishedAtMs,
      exitCode: this.#exitCode, oomKilled: false, cpuMilli: this.#limits.cpuMilli, ports: this.request.ports,
      cores: { kept: keptCores(this.#cores, this.#heldBackPercent), of: this.#cores },
      writes: this.#isAlive() && this.request.volumes.length > 0 ? this.#isSlow ? 'slow' : 'free' : null,
    }
  }

  /** Null unless it runs. */
  use(): ContainerUse | null {
    if (!this.#isAlive()) return null
    return { cpuUsedUs: Math.round(this.#usedUs + this.#usedSinceUs()), memoryBytes: Math.round(this.#limits.memoryMiB * 1024 ** 2 * this.#load()) }
  }

  /** The listener behind a container's port, or null when the program does not listen there. */
  localPort(port: number): number | null {
    if (!this.#isAlive()) throw containerNotRunning(this.#state)
    return this.#servers.localPort(port)
  }

  async start(limits: ChangedLimits = {}): Promise<void> {
    if (this.#isAlive()) {
      this.update(limits)
      return
    }
    this.#state = 'running'
    this.#isSlow = false
    this.#take(limits)
    this.#startedAtMs = this.#clock.nowMs()
    this.#exitCode = null
    this.#usedUs = 0
    this.#runningSinceMs = this.#clock.monotonicMs()
    this.#health = this.#program.healthyAfterMs === undefined ? 'none' : 'starting'
    this.log.setWriting(true)
    for (const text of this.#program.prints ?? []) this.print(`${text}\n`)
    await this.#servers.listen(this.#program, this.request.ports)
    this.#schedule()
    this.#announce()
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#isAlive() && this.#program.ignoresStop === true) {
      await this.#clock.sleep(graceMs)
      await this.kill()
    }
    if (this.#isAlive()) await this.exit(terminatedCode)
  }

  async kill(): Promise<void> {
    if (this.#isAlive()) await this.exit(killedCode)
  }

  async exit(code: number): Promise<void> {
    this.#stopTimers()
    this.#usedUs += this.#usedSinceUs()
    this.#runningSinceMs = null
    this.#state = 'exited'
    this.#exitCode = code
    this.#finishedAtMs = this.#clock.nowMs()
    const servers = this.#servers
    this.#servers = new FakeServers()
    await servers.close()
    this.log.setWriting(false)
    this.#announce()
  }

  pause(): void {
    if (this.#state === 'paused') return
    if (this.#state !== 'running') throw new DepinError('E_ENGINE', `The container engine could not pause the container: it is ${this.#state}.`)
    this.#state = 'paused'
    this.#usedUs += this.#usedSinceUs()
    this.#runningSinceMs = null
    this.#stopTimers()
    this.#servers.pause()
    this.#announce()
  }

  unpause(): void {
    if (this.#state === 'running') return
    if (this.#state !== 'paused') throw new DepinError('E_ENGINE', `The container engine could not resume the container: it is ${this.#state}.`)
    this.#state = 'running'
    this.#runningSinceMs = this.#clock.monotonicMs()
    this.#schedule()
    this.#servers.resume()
    this.#announce()
  }

  update(limits: ChangedLimits): void {
    this.#usedUs += this.#usedSinceUs()
    if (this.#runningSinceMs !== null) this.#runningSinceMs = this.#clock.monotonicMs()
    this.#take(limits)
    this.#announce()
  }

  #take({ heldBackPercent, ...limits }: ChangedLimits): void {
    this.#limits = { ...this.#limits, ...limits }
    if (heldBackPercent === undefined) return
    this.#heldBackPercent = heldBackPercent
    this.#isSlow = this.#isAlive() && heldBackPercent !== null
  }

  print(text: string): void {
    this.log.write({ source: 'stdout', atMs: this.#clock.nowMs(), text })
  }

  #isAlive(): boolean {
    return this.#state === 'running' || this.#state === 'paused'
  }

  /** What the program does by itself later on, counted from its start. */
  #schedule(): void {
    const { exits, healthyAfterMs } = this.#program
    if (exits !== undefined) this.#timers.push(this.#clock.after(exits.afterMs, () => void this.exit(exits.code)))
    if (healthyAfterMs !== undefined && this.#health === 'starting') {
      this.#timers.push(this.#clock.after(healthyAfterMs, () => {
        this.#health = 'healthy'
        this.#announce()
      }))
    }
  }

  #stopTimers(): void {
    for (const cancel of this.#timers.splice(0)) cancel()
  }

  get printsPerS(): number {
    return this.#runningSinceMs === null ? 0 : this.#program.printsPerS ?? 0
  }

  #load(): number {
    return this.#program.load ?? 0.1
  }

  /** A thousandth of a core for a millisecond is a microsecond. */
  #usedSinceUs(): number {
    return this.#runningSinceMs === null ? 0 : (this.#clock.monotonicMs() - this.#runningSinceMs) * this.#limits.cpuMilli * this.#load()
  }
}
