import { DepinError } from '../../contract/errors.ts'
import type { Deployment, DeployOptions, LogBatch, ManifestBundle, ManifestNote, ManifestReport, QuoteReport } from '../../contract/nouns/deployment.ts'
import { untilWritten } from '../database/index.ts'
import { appResources, type HostAnswer } from '../market/index.ts'
import { Leasing, orderFor } from './leasing.ts'
import { followLogs } from './logs.ts'
import { readManifest } from './manifest/index.ts'
import type { Place } from './manifest/notes.ts'
import type { Manifest } from './manifest/types.ts'
import { tooFewHosts } from './placement.ts'
import { Reconciler } from './reconciler.ts'
import { createDeploymentStore } from './store.sqlite.ts'
import type { DeploymentDeps, DeploymentRecord, Deployments, DeploymentStore, LogsRequest, RunningCopy } from './types.ts'
import { viewOf } from './view.ts'
import { HostWatcher } from './watch.ts'

/** Removing waits this long for hosts to settle; what is left is settled when they are next seen, ms. */
const settleDeadlineMs = 20_000

export function createDeployments(deps: DeploymentDeps): Deployments {
  return new DeploymentsPart(deps)
}

class DeploymentsPart implements Deployments {
  readonly #deps: DeploymentDeps
  readonly #store: DeploymentStore
  readonly #watcher: HostWatcher
  readonly #leasing: Leasing
  readonly #reconciler: Reconciler
  readonly #stopped = new AbortController()
  readonly #removals = new Set<Promise<Deployment>>()
  /** Asked by every connection of a tunnel. */
  readonly #reachable: (name: string) => { services: string[], copies: RunningCopy[] }

  constructor(deps: DeploymentDeps) {
    this.#deps = deps
    this.#store = createDeploymentStore(deps.database)
    this.#reachable = untilWritten(deps.database, (name) => this.#findReachable(name))
    this.#watcher = new HostWatcher(deps)
    this.#leasing = new Leasing(deps, this.#store)
    this.#reconciler = new Reconciler(deps, this.#store, this.#leasing, this.#watcher)
  }

  start(): void {
    this.#watcher.start()
    this.#reconciler.start()
    for (const record of this.#store.list().filter((each) => each.removing)) void this.#finishRemoving(record)
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('deployments stop'))
    await this.#reconciler.stop()
    await this.#watcher.stop()
    await Promise.allSettled(this.#removals)
  }

  list(): Deployment[] {
    return this.#store.list().map((record) => this.#view(record))
  }

  get(name: string): Deployment {
    return this.#view(this.#require(name))
  }

  async* quote(bundle: ManifestBundle, options: DeployOptions, signal?: AbortSignal): AsyncGenerator<QuoteReport & { asked: number, answered: number }> {
    const { manifest, report } = await this.#readAndResolve(bundle, signal)
    const record = this.#recordFrom(manifest, report, options)
    const hosts = record.providers.length > 0 ? record.providers : await this.#deps.market.candidates(signal)
    const answers: HostAnswer[] = []
    yield { ...this.#quoteReport(record, report, answers), asked: hosts.length, answered: 0 }
    for await (const answer of this.#deps.market.ask(orderFor(record), hosts, signal)) {
      answers.push(answer)
      yield { ...this.#quoteReport(record, report, answers), asked: hosts.length, answered: answers.length }
    }
  }

  async create(bundle: ManifestBundle, options: DeployOptions, signal?: AbortSignal): Promise<Deployment> {
    const { database, activity, bus, images } = this.#deps
    const { manifest, report } = await this.#readAndResolve(bundle, signal)
    const record = this.#recordFrom(manifest, report, options)
    this.#assertNameIsFree(record.name)
    this.#leasing.askAnew(record)
    const answers = await this.#leasing.gather(record, record.placement.copies, signal ?? new AbortController().signal)
    const { chosen, problem } = this.#leasing.choose(record, record.placement.copies, answers)
    if (chosen.length === 0) {
      throw new DepinError('E_NO_PROVIDER', problem ?? 'No host can take it now.', {
        next: 'Ask for less, allow a higher price, or try again when more hosts are there. Nothing was started.',
        details: { hosts: this.#quoteReport(record, report, answers).hosts },
      })
    }
    // another call may have taken the name while hosts were asked
    this.#assertNameIsFree(record.name)
    database.transaction((tx) => {
      this.#store.insert(tx, record)
      for (let index = 0; index < record.placement.copies; index++) {
        this.#store.putReplica(tx, { deployment: record.name, index, sinceMs: record.createdAtMs, state: { kind: 'waiting', reason: null, failures: 0, notBeforeMs: 0 } })
      }
      activity.add(tx, { kind: 'app-created', tone: 'info', params: { app: record.name, copies: record.placement.copies } })
    })
    images.share(record.app)
    this.#reconciler.begin(record, answers)
    bus.publish('deployment-changed', record.name)
    return this.get(record.name)
  }

  async remove(name: string, signal?: AbortSignal): Promise<Deployment> {
    const { database, bus } = this.#deps
    const record = { ...this.#require(name), removing: true }
    database.transaction((tx) => this.#store.setRemoving(tx, name))
    bus.publish('deployment-changed', name)
    this.#reconciler.trigger()
    return await this.#finishRemoving(record, signal)
  }

  retry(name: string): Deployment {
    const { database, bus, clock } = this.#deps
    this.#leasing.askAnew(this.#require(name))
    database.transaction((tx) => {
      for (const replica of this.#store.replicas(name, tx)) {
        if (replica.state.kind === 'leased') continue
        this.#store.putReplica(tx, { ...replica, sinceMs: clock.nowMs(), state: { kind: 'waiting', reason: null, failures: 0, notBeforeMs: 0 } })
      }
    })
    bus.publish('deployment-changed', name)
    this.#reconciler.trigger()
    return this.get(name)
  }

  logs(request: LogsRequest, signal: AbortSignal): AsyncIterable<LogBatch> {
    const record = this.#require(request.name)
    const services = record.app.services.map((each) => each.name)
    if (request.service !== null && !services.includes(request.service)) throw noService(record.name, request.service, services)
    return followLogs(this.#deps, this.#store, request, signal)
  }

  targets(name: string, service: string, replica: number | null): RunningCopy[] {
    const { services, copies } = this.#reachable(name)
    if (!services.includes(service)) throw noService(name, service, services)
    return replica === null ? copies : copies.filter(({ index }) => index === replica)
  }

  #findReachable(name: string): { services: string[], copies: RunningCopy[] } {
    const services = this.#require(name).app.services.map((each) => each.name)
    const copies = this.#store.replicas(name).flatMap(({ index, state }) => {
      if (state.kind !== 'leased') return []
      const phase = this.#deps.market.leases.get(state.leaseId, 'tenant')?.phase.state
      return phase === 'running' || phase === 'grace' ? [{ index, provider: state.provider, leaseId: state.leaseId }] : []
    })
    return { services, copies }
  }

  /** Waits until every lease is settled, as long as that has a chance, and then forgets the deployment. */
  async #finishRemoving(record: DeploymentRecord, signal?: AbortSignal): Promise<Deployment> {
    const removal = this.#settleAndForget(record, AbortSignal.any([this.#stopped.signal, ...signal === undefined ? [] : [signal]]))
    this.#removals.add(removal)
    return await removal.finally(() => this.#removals.delete(removal))
  }

  /** The deployment as it was last. */
  async #settleAndForget(record: DeploymentRecord, signal: AbortSignal): Promise<Deployment> {
    const { clock, database, activity, bus } = this.#deps
    const { name } = record
    const giveUpAtMs = clock.monotonicMs() + settleDeadlineMs
    while (!signal.aborted && clock.monotonicMs() < giveUpAtMs && !this.#isSettled(name)) await clock.sleep(50)
    const last = this.#view(record)
    // a service that stops goes on with this at its next start
    if (this.#stopped.signal.aborted || this.#store.get(name) === undefined) return last
    database.transaction((tx) => {
      this.#store.remove(tx, name)
      activity.add(tx, { kind: 'app-removed', tone: 'info', params: { app: name } })
    })
    bus.publish('deployment-changed', name)
    return last
  }

  /** Nothing more will come from the hosts it was on: they have settled, never had it, or cannot be reached now. */
  #isSettled(name: string): boolean {
    const { market, network } = this.#deps
    return this.#store.leaseIds(name).every((leaseId) => {
      const lease = market.leases.get(leaseId, 'tenant')
      if (lease === undefined || lease.phase.state === 'final') return true
      return lease.phase.state === 'terminated' && (lease.providerSignature === null || !network.isConnected(lease.peerId))
    })
  }

  /** The manifest, with what the names of its images stand for. */
  async #readAndResolve(bundle: ManifestBundle, signal?: AbortSignal): Promise<{ manifest: Manifest, report: ManifestReport }> {
    const { manifest, report } = requireManifest(bundle)
    const { app, unknown } = await this.#deps.images.resolve(manifest.app, signal ?? new AbortController().signal)
    const notes = unknown.map((name) => unknownImage(manifest.imagePlaces.get(name) ?? { file: bundle.entry, line: 1 }, name, app.services.find((service) => service.name === name)?.image ?? ''))
    return { manifest: { ...manifest, app }, report: { ...report, warnings: [...report.warnings, ...notes] } }
  }

  #quoteReport(record: DeploymentRecord, report: ManifestReport, answers: readonly HostAnswer[]): QuoteReport {
    const { placement } = record
    const result = this.#leasing.preview(record, answers)
    const isEnough = result.chosen.length === placement.copies
    const chosenHosts = result.hosts.filter((host) => host.chosen)
    return {
      resources: appResources(record.app),
      copies: placement.copies,
      maxPriceMonthMicro: placement.maxPriceMonthMicro,
      hosts: result.hosts,
      totalMonthMicro: isEnough ? chosenHosts.reduce((sum, host) => sum + (host.priceMonthMicro ?? 0n), 0n) : null,
      problem: result.problem ?? (isEnough ? null : tooFewHosts(result.chosen.length, placement.copies)),
      warnings: report.warnings,
    }
  }

  #recordFrom(manifest: Manifest, report: ManifestReport, options: DeployOptions): DeploymentRecord {
    const { placement } = manifest
    return {
      name: options.name ?? manifest.name ?? manifest.app.services[0]?.name ?? 'app',
      createdAtMs: this.#deps.clock.nowMs(),
      removing: false,
      app: manifest.app,
      placement: { ...placement, maxPriceMonthMicro: options.maxPriceMonthMicro ?? placement.maxPriceMonthMicro },
      providers: options.providers ?? [],
      warnings: report.warnings,
    }
  }

  #assertNameIsFree(name: string): void {
    if (this.#store.get(name) === undefined) return
    throw new DepinError('E_CONFLICT', `There is an app called “${name}” already.`, { next: `Choose another name with --name, or remove it with “depin rm ${name}”.` })
  }

  #require(name: string): DeploymentRecord {
    const record = this.#store.get(name)
    if (record !== undefined) return record
    throw new DepinError('E_NOT_FOUND', `There is no app called “${name}”.`, { next: 'See “depin ps” for those there are.' })
  }

  #view(record: DeploymentRecord): Deployment {
    return viewOf({ ...this.#deps, store: this.#store, remote: this.#watcher }, record)
  }
}

function requireManifest(bundle: ManifestBundle): { manifest: Manifest, report: ManifestReport } {
  const { manifest, report } = readManifest(bundle)
  if (manifest !== null) return { manifest, report }
  const first = report.errors[0]
  const where = first === undefined ? '' : ` ${first.file}:${first.line}: ${first.key === '' ? '' : `${first.key}: `}${first.message}`
  throw new DepinError('E_MANIFEST', report.errors.length > 0 ? `The compose file cannot be used.${where}` : `The compose file names files that were not sent: ${report.missingFiles.join(', ')}.`, {
    next: 'See all of them with “depin validate FILE”.', details: { errors: report.errors, missingFiles: report.missingFiles },
  })
}

function noService(name: string, service: string, services: readonly string[]): DepinError {
  return new DepinError('E_NOT_FOUND', `“${name}” has no service “${service}”.`, { next: `It has ${services.join(', ')}.` })
}

function unknownImage(place: Place, service: string, image: string): ManifestNote {
  return {
    ...place, key: `services.${service}.image`,
    message: `The registry of ${image} cannot be asked from here: each host takes what it finds under the name.`,
  }
}
