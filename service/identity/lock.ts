import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DepinError } from '../../contract/errors.ts'
import type { Disposer } from '../base/index.ts'

/**
 * One service per data directory. The lock is an open exclusive transaction on a small SQLite file, because that is a
 * real operating-system lock on every platform and dies with the process, however it dies. The pid beside it is only
 * for the message.
 *
 * @throws E_DATA_DIR_LOCKED with the pid of the service that holds it; E_DISK_FULL, E_DATA_DIR_PERMISSIONS where it cannot be had.
 */
export function acquireLock(dataDir: string): Disposer {
  const pidPath = join(dataDir, 'service.pid')
  const lock = lockOf(join(dataDir, 'service.lock'), dataDir, pidPath)
  try {
    writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 })
  } catch (cause) {
    lock.close()
    throw (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? diskFull(dataDir, cause) : notWritable(dataDir, cause)
  }
  return () => {
    rmSync(pidPath, { force: true })
    lock.close()
  }
}

function lockOf(path: string, dataDir: string, pidPath: string): DatabaseSync {
  for (let isFirst = true; ; isFirst = false) {
    let lock: DatabaseSync | undefined
    try {
      lock = new DatabaseSync(path, { timeout: 0 })
      lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
      return lock
    } catch (cause) {
      lock?.close()
      // nothing is kept in it: one that is damaged is held by nobody, who would have been met first
      if (isFirst && resultOf(cause) === 'damaged') truncateSync(path)
      else throw lockError(resultOf(cause), dataDir, pidPath, cause)
    }
  }
}

/** SQLite's primary result codes: 5 busy, 6 locked, 11 corrupt, 13 full, 26 not a database. */
function resultOf(cause: unknown): 'held' | 'full' | 'damaged' | 'unusable' {
  const code = cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number' ? cause.errcode & 0xff : 0
  if (code === 5 || code === 6) return 'held'
  if (code === 13) return 'full'
  return code === 11 || code === 26 ? 'damaged' : 'unusable'
}

function lockError(result: ReturnType<typeof resultOf>, dataDir: string, pidPath: string, cause: unknown): DepinError {
  if (result === 'full') return diskFull(dataDir, cause)
  if (result !== 'held') return notWritable(dataDir, cause)
  const pid = readPid(pidPath)
  return new DepinError('E_DATA_DIR_LOCKED', `Another service${pid === undefined ? '' : ` (pid ${pid})`} is using ${dataDir}.`, {
    next: 'Use that one, stop it with “depin stop”, or choose another --data-dir.',
    ...pid !== undefined && { details: { pid } },
    cause,
  })
}

function diskFull(dataDir: string, cause: unknown): DepinError {
  return new DepinError('E_DISK_FULL', `The disk of ${dataDir} is full: nothing was written.`, { next: 'Free some space, then start again.', cause })
}

function notWritable(dataDir: string, cause: unknown): DepinError {
  return new DepinError('E_DATA_DIR_PERMISSIONS', `${dataDir} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`, {
    next: 'Is its disk mounted for reading only? Make it writable for this user, or choose another --data-dir.', cause,
  })
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}
