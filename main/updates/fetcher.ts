/**
 * electron-updater behind our interface: it brings a package, only the blocks that changed where it can. What the package is comes
 * from the signed statement and from nowhere else.
 *
 * Its traps, and what is done about them: a stalled download hangs for ever (a watchdog cancels it); it takes whatever comes, and tells of no
 * progress where the server does not say how much will (every byte is counted as it comes, below electron-updater); setting a channel allows downgrades (none is set); it installs by itself at the end (switched off); its `error` event throws
 * where nobody listens (somebody does); `downloadUpdate` may throw instead of rejecting (it is awaited in a function that does not).
 */
import { type AppUpdater, CancellationToken, Provider, type ResolvedUpdateFileInfo, type UpdateInfo } from 'electron-updater'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider'
import { type Statement, problemOf, updateProblem } from '../../release/index.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { type Feed, inFeed } from './feed.ts'
import type { Fetcher, FetchHooks } from './types.ts'

/** Beside the package: maps of blocks, heads of parts; and a differential download may fail at its end. */
const allowedBytes = (packageBytes: number): number => 2 * packageBytes + 16 * 1024 * 1024
/** What was cancelled ends within this, ms, or is left as it is. */
const cancelMs = 5_000
/** A package that does not come on for so long is left, ms. */
export const stallMs = 60_000

export interface FetcherDeps {
  updater: AppUpdater
  /** The folder that the feed is. */
  url: string
  feed: Pick<Feed, 'readEnd'>
  clock: Clock
  log: Log
}

export function createFetcher(deps: FetcherDeps): Fetcher {
  const { updater, log } = deps
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = false
  updater.allowDowngrade = false
  updater.disableWebInstaller = true
  // ours, of the signed percentage, has said so already
  updater.isUserWithinRollout = () => true
  const note = (level: string) => (message: unknown): void => { if (level !== 'info') log('electron-updater', { level, message: String(message) }) }
  updater.logger = { info: note('info'), warn: note('warn'), error: note('error') }
  updater.on('error', () => undefined)
  return { fetch: (statement, hooks) => fetchWith(deps, statement, hooks) }
}

async function fetchWith(deps: FetcherDeps, statement: Statement, { onProgress, signal }: FetchHooks): Promise<string> {
  const { updater, clock, url } = deps
  const token = new CancellationToken()
  const trouble: Error[] = []
  let done = 0
  const leave = (why: Error): void => {
    trouble.push(why)
    token.cancel()
  }
  const stalled = (): void => leave(updateProblem('stalled', `Nothing came for ${stallMs / 1000} s.`))
  let cancelWatch = clock.after(stallMs, stalled)
  const stopCounting = countBytes(updater, (bytes) => {
    cancelWatch()
    cancelWatch = clock.after(stallMs, stalled)
    done += bytes
    if (done > allowedBytes(statement.bytes)) leave(updateProblem('too-long', `More than the ${statement.bytes} bytes that were signed for came.`))
    else onProgress(Math.min(done, statement.bytes))
  })
  const onAbort = (): void => leave(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const blockMapSize = await blockMapBytes(deps, statement, signal)
    updater.disableDifferentialDownload = statement.package === 'appimage' && blockMapSize === undefined
    updater.setFeedURL({ provider: 'custom', updateProvider: providerOf(statement, url, blockMapSize) })
    const found = await updater.checkForUpdates()
    if (found?.isUpdateAvailable !== true) throw updateProblem('install-failed', 'This copy cannot be updated in its place.')
    const [path] = await downloaded(updater, token, clock)
    if (path === undefined) throw updateProblem('install-failed', 'No file came of it.')
    return path
  } catch (error) {
    throw trouble[0] ?? (problemOf(error) === null ? problemFrom(error, done) : error)
  } finally {
    cancelWatch()
    signal.removeEventListener('abort', onAbort)
    stopCounting()
  }
}

interface Executor {
  createRequest(options: unknown, callback: (response: NodeJS.ReadableStream) => void): unknown
}

/** Tells of every byte of every answer. Returns its end. */
function countBytes(updater: AppUpdater, onBytes: (count: number) => void): () => void {
  // it is what fetches for every updater, Electron's net or not, and has no other door
  const executor = (updater as unknown as { httpExecutor: Executor }).httpExecutor
  const create = executor.createRequest.bind(executor)
  executor.createRequest = (options, callback) => create(options, (response) => {
    response.on('data', (chunk: Uint8Array) => onBytes(chunk.length))
    callback(response)
  })
  return () => { executor.createRequest = create }
}

/** Ends when electron-updater has ended: until then it would answer the next try with this one. A cancelled download may not say so. */
function downloaded(updater: AppUpdater, token: CancellationToken, clock: Clock): Promise<string[]> {
  return new Promise((resolve, reject) => {
    token.once('cancel', () => clock.after(cancelMs, () => reject(new Error('cancelled'))))
    updater.downloadUpdate(token).then(resolve, reject)
  })
}

function problemFrom(error: unknown, done: number): Error {
  const { code, statusCode } = error as { code?: string, statusCode?: number }
  if (code === 'ERR_CHECKSUM_MISMATCH') return updateProblem('corrupt', 'What came is not what was signed.', { cause: error })
  if (code === 'ENOSPC') return updateProblem('disk-full', 'There is no room for the package.', { cause: error })
  return statusCode === undefined && done > 0
    ? updateProblem('truncated', 'The connection ended in the middle.', { cause: error })
    : updateProblem('unreachable', 'The feed does not give the package.', { cause: error })
}

/** An AppImage holds the map of its blocks at its end, and how long that is in its last four bytes. Undefined: all of it is fetched. */
async function blockMapBytes({ feed }: FetcherDeps, { package: kind, file, bytes }: Statement, signal: AbortSignal): Promise<number | undefined> {
  if (kind !== 'appimage') return undefined
  const end = await feed.readEnd(file, 4, signal).catch(() => null)
  const length = end?.length === 4 ? Buffer.from(end).readUInt32BE(0) : 0
  return length > 0 && length < bytes / 4 ? length : undefined
}

/** What electron-updater asks for a version: it gets the one that is signed. */
function providerOf({ version, file, sha512, bytes, signedAtMs }: Statement, url: string, blockMapSize: number | undefined) {
  const entry = { url: file, sha512: Buffer.from(sha512, 'hex').toString('base64'), size: bytes, ...blockMapSize !== undefined && { blockMapSize } }
  const olderNames = { path: file, sha512: entry.sha512 }
  const info: UpdateInfo = { version, files: [entry], releaseDate: new Date(signedAtMs).toISOString(), ...olderNames }
  return class SignedProvider extends Provider<UpdateInfo> {
    constructor(_options: unknown, _updater: unknown, runtimeOptions: ProviderRuntimeOptions) {
      super(runtimeOptions)
    }

    getLatestVersion(): Promise<UpdateInfo> {
      return Promise.resolve(info)
    }

    resolveFiles(): ResolvedUpdateFileInfo[] {
      return [{ url: inFeed(url, file), info: entry }]
    }
  }
}
