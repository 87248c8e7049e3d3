import { connect } from 'node:net'
import * as z from 'zod'
import { DepinError, toErrorReport } from '../../contract/errors.ts'
import type { Deployment, DeployOptions, ManifestBundle } from '../../contract/nouns/deployment.ts'
import { HoldCause } from '../../contract/nouns/owner.ts'
import { type TestGuest, type TestGuestStep, testGuestSteps } from '../../contract/nouns/onboarding.ts'
import { DeadlineError, withDeadline } from '../base/index.ts'
import { getMeta, jsonColumn, setMeta } from '../database/index.ts'
import { ensureListener, type Listener } from '../engine/index.ts'
import type { OnboardingDeps } from './types.ts'

export const testGuestName = 'depin-test-guest'
const service = 'guest'
const port = 7000
/** Little, so that it fits beside others, and enough to cost something within seconds. */
const size = { cpus: 0.25, mem_limit: '32m' }
/** No step takes longer, ms: the last voucher has its own patience of 20 s. */
const stepDeadlineMs = 45_000
/** Events tell of changes; this often it is looked at all the same, ms. */
const lookEveryMs = 250
/** There from before the test begins until nothing of it is left. */
const metaKey = 'test-guest'
/** The owner's rules that are lifted for it. */
const liftedKey = 'test-guest-lifted'
const Lifted = jsonColumn(z.array(HoldCause))

/** One guest at a time, on this very computer, by the way that all guests take. */
export class TestGuests {
  readonly #deps: OnboardingDeps
  readonly #stopped = new AbortController()
  #run: TestGuest | null = null
  #underWay: Promise<void> | null = null

  constructor(deps: OnboardingDeps) {
    this.#deps = deps
  }

  /** What a crash left of a test is removed. */
  start(): void {
    if (getMeta(this.#deps.database.read, metaKey) !== 'there') return
    this.#underWay = this.#clearAway().catch((error: unknown) => {
      this.#deps.log.warn('a test guest of before could not be removed', { error })
    }).finally(() => { this.#underWay = null })
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the service stops'))
    await this.#underWay
  }

  last(): TestGuest | null {
    return this.#run
  }

  begin(): TestGuest {
    if (this.#underWay !== null && this.#run?.state === 'running') return this.#run
    if (this.#underWay !== null) throw new DepinError('E_BUSY', 'The last test guest is still being removed.', { next: 'Try again in a moment.' })
    const run: TestGuest = {
      state: 'running', startedAtMs: this.#deps.clock.nowMs(), steps: testGuestSteps.map((id) => ({ id, state: 'waiting', tookMs: null })),
      leaseId: null, rateMonthMicro: null, roundTripMs: null, settledMicro: null, voucherMicro: null, problem: null,
    }
    this.#run = run
    this.#underWay = this.#go().finally(() => { this.#underWay = null })
    return run
  }

  /** Never rejects: what went wrong is in the run. */
  async #go(): Promise<void> {
    const { log } = this.#deps
    try {
      this.#openDoor()
      await this.#allSteps()
      this.#change({ state: 'done' })
    } catch (error) {
      log.info('the test guest did not get through', { error })
      this.#fail(error)
    } finally {
      await this.#clearAway().catch((error: unknown) => log.warn('the test guest could not be removed', { error }))
    }
  }

  /** The owner is at the computer, and asks for this guest: rules that would keep it asleep are lifted for as long as it is here. */
  #openDoor(): void {
    const { capacity, deployments, database } = this.#deps
    if (!capacity.settings().on) throw new DepinError('E_CONFLICT', 'Sharing is off, so no guest can come.', { next: 'Turn sharing on and try again.' })
    if (deployments.list().some(({ name }) => name === testGuestName)) {
      throw new DepinError('E_CONFLICT', `There is an app called “${testGuestName}” already.`, { next: `Remove it: depin rm ${testGuestName}` })
    }
    database.transaction((tx) => setMeta(tx, metaKey, 'there'))
    if (capacity.target().kind !== 'asleep') return
    const lifted = capacity.anyway()
    database.transaction((tx) => setMeta(tx, liftedKey, JSON.stringify(lifted)))
  }

  /** They count again, whatever became of the guest. */
  #closeDoor(): void {
    const { capacity, database } = this.#deps
    const lifted = Lifted.parse(getMeta(database.read, liftedKey) ?? '[]')
    if (lifted.length === 0) return
    capacity.notAnyway(lifted)
    database.transaction((tx) => setMeta(tx, liftedKey, '[]'))
  }

  async #allSteps(): Promise<void> {
    const { engine, deployments, identity } = this.#deps
    const listener = await this.#step('image', (signal) => ensureListener(engine.require(), port, signal))
    const bundle = bundleOf(listener)
    const options: DeployOptions = { name: testGuestName, providers: [identity.peerId] }
    await this.#step('price', (signal) => this.#price(bundle, options, signal))
    const leaseId = await this.#step('lease', async (signal) => {
      await deployments.create(bundle, options, signal)
      return await this.#until(signal, (app) => this.#agreedLease(app))
    })
    this.#change({ leaseId })
    await this.#step('start', (signal) => this.#until(signal, (app) => app.replicas[0]?.state === 'running' ? true : null))
    await this.#step('reach', (signal) => this.#reach(signal))
    await this.#step('end', async (signal) => {
      await deployments.remove(testGuestName, signal)
      await this.#untilGone(leaseId, signal)
    })
    await this.#step('settle', () => this.#settle(leaseId))
  }

  async #price(bundle: ManifestBundle, options: DeployOptions, signal: AbortSignal): Promise<void> {
    for await (const report of this.#deps.deployments.quote(bundle, options, signal)) {
      if (report.answered < report.asked) continue
      if (report.totalMonthMicro === null) {
        throw new DepinError('E_NO_PROVIDER', report.hosts[0]?.why ?? report.problem ?? 'This computer would not take the guest.', { next: 'Share a little more, or see Diagnostics.' })
      }
      this.#change({ rateMonthMicro: report.totalMonthMicro })
    }
  }

  #agreedLease(app: Deployment): string | null {
    const leaseId = app.replicas[0]?.leaseId ?? null
    return leaseId !== null && (this.#deps.leases.get(leaseId, 'tenant')?.providerSignature ?? null) !== null ? leaseId : null
  }

  /** Looks at the deployment until `find` finds something, or it cannot get there any more. */
  async #until<Found>(signal: AbortSignal, find: (app: Deployment) => Found | null): Promise<Found> {
    const { deployments } = this.#deps
    return await this.#look(signal, () => {
      const app = deployments.get(testGuestName)
      const found = find(app)
      const copy = app.replicas[0]
      if (found === null && (app.state === 'failed' || (copy?.state === 'waiting' && copy.reason !== null))) {
        throw new DepinError('E_APP_FAILED', app.why ?? 'The test guest did not start.', { next: 'See Diagnostics, and Activity for what happened.' })
      }
      return found
    })
  }

  async #look<Found>(signal: AbortSignal, find: () => Found | null | Promise<Found | null>): Promise<Found> {
    const { clock, bus } = this.#deps
    for (;;) {
      const changed = Promise.withResolvers<undefined>()
      const stops = (['deployment-changed', 'lease-changed', 'workload-changed', 'capacity-changed'] as const).map((name) => bus.subscribe(name, () => changed.resolve(undefined)))
      const cancel = clock.after(lookEveryMs, () => changed.resolve(undefined))
      try {
        const found = await find()
        if (found !== null) return found
        await changed.promise
        signal.throwIfAborted()
      } finally {
        cancel()
        for (const stop of stops) stop()
      }
    }
  }

  /** Through the tunnel, as renters come: the guest takes the connection and ends it. */
  async #reach(signal: AbortSignal): Promise<void> {
    const { ingress, deployments, clock } = this.#deps
    const forward = await ingress.forward({ service, port, localPort: 0, targets: () => deployments.targets(testGuestName, service, null) })
    try {
      const startMs = clock.monotonicMs()
      await untilClosed(forward.host, forward.port, signal)
      const { problem } = forward.counts()
      if (problem !== null) throw new DepinError('E_APP_FAILED', problem, { next: 'See Diagnostics.' })
      this.#change({ roundTripMs: Math.round((clock.monotonicMs() - startMs) * 10) / 10 })
    } finally {
      await forward.close()
    }
  }

  async #untilGone(leaseId: string, signal: AbortSignal): Promise<void> {
    const { engine, identity, capacity } = this.#deps
    await this.#look(signal, async () => {
      if (capacity.reservedLeaseIds().includes(leaseId)) return null
      const [containers, pods] = await Promise.all([engine.require().listContainers(identity.peerId), engine.require().listPods(identity.peerId)])
      return [...containers, ...pods].some(({ owner }) => owner.leaseId === leaseId) ? null : true
    })
  }

  #settle(leaseId: string): Promise<void> {
    const { leases, ledgerStore, identity } = this.#deps
    const account = ledgerStore.account(leaseId, 'tenant')
    const receipt = ledgerStore.channelWith('tenant', identity.peerId)
    if (leases.get(leaseId, 'tenant')?.phase.state !== 'final' || account === undefined || receipt === undefined) {
      return Promise.reject(new DepinError('E_DEADLINE', 'The guest is gone, but its last voucher was not acknowledged in time.', { next: 'It is sent again by itself. See Activity.' }))
    }
    this.#change({ settledMicro: account.ackDueMicro, voucherMicro: receipt.bestMicro })
    return Promise.resolve()
  }

  async #clearAway(): Promise<void> {
    const { deployments, database } = this.#deps
    const isThere = getMeta(database.read, metaKey) === 'there'
    try {
      if (isThere && deployments.list().some(({ name }) => name === testGuestName)) await deployments.remove(testGuestName, this.#stopped.signal)
    } finally {
      this.#closeDoor()
    }
    // a service that stops goes on with this at its next start
    if (isThere && !this.#stopped.signal.aborted) database.transaction((tx) => setMeta(tx, metaKey, 'gone'))
  }

  async #step<Result>(id: TestGuestStep, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { clock } = this.#deps
    const startMs = clock.monotonicMs()
    this.#mark(id, 'running', null)
    const result = await withDeadline(clock, id, stepDeadlineMs, work, this.#stopped.signal)
    this.#mark(id, 'done', Math.round(clock.monotonicMs() - startMs))
    return result
  }

  #mark(id: TestGuestStep, state: TestGuest['steps'][number]['state'], tookMs: number | null): void {
    this.#change({ steps: (this.#run?.steps ?? []).map((step) => step.id === id ? { id, state, tookMs } : step) })
  }

  #fail(error: unknown): void {
    const problem = error instanceof DeadlineError
      ? new DepinError('E_DEADLINE', `This step took longer than ${stepDeadlineMs / 1000} seconds.`, { next: 'See Diagnostics, and try again.' }).toReport()
      : toErrorReport(error)
    const steps = this.#run?.steps ?? []
    const at = Math.max(0, steps.findIndex(({ state }) => state !== 'done'))
    this.#change({ state: 'failed', problem, steps: steps.map((step, index) => index === at ? { ...step, state: 'failed' } : step) })
  }

  #change(patch: Partial<TestGuest>): void {
    if (this.#run === null) return
    this.#run = { ...this.#run, ...patch }
    this.#deps.bus.publish('onboarding-changed', null)
  }
}

/** A compose file, as a renter would send it: JSON is YAML. */
function bundleOf({ image, entrypoint, command }: Listener): ManifestBundle {
  const compose = { services: { [service]: { image, entrypoint, command, expose: [port], restart: 'no', ...size } } }
  return { entry: 'compose.yaml', files: { 'compose.yaml': Buffer.from(JSON.stringify(compose)).toString('base64') }, env: {} }
}

function untilClosed(host: string, at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: at })
    const abort = (): void => void socket.destroy(new Error('the test guest is not waited for any more', { cause: signal.reason }))
    signal.addEventListener('abort', abort, { once: true })
    socket.on('error', reject)
    // it is ended by whoever took it
    socket.on('close', () => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
    socket.resume()
  })
}
