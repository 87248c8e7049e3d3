/** Releases for tests: keys, statements and files of a feed. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { rawPublicKey, releaseKey } from '../keys.ts'
import { type Manifest, manifestName } from '../manifest.ts'
import { signStatement } from '../sign.ts'
import type { Statement } from '../statement.ts'

export const testNowMs = Date.UTC(2026, 0, 15, 12)
export const dayMs = 86_400_000

export function newKey() {
  const { privateKey } = generateKeyPairSync('ed25519')
  const base64 = rawPublicKey(privateKey).toString('base64')
  return { privateKey, base64, known: releaseKey(base64) }
}
export type TestKey = ReturnType<typeof newKey>

export function statementOf(content: Uint8Array, patch: Partial<Statement> = {}): Statement {
  return {
    version: '1.1.0', platform: 'linux-x64', package: 'tarball', channel: 'latest', file: 'depin-linux-x64.tar.gz',
    sha512: createHash('sha512').update(content).digest('hex'), bytes: content.length, rolloutPercent: 100,
    signedAtMs: testNowMs - dayMs, expiresAtMs: testNowMs + 30 * dayMs, ...patch,
  }
}

/** The files that a feed serves for one release. */
export function filesOf(statement: Statement, content: Uint8Array, key: TestKey): Record<string, Uint8Array> {
  return { [statement.file]: content, [manifestName(statement)]: encode(signStatement(statement, [key.privateKey])) }
}

export function encode(manifest: Manifest): Uint8Array {
  return Buffer.from(JSON.stringify(manifest))
}
