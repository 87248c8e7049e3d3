/**
 * One SQLite file, one writer. SQL itself lives in each part's `store.sqlite.ts`; this part opens the file, keeps its
 * shape current and hands out handles.
 */
import type * as z from 'zod'

export type SqlValue = string | number | bigint | Uint8Array | null
/** Named parameters, written `:name` in the SQL. */
export type SqlParams = Readonly<Record<string, SqlValue>>

/** Cannot write: neither by its type nor by its connection. Every row is parsed on its way out; integers arrive as bigint. */
export interface ReadHandle {
  all<Row extends z.ZodType>(row: Row, sql: string, params?: SqlParams): z.output<Row>[]
  /** The first row, or undefined. */
  get<Row extends z.ZodType>(row: Row, sql: string, params?: SqlParams): z.output<Row> | undefined
}

/** Exists only inside a transaction. Reads see what the transaction wrote. */
export interface WriteHandle extends ReadHandle {
  /** Rows changed. */
  run(sql: string, params?: SqlParams): number
}

export interface Database {
  readonly read: ReadHandle
  /**
   * All or nothing, durable when it returns (WAL, `synchronous=FULL`): only then may anything be acknowledged. The
   * function must not wait: it runs to its end on one turn of the event loop. Throws E_DISK_FULL when there is no room.
   */
  transaction<T>(work: (tx: WriteHandle) => T): T
  /** Runs after the transaction now open has committed, at once when none is open. For publishing what changed. */
  afterCommit(publish: () => void): void
  /** Another number after everything that may have been written to these tables, to any when left out; null while a transaction is open. */
  generation(tables?: readonly string[]): number | null
  close(): void
}

/** One numbered step of the schema. Never edited once released: a change is a new step. */
export interface Migration {
  version: number
  name: string
  sql: string
}
