/** The keys that releases are signed with: Ed25519, the private half kept off every machine that runs or builds Depin. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { DepinError } from '../contract/errors.ts'

/** DER in front of a raw Ed25519 public key: RFC 8410, section 4. */
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')

export interface ReleaseKey {
  /** The first 64 bits of the key's SHA-256, in hex. */
  readonly id: string
  readonly publicKey: KeyObject
}

const rawKey = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, 'not 32 bytes')

/** `resources/release.json`: where newer versions are, and whose signature counts. It is a part of every package. */
export const ReleaseSource = z.strictObject({
  /** The folder with manifests and packages; null: none as yet, and this copy does not update itself. */
  feed: z.url({ protocol: /^https?$/ }).nullable(),
  /** Raw Ed25519 public keys, base64. More than one while a new one takes the place of the old. */
  keys: z.array(rawKey).max(8),
})
export type ReleaseSource = z.infer<typeof ReleaseSource>

export function readReleaseSource(path: string): ReleaseSource {
  try {
    return ReleaseSource.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new DepinError('E_FILE', `${path} cannot be read, or does not say where releases come from.`, { next: 'Install Depin again.', cause })
  }
}

export function releaseKey(base64: string): ReleaseKey {
  const raw = Buffer.from(rawKey.parse(base64), 'base64')
  return { id: keyIdOf(raw), publicKey: createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' }) }
}

export function rawPublicKey(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length)
}

export function keyIdOf(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16)
}
