import * as z from 'zod'
import { asInt, type Database, type WriteHandle } from '../database/index.ts'

const Count = z.object({ bytes: asInt })
const Month = z.object({ bytes: asInt, used_up: asInt })

/** What guests have sent and received, by calendar month, and how far each guard was read. */
export interface EgressStore {
  /** @param totalBytes what the guard has counted since it started; less than before means that it was started again. */
  count(tx: WriteHandle, month: string, podId: string, totalBytes: number): void
  month(month: string): { bytes: number, isUsedUp: boolean }
  setUsedUp(tx: WriteHandle, month: string): void
  forgetBut(tx: WriteHandle, podIds: ReadonlySet<string>): void
}

export function createEgressStore(database: Database): EgressStore {
  return {
    count(tx, month, podId, totalBytes) {
      const before = tx.get(Count, 'SELECT bytes FROM egress_pods WHERE pod_id = :podId', { podId })?.bytes ?? 0
      const newBytes = totalBytes < before ? totalBytes : totalBytes - before
      if (newBytes === 0) return
      tx.run('INSERT INTO egress_pods (pod_id, bytes) VALUES (:podId, :totalBytes) ON CONFLICT (pod_id) DO UPDATE SET bytes = :totalBytes', { podId, totalBytes })
      tx.run('INSERT INTO egress_months (month, bytes) VALUES (:month, :newBytes) ON CONFLICT (month) DO UPDATE SET bytes = bytes + :newBytes', { month, newBytes })
    },
    month(month) {
      const row = database.read.get(Month, 'SELECT bytes, used_up FROM egress_months WHERE month = :month', { month })
      return { bytes: row?.bytes ?? 0, isUsedUp: row?.used_up === 1 }
    },
    setUsedUp: (tx, month) => void tx.run('UPDATE egress_months SET used_up = 1 WHERE month = :month', { month }),
    forgetBut(tx, podIds) {
      const known = tx.all(z.object({ pod_id: z.string() }), 'SELECT pod_id FROM egress_pods')
      for (const { pod_id: podId } of known) if (!podIds.has(podId)) tx.run('DELETE FROM egress_pods WHERE pod_id = :podId', { podId })
    },
  }
}
