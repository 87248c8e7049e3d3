/**
 * Where a process begins: `serve` runs a whole node until it is told to stop, `offlineClient` answers what needs none.
 * The command line and the desktop load this file; nothing imports it.
 */
import './young-heap.ts'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PinoPretty } from 'pino-pretty'
import { DepinError } from '../contract/errors.ts'
import { type ReadyEvent, ServeOptions } from '../contract/nouns/serve.ts'
import type { ApiServer } from './api/index.ts'
import { createLogger, createSystemClock, createSystemRng, type Logger, type LogSink } from './base/index.ts'
import { createEngineHost } from './engine/index.ts'
import { createSystemSignals } from './capacity/index.ts'
import { type DepinNode, startNode } from './node.ts'
import { packageRoot, restoreSeed, stateDir } from './offline.ts'
import { readReleaseFacts } from './updates/index.ts'

export { offlineClient, panic, restore, update } from './offline.ts'

/** How often it is tried whether the data directory is free, ms. */
const lookAgainMs = 50

export interface ServeHooks {
  /** Aborts to stop the node in order. */
  signal: AbortSignal
  /** What the program that hosts this one may do; again after a restore. */
  onReady: (event: ReadyEvent, host: ServeHost) => void
  /** What opens the key where it is sealed: the desktop has it from the keychain. */
  sealKey?: Uint8Array | null
  /** How to run `watchdog.mjs`, its arguments before the data directory's included; this very Node when left out. */
  watchdogProgram?: readonly string[]
}

/** `servePort`: serves the API on a message port. */
export type ServeHost = Pick<ApiServer, 'servePort'> & Pick<DepinNode, 'isSealed' | 'seal'>

/** What ends a node's run. */
type End = { kind: 'stop' } | { kind: 'restore', seed: Uint8Array }

/**
 * Runs a node until the signal aborts or the API asks it to stop; resolves when it has stopped. One that is to become another
 * node, restored from its words, is stopped, changed and started again, and is ready a second time.
 *
 * @param input a `ServeOptions`, from a command line or a parent process: parsed here.
 * @throws DepinError when it cannot start: nothing is left running then.
 */
export async function serve(input: unknown, hooks: ServeHooks): Promise<void> {
  const options = ServeOptions.parse(input)
  // files of the database come into being without our asking: nobody else may read them
  process.umask(0o077)
  const log = createLogger(options.logLevel, logSink())
  let isFirst = true
  for (let run = options; ;) {
    const ended = Promise.withResolvers<End>()
    const requestStop = (): void => ended.resolve({ kind: 'stop' })
    const node = await whenFree(options.whenFreeMs ?? 0, hooks.signal, () => start(run, log, requestStop, (seed) => ended.resolve({ kind: 'restore', seed }), hooks))
    if (isFirst) surviveStrayErrors(log)
    isFirst = false
    hooks.signal.addEventListener('abort', requestStop, { once: true })
    if (hooks.signal.aborted) requestStop()
    hooks.onReady(readyEvent(node, run), { servePort: (port) => node.api.servePort(port), isSealed: () => node.isSealed(), seal: (key) => node.seal(key) })
    const end = await ended.promise
    const http = addressOf(node)
    await node.stop()
    hooks.signal.removeEventListener('abort', requestStop)
    if (end.kind === 'stop') return
    becomeAnother(run.dataDir, end.seed, log)
    // whoever looks on finds it where it was
    run = { ...run, http: http ?? run.http, newIdentity: false }
  }
}

/** A lease may have come meanwhile: then the node stays who it is. */
function becomeAnother(dataDir: string, seed: Uint8Array, log: Logger): void {
  try {
    log.info('restored from words', { ...restoreSeed({ dataDir, seed, newIdentity: false }) })
  } catch (error) {
    log.error('the identity was not changed', { error })
  }
}

function addressOf(node: DepinNode): ServeOptions['http'] {
  const address = node.api.dashboardAddress()
  if (address === null) return null
  const { hostname, port } = new URL(address)
  return { host: hostname, port: Number(port) }
}

function start(options: ServeOptions, log: Logger, onStopRequest: () => void, onRestoreRequest: (seed: Uint8Array) => void, hooks: ServeHooks): Promise<DepinNode> {
  const base = { clock: createSystemClock(), rng: createSystemRng(), log }
  return startNode({
    dataDir: options.dataDir,
    stateDir: stateDir(),
    newIdentity: options.newIdentity,
    sealKey: hooks.sealKey ?? null,
    network: { listen: options.listen, bootstrap: options.bootstrap, mdns: options.mdns, networkName: process.env['DEPIN_NETWORK'] ?? 'main' },
    http: options.http,
    dashboardDir: dashboardDir(),
    version: process.env['DEPIN_VERSION'] ?? '0.0.0-dev',
    share: options.share,
    watchdogProgram: hooks.watchdogProgram ?? watchdogProgram(),
    onStopRequest,
    onRestoreRequest,
    release: readReleaseFacts(packageRoot()),
    ...hooks.watchdogProgram === undefined && { serve: options },
  }, { ...base, engine: createEngineHost({ ...base, choice: options.engine, disks: { directory: resolve(options.dataDir, 'disks'), means: 'auto' } }), signals: (inventory) => createSystemSignals({ ...base, inventory }) })
}

function readyEvent(node: DepinNode, options: ServeOptions): ReadyEvent {
  const { peerId, addresses, engine, pid } = node.status()
  return { event: 'ready', peerId, addresses, dashboard: node.api.dashboardUrl() ?? '', engine, pid, dataDir: options.dataDir }
}

/** Tries again for so long while another service holds the data directory: it is about to let go. */
async function whenFree<T>(forMs: number, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  const clock = createSystemClock()
  const endMs = clock.monotonicMs() + forMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof DepinError) || error.code !== 'E_DATA_DIR_LOCKED' || clock.monotonicMs() >= endMs) throw error
      await clock.sleep(lookAgainMs, signal)
    }
  }
}

/** For people a line, for programs JSON. */
function logSink(): LogSink {
  return process.stderr.isTTY ? PinoPretty({ sync: true, destination: 2, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' }) : process.stderr
}

/**
 * An error that nobody caught comes from a connection or a library, not from a transaction: those are whole or not at
 * all. Guests and their money depend on this process, so it is written down and the process goes on.
 */
function surviveStrayErrors(log: Logger): void {
  process.on('uncaughtException', (error) => log.error('an error that nobody caught', { error }))
  process.on('unhandledRejection', (error) => log.error('a rejection that nobody caught', { error }))
}

/** Beside this file, built or not. The same Node runs it, without what a debugger or a loader asked of this one. */
function watchdogProgram(): string[] {
  const name = import.meta.url.endsWith('.ts') ? 'watchdog.ts' : 'watchdog.mjs'
  return [process.execPath, '--disable-warning=ExperimentalWarning', fileURLToPath(new URL(name, import.meta.url))]
}

/** Built: dist/service and dist/renderer are neighbours. In a checkout, Node runs the sources as they are. */
function dashboardDir(): string | null {
  const relative = import.meta.url.endsWith('.ts') ? '../dist/renderer' : '../renderer'
  const path = fileURLToPath(new URL(relative, import.meta.url))
  return existsSync(join(path, 'index.html')) ? path : null
}
