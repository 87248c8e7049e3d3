/** Files and folders that only this user may reach. */
import { chmodSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, writeSync, type Stats } from 'node:fs'
import { DepinError } from '../../contract/errors.ts'

/** Windows keeps a user's folders to that user by inherited rights; there are no modes to look at. */
const hasModes = process.platform !== 'win32'

/** The text of a private file, or null when there is none. E_DATA_DIR_PERMISSIONS when others can reach it. */
export function readPrivateFile(path: string): string | null {
  const file = openExisting(path)
  if (file === null) return null
  try {
    assertPrivate(path, fstatSync(file))
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

function openExisting(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | (hasModes ? constants.O_NOFOLLOW : 0))
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return null
    throw new DepinError('E_DATA_DIR_PERMISSIONS', `${path} cannot be read (${code ?? 'unknown error'}).`, {
      next: 'It must be a plain file of your own. Remove it, and the service makes a new one.', cause,
    })
  }
}

/** Whole or not at all. */
export function writePrivateFile(path: string, text: string): void {
  const temporary = `${path}.tmp`
  const file = openSync(temporary, 'w', 0o600)
  try {
    // a left-over from before may have another mode
    if (hasModes) fchmodSync(file, 0o600)
    writeSync(file, text)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
}

/** A folder of this user alone, made when there is none. A link, another's folder or a looser one is refused. */
export function ensurePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new DepinError('E_DATA_DIR_PERMISSIONS', `${path} cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, {
      next: 'Choose a data directory with a shorter path, which needs no folder outside of it.', cause,
    })
  }
  const stats = lstatSync(path)
  if (!stats.isDirectory()) throw notOurs(path, 'is not a folder')
  assertPrivate(path, stats)
}

export function makePrivate(path: string): void {
  if (hasModes) chmodSync(path, 0o600)
}

function assertPrivate(path: string, stats: Stats): void {
  if (!hasModes) return
  if (stats.uid !== process.getuid?.()) throw notOurs(path, 'belongs to another user')
  if ((stats.mode & 0o077) === 0) return
  throw new DepinError('E_DATA_DIR_PERMISSIONS', `Other users can reach ${path} (mode ${(stats.mode & 0o777).toString(8).padStart(4, '0')}).`, {
    next: `Close it: chmod go= '${path}'`,
  })
}

function notOurs(path: string, what: string): DepinError {
  return new DepinError('E_DATA_DIR_PERMISSIONS', `${path} ${what}.`, { next: 'Remove it, or have its owner remove it.' })
}
