import * as z from 'zod'
import { asInt, type Database, type WriteHandle } from '../database/index.ts'

/** Engines that an attack from inside has shown to keep guests where they are. */
export interface ProofStore {
  has(identity: string): boolean
  put(tx: WriteHandle, identity: string, atMs: number): void
  remove(tx: WriteHandle, identity: string): void
}

export function createProofStore(database: Database): ProofStore {
  return {
    has: (identity) => database.read.get(z.object({ at_ms: asInt }), 'SELECT at_ms FROM containment_proofs WHERE engine = :identity', { identity }) !== undefined,
    put: (tx, identity, atMs) => void tx.run('INSERT INTO containment_proofs (engine, at_ms) VALUES (:identity, :atMs) ON CONFLICT (engine) DO UPDATE SET at_ms = :atMs', { identity, atMs }),
    remove: (tx, identity) => void tx.run('DELETE FROM containment_proofs WHERE engine = :identity', { identity }),
  }
}
