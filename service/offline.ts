/** What the command line can answer without a running service: the same procedures, the same errors. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineStatus } from '../contract/nouns/node.ts'
import { createOfflineClient } from './api/index.ts'
import { type BaseDeps, createLogger, createSystemClock, createSystemRng, withDeadline } from './base/index.ts'
import { createInventory } from './capacity/index.ts'
import { createEngineHost } from './engine/index.ts'
import { createEngineSetup } from './engine-setup/index.ts'
import type { HealthFacts } from './health/index.ts'
import type { PanicReport } from '../contract/nouns/panic.ts'
import { UpdateOptions, type UpdateStatus } from '../contract/nouns/updates.ts'
import { openDatabase } from './database/index.ts'
import { inspectDataDir, restoreDataDir, type Restored, seedFromWords } from './identity/index.ts'
import { createLedgerStore } from './ledger/index.ts'
import { hangsOn } from './onboarding/index.ts'
import { damageOf, readReleaseFacts, runUpdate, updatesMemoryPath } from './updates/index.ts'
import { killEverything, markPanic, readOrders } from './watchdog/index.ts'

/** Looking for an engine takes no longer, ms. */
const engineDeadlineMs = 8_000

export function offlineClient({ dataDir, hasTerminal }: { dataDir: string, hasTerminal: boolean }): ReturnType<typeof createOfflineClient> {
  const log = createLogger('silent', process.stderr)
  const deps = { clock: createSystemClock(), rng: createSystemRng(), log }
  const engineSetup = createEngineSetup({ ...deps, dataDir, hasTerminal, onEnd: () => undefined })
  return createOfflineClient(() => factsOf(dataDir, deps), engineSetup, log)
}

/**
 * *Stop everything*, without the service: kills what this data directory's guests run, and leaves word for the next start,
 * which ends their leases and keeps sharing off.
 */
export async function panic({ dataDir }: { dataDir: string }): Promise<PanicReport> {
  const clock = createSystemClock()
  const orders = readOrders(dataDir)
  if (orders === null) return { stopped: 0, left: [], how: 'none', tookMs: 0 }
  markPanic(dataDir, clock.nowMs())
  return await killEverything(orders, clock)
}

/**
 * Makes a data directory, on which no service runs, that of the identity that the words are of: `depin restore`.
 *
 * @param words typed, pasted, or the text of a saved file.
 * @throws E_BAD_INPUT, E_CONFLICT, E_DATA_DIR_*.
 */
export function restore({ dataDir, words, newIdentity }: { dataDir: string, words: string, newIdentity: boolean }): Promise<Restored> {
  // whatever is wrong is the promise's to tell
  return Promise.resolve().then(() => restoreSeed({ dataDir, seed: seedFromWords(words), newIdentity }))
}

export function restoreSeed({ dataDir, seed, newIdentity }: { dataDir: string, seed: Uint8Array, newIdentity: boolean }): Restored {
  const deps = { clock: createSystemClock(), rng: createSystemRng() }
  const umask = process.umask(0o077)
  try {
    return restoreDataDir({ ...deps, path: dataDir, stateDir: stateDir(), newIdentity, seed, usedFor: (path) => usedFor(path, deps) })
  } finally {
    process.umask(umask)
  }
}

function usedFor(databasePath: string, { clock }: Pick<BaseDeps, 'clock'>): string | null {
  const database = openDatabase({ path: databasePath })
  try {
    return hangsOn(createLedgerStore(database, clock))
  } finally {
    database.close()
  }
}

/** Beside no data directory, so that the loss of one is noticed. */
export function stateDir(): string {
  const { env, platform } = process
  if (env['DEPIN_STATE_DIR'] !== undefined) return env['DEPIN_STATE_DIR']
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Depin')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Depin')
  return join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'depin')
}

async function factsOf(dataDir: string, deps: BaseDeps): Promise<HealthFacts> {
  const problem = inspectDataDir(dataDir)
  return {
    nodeVersion: process.version,
    engine: await findEngine(deps),
    dataDir: { path: dataDir, problem: problem === null ? null : { code: problem.code, message: problem.message, fix: problem.next ?? '' } },
    freeDiskMiB: createInventory(nearestExisting(dataDir)).disk().freeMiB,
    servicePid: null,
    network: null,
    updates: damageOf(readReleaseFacts(packageRoot()).installation, updatesMemoryPath(dataDir)),
    clockSkewMs: null,
  }
}

async function findEngine(deps: BaseDeps): Promise<EngineStatus> {
  const host = createEngineHost({ ...deps, choice: 'auto' })
  const found = Promise.withResolvers<undefined>()
  const stopListening = host.onChange(() => { if (host.status().state !== 'looking') found.resolve(undefined) })
  await host.start()
  try {
    if (host.status().state === 'looking') await withDeadline(deps.clock, 'looking for an engine', engineDeadlineMs, () => found.promise)
  } catch {
    deps.log.debug('no engine answered in time')
  }
  const status = host.status()
  stopListening()
  await host.stop()
  return status
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}

/** What a package holds beside its programs: `dist/`'s folder; in a checkout, its root. */
export function packageRoot(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url))
}

/** Updates this installation, whether a service runs or not: looks, brings, changes over, and goes back when it has to. */
export async function update(input: unknown, hooks: UpdateHooks): Promise<UpdateStatus> {
  const { feed, ...options } = UpdateOptions.parse(input)
  const facts = readReleaseFacts(packageRoot())
  return await runUpdate({ ...options, ...facts, feed: feed ?? facts.feed }, { clock: createSystemClock(), ...hooks })
}

export interface UpdateHooks {
  signal: AbortSignal
  onStatus: (status: UpdateStatus) => void
}
