/**
 * The composition root: the one place where implementations are built and handed to each other.
 */
import { join } from 'node:path'
import { DepinError } from '../contract/errors.ts'
import type { SetupRun } from '../contract/nouns/engine-setup.ts'
import type { NodeStatus } from '../contract/nouns/node.ts'
import type { ServiceFile } from '../contract/nouns/serve.ts'
import { type Abuse, createAbuse } from './abuse/index.ts'
import { type ActivityLog, createActivityLog } from './activity/index.ts'
import { type ApiServer, createApiServer, createRouter } from './api/index.ts'
import { type BaseDeps, createEventBus, type EventBus, type ServiceEvents, startAll, type Startable, stopAll } from './base/index.ts'
import { type Capacity, createCapacity, createInventory, type Inventory, noSignals, type SignalReader } from './capacity/index.ts'
import { createDeployments, type Deployments } from './deployments/index.ts'
import { type Database, getMeta, openDatabase, setMeta, type WriteHandle } from './database/index.ts'
import type { EngineHost } from './engine/index.ts'
import { createEngineSetup } from './engine-setup/index.ts'
import type { HealthFacts } from './health/index.ts'
import { type DataDir, openDataDir } from './identity/index.ts'
import { createImages, createRegistryClient, type Images, type RegistryClient } from './images/index.ts'
import { createIngress, type Ingress } from './ingress/index.ts'
import { createFunding, createLedger, createLedgerStore, type Ledger, type LedgerStore } from './ledger/index.ts'
import { createLeases, createMarket, type Leases, type Market } from './market/index.ts'
import { createMetering, type Metering } from './metering/index.ts'
import { createOnboarding, hangsOn, type OnboardingPart } from './onboarding/index.ts'
import { type AloneWatch, createAloneWatch, createNetwork, createNetworkStore, type Network, type NetworkOptions } from './network/index.ts'
import { createUpdates, isVersionBefore, putBackIfAsked, type ReleaseFacts, updatesMemoryPath } from './updates/index.ts'
import { createWatchdog, type Watchdog } from './watchdog/index.ts'
import { createWorkloads, type Workloads } from './workloads/index.ts'

export interface NodeOptions {
  dataDir: string
  /** Where this user's data directories are remembered. */
  stateDir: string
  newIdentity: boolean
  /** What opens the key where it is sealed; null or left out: nobody gave it. */
  sealKey?: Uint8Array | null
  network: NetworkOptions
  /** Where the dashboard listens; null: the default port, or any free one. */
  http: { host: string, port: number } | null
  /** Folder of the built dashboard; null: none is served. */
  dashboardDir: string | null
  version: string
  /** Begin to share at once. */
  share: boolean
  /** What to start as the watchdog, its arguments before the data directory included; null: none. */
  watchdogProgram: readonly string[] | null
  /** How this program was installed, and where newer ones are; left out: nobody knows. */
  release?: ReleaseFacts
  /** How an update may start it anew; left out where another program starts it. */
  serve?: ServiceFile['serve']
  /** Called by the API's `node.stop`. */
  onStopRequest: () => void
  /** Called by the API's `key.restore`: stop, `restoreDataDir` with this seed, start again. */
  onRestoreRequest: (seed: Uint8Array) => void
}

export interface NodeDeps extends BaseDeps {
  engine: EngineHost
  /** The machine; looked at itself when left out. */
  inventory?: Inventory
  /** Where names of images are looked up; the registries they name when left out. */
  registry?: RegistryClient
  /** What the operating system knows of how the machine is used; nothing when left out. */
  signals?: (inventory: Inventory) => SignalReader
}

/** A whole node with its parts, running. */
export interface DepinNode {
  readonly peerId: string
  readonly isNew: boolean
  readonly bus: EventBus<ServiceEvents>
  readonly database: Database
  readonly activity: ActivityLog
  readonly engine: EngineHost
  readonly network: Network
  readonly alone: AloneWatch
  readonly capacity: Capacity
  readonly images: Images
  readonly leases: Leases
  readonly market: Market
  readonly metering: Metering
  readonly ledgerStore: LedgerStore
  readonly ledger: Ledger
  readonly abuse: Abuse
  readonly workloads: Workloads
  readonly watchdog: Watchdog
  readonly deployments: Deployments
  readonly ingress: Ingress
  readonly onboarding: OnboardingPart
  readonly api: ApiServer
  status(): NodeStatus
  /** The key on the disk is sealed. */
  isSealed(): boolean
  /** Seals the key on the disk with this one, or, null, takes the seal off. E_CONFLICT while nobody else keeps its words. */
  seal(sealKey: Uint8Array | null): void
  /** Stops in order. Guests go on running. */
  stop(): Promise<void>
}

/** Opens the data directory, builds every part, and starts them from the bottom up. Undoes all of it when one fails. */
export async function startNode(options: NodeOptions, deps: NodeDeps): Promise<DepinNode> {
  const dataDir = openDataDir({ path: options.dataDir, stateDir: options.stateDir, newIdentity: options.newIdentity, sealKey: options.sealKey ?? null, clock: deps.clock, rng: deps.rng })
  let database: Database | undefined
  try {
    putBackIfAsked({ dataDir: dataDir.path, databasePath: dataDir.databasePath, version: options.version, log: deps.log })
    database = openDatabase({ path: dataDir.databasePath })
    claimDatabase(database, dataDir, deps.clock)
    dataDir.markReady()
    const node = build(options, deps, dataDir, database)
    await startAll(node.startables)
    if (options.share && !node.capacity.settings().on) node.capacity.change({ on: true })
    return node
  } catch (error) {
    database?.close()
    dataDir.close()
    throw error
  }
}

/** The database belongs to this key: a database of another identity in this directory is a mistake, not a fresh start. */
function claimDatabase(database: Database, dataDir: DataDir, clock: BaseDeps['clock']): void {
  const owner = getMeta(database.read, 'peer-id')
  if (owner === undefined && dataDir.wasReady) {
    throw new DepinError('E_DATA_DIR_DAMAGED', `The database in ${dataDir.path} is empty, though it was in use before.`, {
      next: 'Restore the newest file from its “snapshots” folder, or a backup. To begin anew, choose an empty directory.',
    })
  }
  // restored from words: nothing in it was signed with the key of before
  const isInherited = owner !== undefined && dataDir.formerPeerIds.includes(owner) && hangsOn(createLedgerStore(database, clock)) === null
  if (owner === undefined || isInherited) database.transaction((tx) => setMeta(tx, 'peer-id', dataDir.identity.peerId))
  else if (owner !== dataDir.identity.peerId) {
    throw new DepinError('E_DATA_DIR_DAMAGED', `The database in ${dataDir.path} belongs to ${owner}, the key beside it to ${dataDir.identity.peerId}.`, {
      next: 'Put the matching files back from a backup.',
    })
  }
}

function build(options: NodeOptions, deps: NodeDeps, dataDir: DataDir, database: Database): DepinNode & { startables: Startable[] } {
  const { clock, engine } = deps
  const { identity } = dataDir
  const { signer } = identity
  const { networkName } = options.network
  const inventory = deps.inventory ?? createInventory(dataDir.path)
  const bus = createEventBus<ServiceEvents>()
  const activity = createActivityLog({ database, clock, bus })
  const shared = { ...deps, database, bus, activity, engine, signer, networkName }

  const network = createNetwork(options.network, { ...deps, seed: identity.networkSeed, store: createNetworkStore(database) })
  const alone = createAloneWatch({ network, clock, onChange: () => bus.publish('peer-changed', identity.peerId) })
  const capacity = createCapacity({ ...shared, inventory, signals: deps.signals?.(inventory) ?? noSignals, nodeId: identity.peerId })
  const leases = createLeases(shared)
  const images = createImages({
    ...shared, network, capacity, directory: join(dataDir.path, 'images'), registry: deps.registry ?? createRegistryClient(clock),
    isLeaseLive: (leaseId) => capacity.reservedLeaseIds().includes(leaseId),
  })
  const metering = createMetering(shared)
  const ledgerStore = createLedgerStore(database, clock)
  const money = { ...shared, network, leases, metering, store: ledgerStore }
  const market = createMarket({ ...shared, network, capacity, images, leases, funding: createFunding(money) })
  const ledger = createLedger(money)
  const abuse = createAbuse({ ...shared, leases, nodeId: identity.peerId })
  const workloads = createWorkloads({ ...shared, abuse, network, capacity, images, leases, metering, nodeId: identity.peerId, formerNodeIds: dataDir.formerPeerIds })
  const watchdog = createWatchdog({ ...shared, capacity, leases, metering, ledger, nodeId: identity.peerId, dataDir: dataDir.path, program: options.watchdogProgram })
  const deployments = createDeployments({ ...shared, network, images, market, ledger })
  const ingress = createIngress({
    ...deps, network, leases, metering,
    dial: (leaseId, service, port, signal) => engine.require().dial(workloads.target(leaseId, service, port).containerId, port, signal),
  })
  const onboarding = createOnboarding({ ...shared, identity, capacity, leases, ledgerStore, deployments, ingress, requestRestore: options.onRestoreRequest })

  const engineSetup = createEngineSetup({ ...deps, dataDir: dataDir.path, hasTerminal: false, onEnd: (run) => noteEngineSetup(run, parts) })

  const updates = createUpdates({ ...deps, ...options.release ?? nothingKnown, installed: options.version, memoryPath: updatesMemoryPath(dataDir.path) })
  const parts = { peerId: identity.peerId, isNew: dataDir.isNew, bus, database, activity, engine, network, alone, capacity, images, leases, market, metering, ledgerStore, ledger, abuse, workloads, watchdog, deployments, ingress, onboarding }
  const startedAtMs = clock.nowMs()
  const status = (): NodeStatus => statusOf(parts, options, startedAtMs, () => api.dashboardAddress())
  const router = createRouter({
    ...parts, engineSetup, updates, clock, status,
    guestCount: () => status().guests,
    healthFacts: () => Promise.resolve(({ ...healthFacts(parts, options, inventory, status()), updates: updates.damage() })),
    dashboardUrl: () => api.dashboardUrl(),
    requestStop: options.onStopRequest,
  })
  const api = createApiServer({ dataDir: dataDir.path, version: options.version, http: options.http, dashboardDir: options.dashboardDir, ...options.serve !== undefined && { serve: options.serve } }, { ...deps, router })
  // the engine first: it answers late, and nothing else waits for it
  const startables: Startable[] = [createNews(parts, clock, options.version), engine, { start: () => undefined, stop: () => engineSetup.cancel() }, network, alone, capacity, images, metering, watchdog, market, ledger, abuse, workloads, deployments, onboarding, updates, api]
  return {
    ...parts, api, status, startables, isSealed: () => dataDir.isSealed(), stop: () => stopNode(startables, deps, database, dataDir),
    seal(sealKey) {
      if (sealKey !== null && onboarding.get().keySavedAtMs === null) throw new DepinError('E_CONFLICT', 'Nobody has kept the words of this key yet.', { next: 'Save them first: without this computer’s keychain only they bring the key back.' })
      dataDir.seal(sealKey)
    },
  }
}

async function stopNode(startables: readonly Startable[], deps: NodeDeps, database: Database, dataDir: DataDir): Promise<void> {
  await stopAll(startables, deps.log)
  database.close()
  dataDir.close()
}

const nothingKnown: ReleaseFacts = { installation: { kind: 'elsewhere', owner: 'unknown' }, feed: null, keys: [] }

type Parts = Omit<DepinNode, 'api' | 'status' | 'isSealed' | 'seal' | 'stop'>

/** Passes on what the lower parts tell by listener, and writes down how this start came about. */
function createNews(parts: Parts, clock: BaseDeps['clock'], version: string): Startable {
  const { bus, engine, network, database, activity, leases } = parts
  const stops: (() => void)[] = []
  return {
    start() {
      stops.push(
        engine.onChange(() => bus.publish('engine-changed', null)),
        network.onPeer(({ peerId }) => bus.publish('peer-changed', peerId)),
      )
      database.transaction((tx) => {
        const lastBootId = getMeta(tx, 'boot-id')
        const hadGuests = leases.inState('provider', ['funded', 'running', 'grace', 'suspended']).length > 0
        if (parts.isNew) activity.add(tx, { kind: 'node-created', tone: 'info', params: { peerId: parts.peerId } })
        else if (hadGuests && lastBootId !== clock.bootId) activity.add(tx, { kind: 'power-returned', tone: 'good', params: {} })
        else activity.add(tx, { kind: 'node-started', tone: 'info', params: {} })
        setMeta(tx, 'boot-id', clock.bootId)
        noteVersion(parts, tx, version)
      })
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
}

/** A start of another version than the last: an update, or one that was taken back. */
function noteVersion({ activity }: Parts, tx: WriteHandle, version: string): void {
  const before = getMeta(tx, 'version')
  if (before === version) return
  setMeta(tx, 'version', version)
  if (before === undefined) return
  const isBack = isVersionBefore(version, before)
  activity.add(tx, { kind: isBack ? 'update-taken-back' : 'update-installed', tone: isBack ? 'attention' : 'good', params: { version, before } })
}

/** Whatever came of it: the engine is looked for at once. */
function noteEngineSetup({ kind, state, engineName }: SetupRun, { database, activity, engine }: Parts): void {
  if (state === 'done' && kind !== 'start') {
    database.transaction((tx) => activity.add(tx, { kind: kind === 'undo' ? 'engine-removed' : 'engine-installed', tone: kind === 'undo' ? 'info' : 'good', params: { engine: engineName } }))
  }
  void engine.retry()
}

function statusOf(parts: Parts, options: NodeOptions, startedAtMs: number, dashboard: () => string | null): NodeStatus {
  const { network, engine, capacity, leases, deployments } = parts
  return {
    peerId: parts.peerId,
    label: capacity.settings().label,
    version: options.version,
    network: options.network.networkName,
    pid: process.pid,
    startedAtMs,
    dataDir: options.dataDir,
    addresses: network.addresses(),
    dashboard: dashboard(),
    engine: engine.status(),
    sharing: capacity.state(),
    connectedPeers: network.connectedPeers().length,
    alone: parts.alone.status(),
    guests: leases.inState('provider', ['funded', 'running', 'grace', 'suspended']).length,
    deployments: deployments.list().length,
  }
}

function healthFacts(parts: Parts, options: NodeOptions, inventory: Inventory, status: NodeStatus): Omit<HealthFacts, 'updates'> {
  return {
    nodeVersion: process.version,
    engine: status.engine,
    // it could not have been opened otherwise
    dataDir: { path: options.dataDir, problem: null },
    freeDiskMiB: inventory.disk().freeMiB,
    servicePid: process.pid,
    network: { addresses: status.addresses, connectedPeers: status.connectedPeers },
    clockSkewMs: parts.market.clockSkewMs(),
  }
}
