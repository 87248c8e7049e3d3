/** The private half of a release key: a PEM file of its owner alone, encrypted where there is a passphrase. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'

/** Asked for in the environment, so that it is in no list of processes and in no history of a shell. */
export const passphraseVariable = 'DEPIN_RELEASE_PASSPHRASE'

/** Never writes over a file. */
export function makeKeyFile(path: string, passphrase: string | undefined): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8', ...passphrase !== undefined && { cipher: 'aes-256-cbc', passphrase } })
  writeFileSync(path, pem, { mode: 0o600, flag: 'wx' })
  return privateKey
}

export function readKeyFile(path: string, passphrase: string | undefined): KeyObject {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) throw new Error(`Other users can read ${path}. Close it: chmod 600 '${path}'`)
  const key = createPrivateKey({ key: readFileSync(path), ...passphrase !== undefined && { passphrase } })
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${path} is not an Ed25519 key.`)
  return key
}
