/** `identity.json`: who this node is, and the seed that its keys come from, as it is or sealed. */
import { hkdfSync } from 'node:crypto'
import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { writeFileDurably } from './durable-file.ts'
import { createSigner } from './records.ts'
import { openSeed, SealedSeed, sealSeed } from './seal.ts'
import type { Identity } from './types.ts'
import { wordsOf } from './words.ts'

/** Bytes of a new seed: 12 words. Older identities have 32, and 24 words. */
export const seedBytes = 16
export const identityName = 'identity.json'
export const databaseName = 'depin.db'

const IdentityFile = z.strictObject({
  format: z.literal('depin-identity/1'),
  seed: z.base64().refine((text) => [seedBytes, 32].includes(Buffer.from(text, 'base64').length), 'neither 16 nor 32 bytes').optional(),
  sealed: SealedSeed.optional(),
  peerId: z.string(),
  createdAtMs: z.int(),
  /** new: the database is still to be made. ready: it exists, and its absence is a loss. */
  state: z.enum(['new', 'ready']),
  formerPeerIds: z.array(z.string()),
}).refine(({ seed, sealed }) => (seed === undefined) !== (sealed === undefined), 'the seed, or the sealed one')
export type IdentityFile = z.infer<typeof IdentityFile>

/** @throws E_DATA_DIR_DAMAGED where it is not whole, or the database that it has is gone. What is sealed is left so. */
export function readIdentity(path: string): IdentityFile {
  const file = parseIdentity(path)
  if (file.seed !== undefined && peerIdOfSeed(Buffer.from(file.seed, 'base64')) !== file.peerId) throw changed(path, file)
  if (file.state === 'ready') assertDatabase(path)
  rmSync(join(path, `${identityName}.tmp`), { force: true })
  return file
}

export function writeIdentity(path: string, file: IdentityFile): void {
  writeFileDurably(join(path, identityName), `${JSON.stringify(file, null, 2)}\n`)
}

/** @throws E_KEY_SEALED without the key that opens it. */
export function openIdentity(path: string, file: IdentityFile, sealKey: Uint8Array | null): Identity {
  const root = file.seed !== undefined ? Buffer.from(file.seed, 'base64') : unsealed(path, file, sealKey)
  const identity = identityOf(root)
  if (identity.peerId !== file.peerId) throw changed(path, file)
  return identity
}

/** The same with its seed sealed, or as it is. */
export function withSeal(path: string, file: IdentityFile, sealKey: Uint8Array | null, next: Uint8Array | null): IdentityFile {
  const root = file.seed !== undefined ? Buffer.from(file.seed, 'base64') : unsealed(path, file, sealKey)
  const { seed: _seed, sealed: _sealed, ...rest } = file
  return next === null ? { ...rest, seed: root.toString('base64') } : { ...rest, sealed: sealSeed(root, next, file.peerId) }
}

function unsealed(path: string, { sealed, peerId }: IdentityFile, sealKey: Uint8Array | null): Buffer {
  const root = sealKey === null || sealed === undefined ? null : openSeed(sealed, sealKey, peerId)
  if (root !== null) return root
  throw new DepinError('E_KEY_SEALED', `The key in ${path} is sealed with this computer’s keychain, ${sealKey === null ? 'which only the desktop app opens' : 'which does not open it'}.`, {
    next: 'Start Depin Desktop as the user who sealed it, and turn that off there to run without it; or bring the key back with its words: depin restore.', details: { peerId },
  })
}

/** An empty file would be taken for a new database, and everything earned and owed be forgotten. */
function assertDatabase(path: string): void {
  const size = statSync(join(path, databaseName), { throwIfNoEntry: false })?.size ?? null
  if (size === null || size === 0) throw damaged(path, `${databaseName} is ${size === null ? 'gone' : 'empty'}`)
}

function parseIdentity(path: string): IdentityFile {
  try {
    return IdentityFile.parse(JSON.parse(readFileSync(join(path, identityName), 'utf8')))
  } catch (cause) {
    throw damaged(path, `${identityName} is not whole`, cause)
  }
}

function changed(path: string, { peerId }: IdentityFile): DepinError {
  return damaged(path, `${identityName} was changed: its key is not the key of ${peerId}`)
}

function damaged(path: string, what: string, cause?: unknown): DepinError {
  return new DepinError('E_DATA_DIR_DAMAGED', `The data directory ${path} is damaged: ${what}.`, {
    next: 'Put the directory back from a backup. To begin anew, choose an empty directory.', cause,
  })
}

function identityOf(root: Buffer): Identity {
  const seed = networkSeed(root)
  const signer = createSigner(seed)
  return { peerId: signer.peerId, networkSeed: seed, signer, words: () => wordsOf(root) }
}

/** Who somebody with this seed is. */
export function peerIdOfSeed(seed: Uint8Array): string {
  return createSigner(networkSeed(seed)).peerId
}

/** PAYMENTS.md, “Keys”: the peer key is HKDF(seed, `depin/peer/v1`); other keys come from the same seed by other labels. */
function networkSeed(seed: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', seed, new Uint8Array(), 'depin/peer/v1', 32))
}
