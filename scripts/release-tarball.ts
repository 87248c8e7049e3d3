/**
 * `npm run release:tarball -- FOLDER`: packs the built `dist/` and this Node into `depin-VERSION-PLATFORM.tar.gz`, as servers take it:
 * unpacked into `versions/`, with a link `current` beside it (docs/USER_GUIDE.md, “Update”).
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packTarball } from './release/tarball.ts'
import { root } from './setup/root.mjs'
import { setUp } from './setup/setup.mjs'

const { positionals: [folder] } = parseArgs({ allowPositionals: true })
if (folder === undefined) {
  console.error('Where shall it be? npm run release:tarball -- FOLDER')
  process.exit(2)
}
await setUp({ build: true })
console.log(packTarball({ dist: join(root, 'dist'), folder }))
