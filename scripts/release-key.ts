/**
 * `npm run release:key -- FILE`: makes a release key, and prints its public half for `resources/release.json`. Do it once, on a
 * computer that is not online, and keep the file there (CONTRIBUTING.md, “Releasing”).
 */
import { parseArgs } from 'node:util'
import { rawPublicKey } from '../release/index.ts'
import { makeKeyFile, passphraseVariable } from './release/key-file.ts'

const { positionals: [file] } = parseArgs({ allowPositionals: true })
if (file === undefined) {
  console.error('Where shall the key be? npm run release:key -- FILE')
  process.exit(2)
}
const passphrase = process.env[passphraseVariable]
const key = makeKeyFile(file, passphrase)
if (passphrase === undefined) console.error(`${file} is not encrypted: set ${passphraseVariable} to encrypt it.`)
console.log(rawPublicKey(key).toString('base64'))
