import * as z from 'zod'
import { Activity } from '../../contract/nouns/node.ts'
import type { Clock, EventBus, ServiceEvents } from '../base/index.ts'
import { asInt, type Database, jsonColumn } from '../database/index.ts'
import type { ActivityLog } from './types.ts'

export type * from './types.ts'

/** Older lines than this many are forgotten. */
const keptLines = 10_000

const Row = z.object({ seq: asInt, at_ms: asInt, kind: Activity.shape.kind, tone: Activity.shape.tone, params: jsonColumn(Activity.shape.params) })

export function createActivityLog(deps: { database: Database, clock: Clock, bus: EventBus<ServiceEvents> }): ActivityLog {
  const { database, clock, bus } = deps
  return {
    add(tx, item) {
      tx.run('INSERT INTO activity (at_ms, kind, tone, params) VALUES (:atMs, :kind, :tone, :params)', {
        atMs: clock.nowMs(), kind: item.kind, tone: item.tone, params: JSON.stringify(item.params),
      })
      tx.run('DELETE FROM activity WHERE seq <= (SELECT max(seq) FROM activity) - :keptLines', { keptLines })
      database.afterCommit(() => bus.publish('activity-added', null))
    },
    list(beforeSeq, limit) {
      const rows = database.read.all(Row, 'SELECT * FROM activity WHERE :before IS NULL OR seq < :before ORDER BY seq DESC LIMIT :limit', { before: beforeSeq, limit })
      return rows.map((row) => ({ seq: row.seq, atMs: row.at_ms, kind: row.kind, tone: row.tone, params: row.params }))
    },
  }
}
