import * as z from 'zod'
import { ServiceStatus } from '../../contract/wire/v1/protocols.ts'
import { type Clock } from '../base/index.ts'
import { type Database, jsonColumn } from '../database/index.ts'
import type { ServiceRecord, WorkloadStore } from './types.ts'

const StoredRecord = z.object({ status: ServiceStatus, attempts: z.int(), bootId: z.string() })
const Row = z.object({ services: jsonColumn(z.array(StoredRecord)) })
const IdRow = z.object({ lease_id: z.string() })

export function createWorkloadStore(database: Database, clock: Clock): WorkloadStore {
  return {
    read(leaseId) {
      const row = database.read.get(Row, 'SELECT services FROM workloads WHERE lease_id = :leaseId', { leaseId })
      return new Map((row?.services ?? []).map((record): [string, ServiceRecord] => [record.status.service, record]))
    },
    write(tx, leaseId, records) {
      tx.run(`INSERT INTO workloads (lease_id, services, updated_at_ms) VALUES (:leaseId, :services, :nowMs)
        ON CONFLICT (lease_id) DO UPDATE SET services = :services, updated_at_ms = :nowMs`, {
        leaseId, services: JSON.stringify([...records.values()]), nowMs: clock.nowMs(),
      })
    },
    remove: (tx, leaseId) => void tx.run('DELETE FROM workloads WHERE lease_id = :leaseId', { leaseId }),
    leaseIds: () => database.read.all(IdRow, 'SELECT lease_id FROM workloads').map((row) => row.lease_id),
  }
}
