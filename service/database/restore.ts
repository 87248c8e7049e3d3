import { chmodSync, constants, copyFileSync, existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeDurable, renameDurably } from './durable.ts'
import { readPragma, snapshotName } from './migrate.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import type { Migration } from './types.ts'

/**
 * Puts back the copy that was made before a newer version changed the schema, when there is one: the file changes in one step, and
 * the newer one is kept beside the copies. Nobody may have the database open.
 *
 * @returns null when the schema is not newer, or no sound copy is there: nothing was changed.
 */
export function restoreSnapshot(path: string, migrations: readonly Migration[] = allMigrations): { schema: number, keptAs: string } | null {
  const newest = migrations.at(-1)?.version ?? 0
  const schema = schemaOf(path)
  if (schema === null || schema <= newest) return null
  const folder = join(dirname(path), 'snapshots')
  const snapshot = join(folder, snapshotName(path, newest))
  if (schemaOf(snapshot) !== newest) return null
  settle(path)
  const keptAs = join(folder, snapshotName(path, schema).replace('-schema-', '-taken-back-'))
  copy(path, keptAs)
  const next = `${path}.next`
  copy(snapshot, next)
  renameDurably(next, path)
  return { schema: newest, keptAs }
}

/** Null: not there, or not sound. */
function schemaOf(path: string): number | null {
  if (!existsSync(path)) return null
  const connection = new DatabaseSync(path, { timeout: 5000 })
  try {
    if (connection.prepare('PRAGMA quick_check').get()?.['quick_check'] !== 'ok') return null
    return readPragma(connection, 'user_version')
  } catch {
    return null
  } finally {
    connection.close()
  }
}

/** All of it in the one file: a write-ahead log beside another database would be played into it. */
function settle(path: string): void {
  const connection = new DatabaseSync(path, { timeout: 5000 })
  try {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE')
  } finally {
    connection.close()
  }
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true })
}

function copy(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_FICLONE)
  chmodSync(to, 0o600)
  makeDurable(to)
}
