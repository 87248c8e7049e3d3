/**
 * `npm run release:sign -- FOLDER --key FILE [--key FILE]`: signs every package in a folder with the release key and writes a
 * manifest beside each. Two keys while one takes the place of the other. See CONTRIBUTING.md, “Releasing”.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { UpdateChannel, Version } from '../contract/nouns/updates.ts'
import { passphraseVariable, readKeyFile } from './release/key-file.ts'
import { signFolder } from './release/sign-folder.ts'
import { root } from './setup/root.mjs'

const dayMs = 86_400_000
const usage = 'npm run release:sign -- FOLDER --key FILE [--key FILE] [--channel latest|beta] [--rollout PERCENT] [--valid-days DAYS] [--version VERSION]'

const Flags = z.object({
  folder: z.string(),
  key: z.array(z.string()).min(1),
  channel: UpdateChannel.default('latest'),
  rollout: z.coerce.number().int().min(0).max(100).default(100),
  'valid-days': z.coerce.number().int().min(1).max(400).default(45),
  version: Version,
})

function flags(): z.infer<typeof Flags> {
  const own = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { key: { type: 'string', multiple: true }, channel: { type: 'string' }, rollout: { type: 'string' }, 'valid-days': { type: 'string' }, version: { type: 'string' } },
    })
    return Flags.parse({ version: own, ...values, folder: positionals[0] })
  } catch (error) {
    console.error(error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message)
    console.error(usage)
    process.exit(2)
  }
}

const { folder, key, channel, rollout, 'valid-days': days, version } = flags()
try {
  const keys = key.map((path) => readKeyFile(path, process.env[passphraseVariable]))
  const names = await signFolder({ folder, version, channel, rolloutPercent: rollout, nowMs: Date.now(), validForMs: days * dayMs, keys })
  for (const name of names) console.log(join(folder, name))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
