import * as z from 'zod'
import { AbuseLevel } from '../../contract/nouns/evidence.ts'
import { Reason } from '../../contract/reasons.ts'
import { asInt, type Database, jsonColumn } from '../database/index.ts'
import { counterNames } from '../engine/index.ts'
import { addCounts, maxDestinations } from './flows.ts'
import type { AbuseStore } from './types.ts'

const Counted = z.object({ packets: z.number(), bytes: z.number() })
const VerdictRow = z.object({ at_ms: asInt, level: AbuseLevel, reason: jsonColumn(Reason).nullable() })
const HourRow = z.object({ start_ms: asInt, counts: jsonColumn(z.partialRecord(z.enum(counterNames), Counted)) })
const DestinationRow = z.object({ address: z.string(), port: asInt, first_ms: asInt, last_ms: asInt })

export function createAbuseStore({ read }: Pick<Database, 'read'>): AbuseStore {
  return {
    addVerdict(tx, leaseId, atMs, verdict) {
      tx.run('INSERT OR REPLACE INTO abuse_verdicts (lease_id, at_ms, level, reason) VALUES (:leaseId, :atMs, :level, :reason)', {
        leaseId, atMs, level: verdict.level, reason: verdict.level === 'fine' ? null : JSON.stringify(verdict.reason),
      })
    },
    verdicts: (leaseId) => read.all(VerdictRow, 'SELECT at_ms, level, reason FROM abuse_verdicts WHERE lease_id = :leaseId ORDER BY at_ms', { leaseId })
      .map(({ at_ms: atMs, level, reason }) => ({ atMs, level, reason })),
    addFlows(tx, leaseId, startMs, counts) {
      const known = tx.get(HourRow, 'SELECT start_ms, counts FROM flow_hours WHERE lease_id = :leaseId AND start_ms = :startMs', { leaseId, startMs })
      tx.run('INSERT OR REPLACE INTO flow_hours (lease_id, start_ms, counts) VALUES (:leaseId, :startMs, :counts)', {
        leaseId, startMs, counts: JSON.stringify(addCounts(known?.counts ?? {}, counts)),
      })
    },
    hours: (leaseId) => read.all(HourRow, 'SELECT start_ms, counts FROM flow_hours WHERE lease_id = :leaseId ORDER BY start_ms', { leaseId })
      .map(({ start_ms: startMs, counts }) => ({ startMs, counts })),
    addDestinations(tx, leaseId, destinations) {
      for (const { address, port, firstMs, lastMs } of destinations) {
        tx.run(`INSERT INTO flow_destinations (lease_id, address, port, first_ms, last_ms) VALUES (:leaseId, :address, :port, :firstMs, :lastMs)
          ON CONFLICT (lease_id, address, port) DO UPDATE SET last_ms = :lastMs`, { leaseId, address, port, firstMs, lastMs })
      }
      tx.run(`DELETE FROM flow_destinations WHERE lease_id = :leaseId AND (address, port) NOT IN (
        SELECT address, port FROM flow_destinations WHERE lease_id = :leaseId ORDER BY last_ms DESC, address, port LIMIT :maxDestinations)`, { leaseId, maxDestinations })
    },
    destinations: (leaseId) => read.all(DestinationRow, 'SELECT address, port, first_ms, last_ms FROM flow_destinations WHERE lease_id = :leaseId ORDER BY last_ms DESC, address, port', { leaseId })
      .map(({ address, port, first_ms: firstMs, last_ms: lastMs }) => ({ address, port, firstMs, lastMs })),
    expire(tx, beforeMs) {
      tx.run('DELETE FROM abuse_verdicts WHERE at_ms < :beforeMs', { beforeMs })
      tx.run('DELETE FROM flow_hours WHERE start_ms < :beforeMs', { beforeMs })
      tx.run('DELETE FROM flow_destinations WHERE last_ms < :beforeMs', { beforeMs })
    },
  }
}
