import * as z from 'zod'
import { PaymentTerms, ShareEgress, ShareSettings } from '../../contract/nouns/node.ts'
import { HoldCause, OwnerRules } from '../../contract/nouns/owner.ts'
import { asInt, type Database, getMeta, jsonColumn, setMeta } from '../database/index.ts'
import { defaultEgress } from './inventory.ts'
import type { CapacityStore } from './types.ts'

/** JSON has no bigint: amounts are kept as decimal text. */
const AmountText = z.string().regex(/^\d+$/).transform((text) => BigInt(text))
const StoredSettings = ShareSettings.extend({
  prices: z.object({ cpuCoreMonthMicro: AmountText, memoryGiBMonthMicro: AmountText, diskGiBMonthMicro: AmountText, egressGiBMicro: AmountText }),
  terms: PaymentTerms,
  // settings that are older than the rules, or than one of them
  rules: OwnerRules.prefault({}),
  // settings that were stored before there was a choice
  egress: ShareEgress.default(defaultEgress),
})
const LiftedText = jsonColumn(z.array(HoldCause))
const SettingsRow = z.object({ settings: jsonColumn(StoredSettings) })
const IdRow = z.object({ lease_id: z.string() })
const TotalRow = z.object({ cpu: asInt, memory: asInt, disk: asInt, leases: asInt })

export function createCapacityStore(database: Database): CapacityStore {
  return {
    readSettings: () => database.read.get(SettingsRow, 'SELECT settings FROM share_settings WHERE id = 1')?.settings,
    writeSettings(tx, settings) {
      const text = JSON.stringify(settings, (_, value: unknown) => typeof value === 'bigint' ? value.toString() : value)
      tx.run('INSERT INTO share_settings (id, settings) VALUES (1, :text) ON CONFLICT (id) DO UPDATE SET settings = :text', { text })
    },
    readLifted: () => LiftedText.parse(getMeta(database.read, 'share-anyway') ?? '[]'),
    writeLifted: (tx, causes) => setMeta(tx, 'share-anyway', JSON.stringify(causes)),
    reserved(handle) {
      const row = handle.get(TotalRow, `SELECT coalesce(sum(cpu_milli), 0) AS cpu, coalesce(sum(memory_mib), 0) AS memory,
        coalesce(sum(disk_mib), 0) AS disk, count(*) AS leases FROM reservations`)
      return { total: { cpuMilli: row?.cpu ?? 0, memoryMiB: row?.memory ?? 0, diskMiB: row?.disk ?? 0 }, leases: row?.leases ?? 0 }
    },
    leaseIds: () => database.read.all(IdRow, 'SELECT lease_id FROM reservations').map((row) => row.lease_id),
    put(tx, leaseId, need) {
      tx.run('INSERT INTO reservations (lease_id, cpu_milli, memory_mib, disk_mib) VALUES (:leaseId, :cpu, :memory, :disk)', {
        leaseId, cpu: need.cpuMilli, memory: need.memoryMiB, disk: need.diskMiB,
      })
    },
    remove: (tx, leaseId) => void tx.run('DELETE FROM reservations WHERE lease_id = :leaseId', { leaseId }),
  }
}
