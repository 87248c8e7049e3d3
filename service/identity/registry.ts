import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { writeFileDurably } from './durable-file.ts'
import { makeDirectory } from './make-directory.ts'

const Registry = z.array(z.object({ path: z.string(), peerId: z.string() }))
type Registry = z.infer<typeof Registry>

const fileName = 'data-directories.json'
const maxEntries = 200

/**
 * Which data directories this user has had, kept outside of them: so that a disk that is not mounted, or a directory
 * that was deleted, is noticed instead of quietly becoming somebody new. Losing this file loses only that notice.
 */
export function readRegistry(stateDir: string): Registry {
  try {
    return Registry.parse(JSON.parse(readFileSync(join(stateDir, fileName), 'utf8')))
  } catch {
    return []
  }
}

/** Remembers the directory, newest last. A state directory that cannot be written only costs the notice. */
export function recordInRegistry(stateDir: string, path: string, peerId: string): void {
  const entries = readRegistry(stateDir)
  if (entries.some((entry) => entry.path === path && entry.peerId === peerId)) return
  const others = entries.filter((entry) => entry.path !== path)
  try {
    makeDirectory(stateDir)
    writeFileDurably(join(stateDir, fileName), `${JSON.stringify([...others, { path, peerId }].slice(-maxEntries), null, 2)}\n`)
  } catch {
    // the service runs just as well without
  }
}
