import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DepinError } from '../../contract/errors.ts'
import type { Disposer } from '../base/index.ts'

/** One update at a time: an operating system's lock, which dies with its process. E_BUSY; E_FILE where this user may not write. */
export function acquireUpdateLock(work: string): Disposer {
  let lock: DatabaseSync | undefined
  try {
    mkdirSync(work, { recursive: true, mode: 0o755 })
    lock = new DatabaseSync(join(work, 'update.lock'), { timeout: 0 })
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    const held = lock
    return () => held.close()
  } catch (cause) {
    lock?.close()
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === 5) throw new DepinError('E_BUSY', 'An update is under way already.', { next: 'Wait for its end.', cause })
    throw new DepinError('E_FILE', `${work} cannot be written by this user.`, { next: 'Run it as the owner of the installation: sudo depin update --data-dir DIR', cause })
  }
}
