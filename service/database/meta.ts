import * as z from 'zod'
import type { ReadHandle, WriteHandle } from './types.ts'

const Row = z.object({ value: z.string() })

/** Facts about the database itself: whose it is, which boot it was last opened in. */
export function getMeta(handle: ReadHandle, key: string): string | undefined {
  return handle.get(Row, 'SELECT value FROM meta WHERE key = :key', { key })?.value
}

export function setMeta(tx: WriteHandle, key: string, value: string): void {
  tx.run('INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value', { key, value })
}
