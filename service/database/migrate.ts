import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { DepinError } from '../../contract/errors.ts'
import { makeDurable, renameDurably } from './durable.ts'
import type { Migration } from './types.ts'

/** Marks the file as ours (`PRAGMA application_id`): “Depn”. */
const applicationId = 0x4465706e
const keptSnapshots = 5

/**
 * Brings the schema to the newest step. Before an existing database is changed, a whole copy of it goes to `snapshots/`
 * beside it, so that the version before can be put back. Each step commits with its number or not at all.
 */
export function migrate(connection: DatabaseSync, migrations: readonly Migration[], path: string): void {
  const current = readPragma(connection, 'user_version')
  const newest = migrations.at(-1)?.version ?? 0
  assertOurs(connection, current, path)
  if (current > newest) {
    throw new DepinError('E_DATA_DIR_NEWER', `${path} was written by a newer version (schema ${current}; this one knows ${newest}).`, {
      next: 'Start the newer version, or put back the file from “snapshots” that matches this one.',
    })
  }
  const missing = migrations.filter((migration) => migration.version > current)
  if (missing.length > 0 && current > 0 && path !== ':memory:') snapshot(connection, path, current)
  for (const migration of missing) apply(connection, migration)
}

function assertOurs(connection: DatabaseSync, version: number, path: string): void {
  const id = readPragma(connection, 'application_id')
  const tables = connection.prepare('SELECT count(*) AS n FROM sqlite_master').get()?.['n']
  if (id === applicationId || (version === 0 && id === 0 && tables === 0)) return
  throw new DepinError('E_DATA_DIR_FOREIGN', `${path} is a database of another program.`, { next: 'Choose another data directory.' })
}

function apply(connection: DatabaseSync, migration: Migration): void {
  connection.exec('BEGIN EXCLUSIVE')
  try {
    connection.exec(migration.sql)
    connection.exec(`PRAGMA user_version = ${migration.version}; PRAGMA application_id = ${applicationId}`)
    connection.exec('COMMIT')
  } catch (error) {
    // A full disk ends the transaction by itself.
    if (connection.isTransaction) connection.exec('ROLLBACK')
    throw error
  }
}

/** Whole and on the disk before the schema changes: SQLite itself does not see to that (“VACUUM INTO”). */
function snapshot(connection: DatabaseSync, path: string, version: number): void {
  const folder = join(dirname(path), 'snapshots')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const place = join(folder, snapshotName(path, version))
  const next = `${place}.next`
  rmSync(next, { force: true })
  connection.prepare('VACUUM INTO ?').run(next)
  chmodSync(next, 0o600)
  makeDurable(next)
  renameDurably(next, place)
  for (const old of readdirSync(folder).filter((file) => file.endsWith('.db')).toSorted().slice(0, -keptSnapshots)) rmSync(join(folder, old))
}

/** The copy of before a step that follows this one. */
export function snapshotName(path: string, version: number): string {
  return `${basename(path, '.db')}-schema-${String(version).padStart(4, '0')}.db`
}

export function readPragma(connection: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(connection.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
}
