import * as z from 'zod'
import { asInt, type Database, untilWritten } from '../database/index.ts'

/** What a crash may forget of it, ms: in the tenant's favour. */
const storeEveryMs = 10_000

const Row = z.object({ unpaid_ms: asInt })

/**
 * How long a lease has been frozen for want of payment, by the monotonic clock: a leap of the wall clock, sleep of the
 * machine and time in which this service did not run do not count, since nobody could have paid in them.
 */
export class UnpaidTime {
  readonly #database: Database
  /** Asked for each lease every few seconds, and nearly always 0. */
  readonly #stored: (leaseId: string) => number
  readonly #live = new Map<string, { unpaidMs: number, storedMs: number, atMs: number }>()

  constructor(database: Database) {
    this.#database = database
    this.#stored = untilWritten(database, (leaseId) => (
      database.read.get(Row, 'SELECT unpaid_ms FROM ledger_unpaid WHERE lease_id = :leaseId', { leaseId })?.unpaid_ms ?? 0
    ), ['ledger_unpaid'])
  }

  /** It is frozen now. Ms so far. */
  count(leaseId: string, nowMs: number): number {
    const known = this.#live.get(leaseId)
    const storedMs = known?.storedMs ?? this.#stored(leaseId)
    const unpaidMs = known === undefined ? storedMs : known.unpaidMs + Math.max(0, nowMs - known.atMs)
    const isStored = known !== undefined && unpaidMs - storedMs < storeEveryMs
    if (!isStored) {
      this.#database.transaction((tx) => tx.run(`INSERT INTO ledger_unpaid (lease_id, unpaid_ms) VALUES (:leaseId, :unpaidMs)
        ON CONFLICT (lease_id) DO UPDATE SET unpaid_ms = :unpaidMs`, { leaseId, unpaidMs: Math.round(unpaidMs) }))
    }
    this.#live.set(leaseId, { unpaidMs, storedMs: isStored ? storedMs : unpaidMs, atMs: nowMs })
    return unpaidMs
  }

  /** It is not, or not any more. */
  forget(leaseId: string): void {
    if (!this.#live.delete(leaseId) && this.#stored(leaseId) === 0) return
    this.#database.transaction((tx) => tx.run('DELETE FROM ledger_unpaid WHERE lease_id = :leaseId', { leaseId }))
  }
}
