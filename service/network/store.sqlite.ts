import * as z from 'zod'
import { asBlob, type Database } from '../database/index.ts'
import type { NetworkStore } from './types.ts'

const ValueRow = z.object({ value: asBlob })
const PairRow = z.object({ key: z.string(), value: asBlob })

export function createNetworkStore(database: Database): NetworkStore {
  return {
    get: (key) => database.read.get(ValueRow, 'SELECT value FROM network_records WHERE key = :key', { key })?.value,
    list: (prefix) => database.read.all(PairRow, 'SELECT key, value FROM network_records WHERE key >= :prefix AND key < :end ORDER BY key', {
      prefix, end: `${prefix}\u{10ffff}`,
    }),
    apply: (changes) => database.transaction((tx) => {
      for (const { key, value } of changes) {
        if (value === null) tx.run('DELETE FROM network_records WHERE key = :key', { key })
        else tx.run('INSERT INTO network_records (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value', { key, value })
      }
    }),
  }
}
