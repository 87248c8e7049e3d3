import * as z from 'zod'
import { ImageVariant } from '../../contract/wire/v1/image.ts'
import { ImageRule } from '../../contract/nouns/images.ts'
import { asBlob, asInt, asNullableInt, type Database, jsonColumn } from '../database/index.ts'
import type { FollowedList, ImageRecord, ImageStore } from './types.ts'

const ImageRow = z.object({
  config: z.string(), reference: z.string(), variant: jsonColumn(ImageVariant), held_as: z.string().nullable(),
  origin: z.enum(['engine', 'registry', 'peers']), created_at_ms: asInt, last_used_ms: asInt,
}).transform((row): ImageRecord => ({
  config: row.config, reference: row.reference, variant: row.variant, heldAs: row.held_as, origin: row.origin, createdAtMs: row.created_at_ms, lastUsedMs: row.last_used_ms,
}))
const PinRow = z.object({ lease_id: z.string(), config: z.string() })
const ListRow = z.object({
  source: z.string(), publisher: z.string(), body: asBlob.nullable(), signature: asBlob.nullable(), fetched_at_ms: asNullableInt, problem: z.string().nullable(),
}).transform((row): FollowedList => ({
  source: row.source, publisher: row.publisher, fetchedAtMs: row.fetched_at_ms, problem: row.problem,
  signed: row.body === null || row.signature === null ? null : { body: row.body, signature: row.signature },
}))

export function createImageStore(database: Database): ImageStore {
  return {
    get: (config) => database.read.get(ImageRow, 'SELECT * FROM images WHERE config = :config', { config }),
    list: () => database.read.all(ImageRow, 'SELECT * FROM images ORDER BY last_used_ms DESC'),
    put(tx, image) {
      tx.run(`INSERT INTO images (config, reference, variant, held_as, origin, created_at_ms, last_used_ms)
        VALUES (:config, :reference, :variant, :heldAs, :origin, :createdAtMs, :lastUsedMs)
        ON CONFLICT (config) DO UPDATE SET reference = :reference, variant = :variant, held_as = :heldAs, origin = :origin, last_used_ms = :lastUsedMs`, {
        ...image, variant: JSON.stringify(image.variant),
      })
    },
    remove(tx, config) {
      tx.run('DELETE FROM image_pins WHERE config = :config', { config })
      tx.run('DELETE FROM images WHERE config = :config', { config })
    },
    pins: () => database.read.all(PinRow, 'SELECT lease_id, config FROM image_pins').map((row) => ({ leaseId: row.lease_id, config: row.config })),
    pin: (tx, leaseId, config) => void tx.run('INSERT OR IGNORE INTO image_pins (lease_id, config) VALUES (:leaseId, :config)', { leaseId, config }),
    unpin: (tx, leaseId) => void tx.run('DELETE FROM image_pins WHERE lease_id = :leaseId', { leaseId }),
    rules: () => database.read.all(ImageRule, 'SELECT subject, action FROM image_rules ORDER BY action, subject'),
    putRule: (tx, rule) => void tx.run('INSERT INTO image_rules (subject, action) VALUES (:subject, :action) ON CONFLICT (subject) DO UPDATE SET action = :action', { ...rule }),
    removeRule: (tx, subject) => void tx.run('DELETE FROM image_rules WHERE subject = :subject', { subject }),
    followed: () => database.read.all(ListRow, 'SELECT * FROM image_blocklists ORDER BY source'),
    follow(tx, { source, publisher, signed, fetchedAtMs, problem }) {
      tx.run(`INSERT INTO image_blocklists (source, publisher, body, signature, fetched_at_ms, problem) VALUES (:source, :publisher, :body, :signature, :fetchedAtMs, :problem)
        ON CONFLICT (source) DO UPDATE SET publisher = :publisher, body = :body, signature = :signature, fetched_at_ms = :fetchedAtMs, problem = :problem`, {
        source, publisher, fetchedAtMs, problem, body: signed?.body ?? null, signature: signed?.signature ?? null,
      })
    },
    unfollow: (tx, source) => void tx.run('DELETE FROM image_blocklists WHERE source = :source', { source }),
  }
}
