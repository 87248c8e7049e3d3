import { existsSync, lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import type { UpdateWay } from '../../contract/nouns/updates.ts'
import { Version } from '../../contract/nouns/updates.ts'
import { Platform, readJson } from '../../release/index.ts'
import type { Installation } from './types.ts'

/** `install.json` beside `dist/`, put there by whoever made the package. */
const Note = z.object({ kind: z.enum(['tarball', 'deb', 'rpm', 'container']), version: Version, platform: Platform })

/** @param packageRoot the folder that holds `dist/`; in a checkout its root. */
export function findInstallation(packageRoot: string): Installation {
  const note = readNote(packageRoot)
  if (note === null) return { kind: 'elsewhere', owner: existsSync(join(packageRoot, 'scripts/build.ts')) ? 'checkout' : 'unknown' }
  if (note.kind !== 'tarball') return { kind: 'elsewhere', owner: note.kind }
  const versions = dirname(packageRoot)
  const root = dirname(versions)
  const isLinked = lstatSync(join(root, 'current'), { throwIfNoEntry: false })?.isSymbolicLink() === true
  if (basename(versions) !== 'versions' || !isLinked) return { kind: 'elsewhere', owner: 'unknown' }
  return { kind: 'tarball', root, version: note.version, platform: note.platform }
}

function readNote(packageRoot: string): z.infer<typeof Note> | null {
  try {
    return readJson(join(packageRoot, 'install.json'), Note)
  } catch {
    return null
  }
}

const commands: Record<Extract<Installation, { kind: 'elsewhere' }>['owner'], string> = {
  checkout: 'git pull && npm start',
  deb: 'sudo apt-get update && sudo apt-get install --only-upgrade depin',
  rpm: 'sudo dnf upgrade depin',
  container: 'pull the newer image, and make the container anew on the same data directory',
  unknown: 'unpack the newer version where this one is; see “Update” in the user guide',
}

/** How this copy gets newer while no desktop drives it. */
export function wayOf(installation: Installation, hasFeed: boolean): UpdateWay {
  if (installation.kind === 'elsewhere') return { kind: 'elsewhere', owner: installation.owner, command: commands[installation.owner] }
  return hasFeed ? { kind: 'command', command: 'depin update' } : { kind: 'none' }
}
