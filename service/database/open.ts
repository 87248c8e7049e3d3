import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { migrate } from './migrate.ts'
import { migrations as allMigrations } from './migrations/index.ts'
import type { Database, Migration, ReadHandle, WriteHandle } from './types.ts'

export interface OpenDatabaseOptions {
  /** Path of the file, or `:memory:`. */
  path: string
  /** The schema's steps; all of them when left out. */
  migrations?: readonly Migration[]
}

/**
 * Opens the file, creates or migrates its schema, and checks it.
 *
 * WAL with `synchronous=FULL`: WAL alone loses committed rows on power loss (SQLite, “PRAGMA synchronous”).
 * `fullfsync` makes macOS flush the drive's cache too.
 *
 * @throws E_DATA_DIR_NEWER when a later version wrote it; E_DATA_DIR_DAMAGED when it is not a sound database;
 * E_DISK_FULL when there is no room for it.
 */
export function openDatabase(options: OpenDatabaseOptions): Database {
  const writer = openConnection(options.path)
  try {
    migrate(writer, options.migrations ?? allMigrations, options.path)
  } catch (error) {
    writer.close()
    throw isSqliteError(error) ? databaseError(error, options.path) : error
  }
  const reader = options.path === ':memory:' ? writer : openConnection(options.path)
  if (reader !== writer) reader.exec('PRAGMA query_only = ON')
  return createHandles(writer, reader)
}

function openConnection(path: string): DatabaseSync {
  try {
    const connection = new DatabaseSync(path, { timeout: 5000 })
    connection.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA fullfsync = ON;
      PRAGMA foreign_keys = ON;
      PRAGMA trusted_schema = OFF;
    `)
    return connection
  } catch (cause) {
    throw databaseError(cause, path)
  }
}

function createHandles(writer: DatabaseSync, reader: DatabaseSync): Database {
  const readHandle = createReadHandle(reader)
  const writes = new Writes()
  const writeHandle: WriteHandle = createWriteHandle(writer, writes)
  let depth = 0
  let pending: (() => void)[] = []

  function transaction<T>(work: (tx: WriteHandle) => T): T {
    if (depth > 0) return work(writeHandle)
    depth++
    try {
      writer.exec('BEGIN IMMEDIATE')
      const result = work(writeHandle)
      writer.exec('COMMIT')
      return result
    } catch (error) {
      pending = []
      if (writer.isTransaction) writer.exec('ROLLBACK')
      throw isSqliteError(error) ? databaseError(error, 'the database') : error
    } finally {
      depth--
      const publish = pending
      pending = []
      for (const fn of publish) fn()
    }
  }

  return {
    read: readHandle,
    transaction,
    afterCommit(publish) {
      if (depth > 0) pending.push(publish)
      else publish()
    },
    generation: (tables) => depth === 0 ? writes.count(tables) : null,
    close() {
      if (reader !== writer) reader.close()
      writer.close()
    },
  }
}

function createReadHandle(connection: DatabaseSync): ReadHandle {
  const prepare = createStatementCache(connection)
  return {
    all: (row, sql, params = {}) => prepare(sql).all({ ...params }).map((raw) => parseRow(row, raw, sql)),
    get(row, sql, params = {}) {
      const raw = prepare(sql).get({ ...params })
      return raw === undefined ? undefined : parseRow(row, raw, sql)
    },
  }
}

function createWriteHandle(connection: DatabaseSync, writes: Writes): WriteHandle {
  const prepare = createStatementCache(connection)
  return {
    ...createReadHandle(connection),
    run(sql, params = {}) {
      writes.note(sql)
      return Number(prepare(sql).run({ ...params }).changes)
    },
  }
}

/** How often something was written to each table, or was about to be. */
class Writes {
  readonly #counts = new Map<string, number>()
  readonly #tables = new Map<string, string | null>()
  #all = 0
  /** To nobody knows which. */
  #elsewhere = 0

  note(sql: string): void {
    const known = this.#tables.get(sql)
    const table = known === undefined ? tableWritten(sql) : known
    if (known === undefined) this.#tables.set(sql, table)
    this.#all++
    if (table === null) this.#elsewhere++
    else this.#counts.set(table, (this.#counts.get(table) ?? 0) + 1)
  }

  count(tables: readonly string[] | undefined): number {
    return tables === undefined ? this.#all : tables.reduce((sum, table) => sum + (this.#counts.get(table) ?? 0), this.#elsewhere)
  }
}

/** The one that a statement names; null where it is not told at its beginning. */
function tableWritten(sql: string): string | null {
  return /^\s*(?:(?:INSERT|REPLACE)(?:\s+OR\s+\w+)?\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+(\w+)/i.exec(sql)?.[1] ?? null
}

function createStatementCache(connection: DatabaseSync): (sql: string) => StatementSync {
  const statements = new Map<string, StatementSync>()
  return (sql) => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const statement = connection.prepare(sql)
    statement.setReadBigInts(true)
    statements.set(sql, statement)
    return statement
  }
}

function parseRow<Row extends z.ZodType>(row: Row, raw: unknown, sql: string): z.output<Row> {
  const parsed = row.safeParse(raw)
  if (parsed.success) return parsed.data
  throw new DepinError('E_DATA_DIR_DAMAGED', 'The database holds a row that this version cannot read.', {
    next: 'Restore the newest backup of the data directory, or report this with the service log.',
    details: { sql: sql.slice(0, 120), issues: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) },
    cause: parsed.error,
  })
}

function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}

/** SQLite's primary result codes: 10 I/O error, 11 corrupt, 13 full, 26 not a database. */
function databaseError(cause: unknown, path: string): DepinError {
  const primary = isSqliteError(cause) ? cause.errcode & 0xff : 0
  if (primary === 13) {
    return new DepinError('E_DISK_FULL', 'The disk is full: nothing was written.', { next: 'Free some space. A service that runs goes on by itself; start one that could not.', cause })
  }
  if (primary === 11 || primary === 26) {
    return new DepinError('E_DATA_DIR_DAMAGED', `${path} is not a sound database.`, { next: 'Restore the newest file from its “snapshots” folder, or a backup.', cause })
  }
  return new DepinError('E_INTERNAL', 'The database could not be used.', { next: 'Check the disk and the service log.', cause })
}
