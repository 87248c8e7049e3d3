import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DepinError } from '../../contract/errors.ts'
import type { Disposer } from '../base/index.ts'

/**
 * One service per data directory. The lock is an open exclusive transaction on a small SQLite file, because that is a
 * real operating-system lock on every platform and dies with the process, however it dies. The pid beside it is only
 * for the message.
 *
 * @throws E_DATA_DIR_LOCKED with the pid of the service that holds it.
 */
export function acquireLock(dataDir: string): Disposer {
  const pidPath = join(dataDir, 'service.pid')
  const lock = new DatabaseSync(join(dataDir, 'service.lock'), { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    const pid = readPid(pidPath)
    throw new DepinError('E_DATA_DIR_LOCKED', `Another service${pid === undefined ? '' : ` (pid ${pid})`} is using ${dataDir}.`, {
      next: 'Use that one, stop it with “depin stop”, or choose another --data-dir.',
      ...pid !== undefined && { details: { pid } },
      cause,
    })
  }
  writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 })
  return () => {
    rmSync(pidPath, { force: true })
    lock.close()
  }
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}
