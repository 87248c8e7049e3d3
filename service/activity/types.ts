import type { Activity } from '../../contract/nouns/node.ts'
import type { WriteHandle } from '../database/index.ts'

export type NewActivity = Omit<Activity, 'seq' | 'atMs'>

/** What happened, for people: one line each, written in the transaction that made it happen. */
export interface ActivityLog {
  add(tx: WriteHandle, item: NewActivity): void
  /** Newest first, older than `beforeSeq` when given. */
  list(beforeSeq: number | null, limit: number): Activity[]
}
