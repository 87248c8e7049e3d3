import { type KeyObject, sign } from 'node:crypto'
import { keyIdOf, rawPublicKey } from './keys.ts'
import { type Manifest, manifestFormat } from './manifest.ts'
import { type Statement, statementText } from './statement.ts'

/** @param keys private Ed25519 keys: one, or the old and the new while one takes the place of the other. */
export function signStatement(statement: Statement, keys: readonly KeyObject[]): Manifest {
  const text = Buffer.from(statementText(statement))
  return {
    format: manifestFormat,
    statement,
    signatures: keys.map((key) => ({ key: keyIdOf(rawPublicKey(key)), signature: sign(null, text, key).toString('base64') })),
  }
}
