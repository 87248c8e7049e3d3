import { DepinError, type ErrorCode, toErrorReport } from '../../contract/errors.ts'
import type { Reason, ReasonCode } from '../../contract/reasons.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import { backoffMs, type BaseDeps, settleAll } from '../base/index.ts'
import type { ContainerEngine, EngineHost, Owner, PodPolicy, PullProgress } from '../engine/types.ts'
import type { Images } from '../images/types.ts'
import { containerRequest, podRequest, prepare, type Prepared } from './prepare.ts'
import type { HeldLimits, LeaseAction } from './types.ts'

/** Stopping a guest takes no longer than this, whatever it asks for, ms. */
const maxStopGraceMs = 10_000
/** Errors that will be the same next time: the lease ends. */
const permanent: Partial<Record<ErrorCode, ReasonCode>> = {
  E_IMAGE_NOT_FOUND: 'image-not-found', E_IMAGE_PLATFORM: 'image-platform', E_IMAGE_TOO_LARGE: 'disk-full', E_DISK_FULL: 'disk-full',
  E_IMAGE_REFUSED: 'image-refused',
}
/** Errors that may pass: so many failures in a row, then the lease ends. The engine's absence never ends one. */
const patience: Partial<Record<ErrorCode, { failures: number, reason: ReasonCode }>> = {
  E_REGISTRY_UNREACHABLE: { failures: 8, reason: 'image-unreachable' }, E_ENGINE: { failures: 3, reason: 'engine' },
  // a program that is not there: the others of the app run meanwhile
  E_APP_FAILED: { failures: 3, reason: 'app-exited' },
  E_BAD_INPUT: { failures: 1, reason: 'engine' }, E_INTERNAL: { failures: 5, reason: 'failed' },
}
const retry = { initialMs: 1_000, maxMs: 60_000 }

export interface RunnerDeps extends BaseDeps {
  engine: EngineHost
  images: Pick<Images, 'bring'>
  owner: Owner
  /** Peer id of who rents: it may have the images. */
  tenant: string
  app: App
  /** What the lease may reach now. */
  policy: () => PodPolicy
  onProgress: (service: string, progress: PullProgress) => void
  onRestart: (service: string, attempts: number) => void
  /** A service that has lost its network is stopped for it, and started again. */
  onRejoining: (service: string) => void
  onRejoin: (service: string) => void
}

export type RunResult =
  | { kind: 'done' }
  /** Try again then, monotonic ms. */
  | { kind: 'later', atMs: number, error: unknown }
  | { kind: 'end', reason: Reason }

/** Does to one lease's containers what was decided, one batch at a time. */
export class LeaseRunner {
  readonly #deps: RunnerDeps
  #prepared: Prepared | undefined
  #failures = 0
  #trouble: Reason | null = null

  constructor(deps: RunnerDeps) {
    this.#deps = deps
  }

  get isPrepared(): boolean {
    return this.#prepared !== undefined
  }

  /** Why the last work failed, which is done again. */
  get trouble(): Reason | null {
    return this.#trouble
  }

  async run(actions: readonly LeaseAction[], signal: AbortSignal): Promise<RunResult> {
    try {
      const engine = this.#deps.engine.require()
      for (const action of actions.filter((each) => each.kind === 'prepare' || each.kind === 'teardown')) await this.#act(engine, action, signal)
      // nobody wakes up with more than is allowed to it now
      await settleAll(actions.filter((each) => each.kind === 'limit').map((action) => this.#act(engine, action, signal)))
      await settleAll(actions.filter((each) => !['prepare', 'teardown', 'limit'].includes(each.kind)).map((action) => this.#act(engine, action, signal)))
      this.#failures = 0
      this.#trouble = null
      return { kind: 'done' }
    } catch (error) {
      return this.#failed(error)
    }
  }

  async #act(engine: ContainerEngine, action: LeaseAction, signal: AbortSignal): Promise<void> {
    const { owner, app, onRestart } = this.#deps
    switch (action.kind) {
      case 'prepare':
        this.#prepared = await prepare(engine, owner, app, { ...this.#deps, signal })
        break
      case 'start':
        await this.#start(engine, action.service, this.#prepared, action.limits)
        break
      case 'restart':
        await this.#startAgain(engine, action, signal)
        onRestart(action.service, action.attempts)
        break
      case 'rejoin':
        this.#deps.onRejoining(action.service)
        await engine.unpause(action.containerId)
        await engine.stop(action.containerId, 0)
        await this.#startAgain(engine, action, signal)
        this.#deps.onRejoin(action.service)
        break
      case 'pause':
        await engine.pause(action.containerId)
        break
      case 'unpause':
        await engine.unpause(action.containerId)
        break
      case 'limit':
        await engine.update(action.containerId, action.limits)
        break
      case 'teardown':
        this.#prepared = undefined
        await tearDown(engine, owner, app)
        break
      case 'end':
        break
    }
  }

  async #start(engine: ContainerEngine, name: string, prepared: Prepared | undefined, limits: HeldLimits | undefined): Promise<void> {
    const { owner, app, policy } = this.#deps
    const service = app.services.find((each) => each.name === name)
    if (service === undefined || prepared === undefined) throw new DepinError('E_INTERNAL', `${name} was to start before it was prepared.`)
    const creating = engine.createContainer(containerRequest(owner, service, prepared))
    await settleAll([creating, engine.ensurePod(podRequest(owner, app, service, prepared, policy()))])
    await engine.start((await creating).id, limits)
  }

  /** In the pod it has had, closed anew where its guard has ended; in a new one, and as a new container, where that is gone. */
  async #startAgain(engine: ContainerEngine, { service: name, containerId, limits }: Extract<LeaseAction, { kind: 'restart' | 'rejoin' }>, signal: AbortSignal): Promise<void> {
    const { owner, app } = this.#deps
    const pods = await engine.listPods(owner.node)
    const pod = pods.find((each) => each.owner.leaseId === owner.leaseId && each.service === name)
    if (pod?.isRunning === true) {
      await engine.start(containerId, limits)
      return
    }
    if (pod === undefined) await engine.removeContainer(containerId)
    this.#prepared ??= await prepare(engine, owner, app, { ...this.#deps, signal })
    await this.#start(engine, name, this.#prepared, limits)
  }

  #failed(error: unknown): RunResult {
    const { clock, rng } = this.#deps
    const { code, message } = toErrorReport(error)
    this.#failures++
    // whatever was prepared may be what is wrong
    this.#prepared = undefined
    const detail = message.slice(0, 500)
    const ends = permanent[code]
    if (ends !== undefined) return { kind: 'end', reason: { code: ends, detail } }
    const bound = patience[code]
    if (bound !== undefined && this.#failures >= bound.failures) return { kind: 'end', reason: { code: bound.reason, detail } }
    this.#trouble = { code: bound?.reason ?? (code.startsWith('E_ENGINE') ? 'engine' : 'failed'), detail }
    return { kind: 'later', atMs: clock.monotonicMs() + backoffMs(this.#failures, retry, rng), error }
  }
}

/** Stops and removes everything a lease has on the engine. Safe to repeat. */
export async function tearDown(engine: ContainerEngine, owner: Owner, app: App | null): Promise<void> {
  const containers = (await engine.listContainers(owner.node)).filter((container) => container.owner.leaseId === owner.leaseId)
  await settleAll(containers.map(async (container) => {
    const graceMs = app?.services.find((service) => service.name === container.service)?.stopGraceMs ?? maxStopGraceMs
    if (container.state === 'paused') await engine.unpause(container.id)
    if (container.state === 'running' || container.state === 'paused') await engine.stop(container.id, Math.min(graceMs, maxStopGraceMs))
    await engine.removeContainer(container.id)
  }))
  await engine.removePods(owner)
  await settleAll([engine.removeNetwork(owner), engine.removeVolumes(owner), engine.removeLeaseImages(owner)])
}
