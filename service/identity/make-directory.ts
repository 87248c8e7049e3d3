import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A private directory and those above it. Step by step: Node's own `recursive` never ends where a file system has no
 * room for directories and says that nothing is there, as /proc does.
 */
export function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return
  const above = dirname(path)
  if (above !== path) makeDirectory(above)
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
