import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DepinError } from '../../contract/errors.ts'
import type { Clock, Rng } from '../base/index.ts'
import { databaseName, type IdentityFile, identityName, openIdentity, peerIdOfSeed, readIdentity, seedBytes, withSeal, writeIdentity } from './identity-file.ts'
import { acquireLock } from './lock.ts'
import { makeDirectory } from './make-directory.ts'
import { readRegistry, recordInRegistry } from './registry.ts'
import type { DataDir, Restored } from './types.ts'

export interface OpenDataDirOptions {
  path: string
  /** The owner said that a new identity is wanted where an old one is missing. */
  newIdentity: boolean
  /** Where this user's known data directories are remembered, outside of any of them. */
  stateDir: string
  /** What opens a sealed seed; null: nobody gave it. */
  sealKey?: Uint8Array | null
  clock: Clock
  rng: Rng
}

/** What may lie in a directory that has no identity yet. */
const harmlessNames = new Set([
  'service.lock', 'service.lock-journal', 'lost+found', `${identityName}.tmp`,
  // an engine may be installed before the first start
  'engine-setup.json', 'engine-setup.json.tmp', 'engine.log',
])

/**
 * Opens a data directory, or makes one where there is none.
 *
 *     missing or empty ──never known──► new identity            known before ──► E_DATA_DIR_MISSING
 *     identity, database ──► open                               either is gone ──► E_DATA_DIR_DAMAGED
 *     anything else in it ──► E_DATA_DIR_FOREIGN                others can read it ──► E_DATA_DIR_PERMISSIONS
 *     its seed is sealed and nobody has its key ──► E_KEY_SEALED
 *
 * A start that was cut off half-way keeps the identity it had begun with: its file says `new` until the database is
 * there. Nothing that was ever ready turns into a new identity by itself.
 */
export function openDataDir(options: OpenDataDirOptions): DataDir {
  const path = resolve(options.path)
  const contents = readContents(path)
  const hasIdentity = contents.includes(identityName)
  if (hasIdentity) assertPrivate(path)
  else assertMayBegin(path, contents, options)
  prepareDirectory(path, hasIdentity)
  const releaseLock = acquireLock(path)
  try {
    const isNew = !existsSync(join(path, identityName))
    let file = isNew ? createIdentity(path, options) : readIdentity(path)
    let sealKey = options.sealKey ?? null
    const identity = openIdentity(path, file, sealKey)
    recordInRegistry(options.stateDir, path, file.peerId)
    const write = (next: IdentityFile): void => {
      writeIdentity(path, next)
      file = next
    }
    return {
      path,
      identity,
      isNew,
      wasReady: file.state === 'ready',
      formerPeerIds: file.formerPeerIds,
      databasePath: join(path, databaseName),
      markReady: () => { if (file.state === 'new') write({ ...file, state: 'ready' }) },
      isSealed: () => file.sealed !== undefined,
      seal(next) {
        write(withSeal(path, file, sealKey, next))
        sealKey = next
      },
      close: releaseLock,
    }
  } catch (error) {
    releaseLock()
    throw error
  }
}

export interface RestoreOptions extends OpenDataDirOptions {
  /** As `seedFromWords` gives it. */
  seed: Uint8Array
  /** What hangs on the key that is here, in words; null: nothing. Asked with the path of the database while the directory is locked. */
  usedFor: (databasePath: string) => string | null
}

/**
 * Makes this directory the home of another identity: that of the words somebody kept.
 *
 *     missing or empty ──► restored            the same identity is here ──► nothing to do
 *     another identity, nothing hangs on it ──► restored; what it was is remembered
 *     another identity with leases or money ──► E_CONFLICT     a service runs on it ──► E_DATA_DIR_LOCKED
 *
 * Where another identity was known and is gone, `newIdentity` must say that it may be left behind. One rename makes the change:
 * whatever cuts it off, the directory holds the one identity or the other.
 */
export function restoreDataDir(options: RestoreOptions): Restored {
  const path = resolve(options.path)
  const peerId = peerIdOfSeed(options.seed)
  const contents = readContents(path)
  const hasIdentity = contents.includes(identityName)
  if (hasIdentity) assertPrivate(path)
  else assertMayBegin(path, contents, options, peerId)
  prepareDirectory(path, hasIdentity)
  const releaseLock = acquireLock(path)
  try {
    const before = hasIdentity ? readIdentity(path) : null
    if (before?.peerId === peerId) {
      // who has the words needs no keychain
      if (before.sealed !== undefined) writeIdentity(path, plain(before, options.seed))
      return { peerId, outcome: 'same' }
    }
    const use = before?.state === 'ready' ? options.usedFor(join(path, databaseName)) : null
    if (before !== null && use !== null) {
      throw new DepinError('E_CONFLICT', `This computer already is ${before.peerId}, with ${use}: that would be lost.`, {
        next: 'Restore into another, empty data directory (--data-dir), or on another computer.', details: { peerId: before.peerId },
      })
    }
    const former = before?.peerId ?? readRegistry(options.stateDir).find((entry) => entry.path === path)?.peerId
    writeIdentity(path, {
      format: 'depin-identity/1', seed: Buffer.from(options.seed).toString('base64'), peerId, createdAtMs: options.clock.nowMs(), state: before?.state ?? 'new',
      formerPeerIds: [...before?.formerPeerIds ?? [], ...former === undefined || former === peerId ? [] : [former]],
    })
    recordInRegistry(options.stateDir, path, peerId)
    return { peerId, outcome: 'restored' }
  } finally {
    releaseLock()
  }
}

function plain({ sealed: _, ...file }: IdentityFile, seed: Uint8Array): IdentityFile {
  return { ...file, seed: Buffer.from(seed).toString('base64') }
}

/** What would keep a service from starting on this directory; null: nothing. Changes nothing. */
export function inspectDataDir(path: string): DepinError | null {
  try {
    const contents = readContents(resolve(path))
    if (contents.includes(identityName)) {
      assertPrivate(resolve(path))
      readIdentity(resolve(path))
    }
    return null
  } catch (error) {
    if (error instanceof DepinError) return error
    throw error
  }
}

function readContents(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') throw new DepinError('E_DATA_DIR_FOREIGN', `${path} is a file, not a directory.`, { next: 'Choose another data directory with --data-dir.', cause })
    throw new DepinError('E_DATA_DIR_PERMISSIONS', `${path} cannot be read (${code ?? 'unknown error'}).`, { next: `Make it yours: sudo chown -R "$(id -u)" '${path}'`, cause })
  }
}

/** No identity here. A new one only where none can have been: everything else is refused. */
function assertMayBegin(path: string, contents: readonly string[], options: OpenDataDirOptions, wanted: string | null = null): void {
  const strangers = contents.filter((name) => !harmlessNames.has(name))
  if (strangers.includes(databaseName)) {
    throw new DepinError('E_DATA_DIR_DAMAGED', `${path} holds a database but no ${identityName}: its key is gone.`, {
      next: `Put ${identityName} back from a backup. To begin anew, or with the words of the key (“depin restore”), choose an empty directory.`,
    })
  }
  if (strangers.length > 0) {
    throw new DepinError('E_DATA_DIR_FOREIGN', `${path} is not a Depin data directory and is not empty (it holds “${strangers[0] ?? ''}”).`, {
      next: 'Choose another directory with --data-dir, or an empty one to begin anew.',
    })
  }
  const known = readRegistry(options.stateDir).find((entry) => entry.path === path)
  if (known !== undefined && known.peerId !== wanted && !options.newIdentity) {
    throw new DepinError('E_DATA_DIR_MISSING', `${path} held the identity ${known.peerId} and is now ${contents.length === 0 ? 'missing or empty' : 'without it'}.`, {
      next: 'Is its disk mounted? Put the directory back, bring the key back with its words (depin restore), or pass --new-identity to begin anew (what the old one earned is then lost here).',
      details: { peerId: known.peerId },
    })
  }
}

function assertPrivate(path: string): void {
  if (process.platform === 'win32') return
  for (const target of [path, ...[identityName, databaseName, 'api-token'].map((name) => join(path, name))]) {
    const mode = statSync(target, { throwIfNoEntry: false })?.mode
    if (mode === undefined || (mode & 0o077) === 0) continue
    throw new DepinError('E_DATA_DIR_PERMISSIONS', `Other users can reach ${target} (mode ${(mode & 0o777).toString(8).padStart(4, '0')}).`, {
      next: `Close it: chmod -R go= '${path}'`,
    })
  }
}

function prepareDirectory(path: string, hasIdentity: boolean): void {
  try {
    makeDirectory(path)
    if (!hasIdentity && process.platform !== 'win32') chmodSync(path, 0o700)
  } catch (cause) {
    throw new DepinError('E_DATA_DIR_PERMISSIONS', `${path} cannot be made or changed (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, {
      next: 'Choose a directory you may write to with --data-dir.', cause,
    })
  }
}

function createIdentity(path: string, options: OpenDataDirOptions): IdentityFile {
  const seed = options.rng.bytes(seedBytes)
  const former = readRegistry(options.stateDir).find((entry) => entry.path === path)
  const file: IdentityFile = {
    format: 'depin-identity/1',
    seed: Buffer.from(seed).toString('base64'),
    peerId: peerIdOfSeed(seed),
    createdAtMs: options.clock.nowMs(),
    state: 'new',
    formerPeerIds: former === undefined ? [] : [former.peerId],
  }
  writeIdentity(path, file)
  return file
}
