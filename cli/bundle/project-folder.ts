/**
 * The folder a compose file is in, and the only place from which its files are read: a compose file from somebody else
 * must not be able to name a key in the user's home.
 */
import { open, opendir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { DepinError } from '../../contract/errors.ts'
import { formatSize } from '../../contract/units.ts'

export interface ProjectFile {
  /** With forward slashes, from the folder. */
  name: string
  content: Buffer
}

export interface ReadBounds {
  maxFileBytes: number
  /** No more files than this from one folder. */
  maxFiles: number
}

/** A folder that is a database, or a whole disk, is not walked to its end. */
const maxWalked = 20_000

export class ProjectFolder {
  readonly #root: string

  /** @param root the real path: every link on the way resolved. */
  private constructor(root: string) {
    this.#root = root
  }

  static async at(path: string): Promise<ProjectFolder> {
    return new ProjectFolder(await realPath(path) ?? resolve(path))
  }

  async isFile(name: string): Promise<boolean> {
    return (await stat(resolve(this.#root, name)).catch(() => undefined))?.isFile() === true
  }

  /** A file, or all files of a folder; empty when there is none. E_FILE when it is outside, E_TOO_LARGE. */
  async read(name: string, bounds: ReadBounds): Promise<ProjectFile[]> {
    const path = resolve(this.#root, name.replaceAll('\\', '/'))
    this.#assertInside(path, name)
    const real = await realPath(path)
    if (real === undefined) return []
    this.#assertInside(real, name)
    const stats = await stat(real)
    const relativeName = relative(this.#root, path).split(sep).join('/')
    if (stats.isDirectory()) return this.#readFolder(relativeName, real, bounds)
    if (!stats.isFile()) throw new DepinError('E_FILE', `${name} is neither a file nor a folder, so it cannot be sent.`)
    return [{ name: relativeName, content: await readBounded(real, name, bounds.maxFileBytes) }]
  }

  /** In the order of their names. Each is checked on its own: a folder inside may hold links to outside. */
  async #readFolder(name: string, path: string, bounds: ReadBounds): Promise<ProjectFile[]> {
    const read: ProjectFile[] = []
    for (const file of await this.#walk(name, path, bounds.maxFiles)) {
      const real = await realPath(resolve(this.#root, file))
      // a link to a folder was not walked into; a link to nothing is nothing
      if (real === undefined || (await stat(real)).isDirectory()) continue
      read.push(...await this.read(file, bounds))
    }
    return read
  }

  async #walk(name: string, path: string, maxFiles: number): Promise<string[]> {
    const files: string[] = []
    let walked = 0
    try {
      for await (const entry of await opendir(path, { recursive: true })) {
        walked += 1
        if (!entry.isDirectory()) files.push(join(name, relative(path, join(entry.parentPath, entry.name))))
        if (files.length > maxFiles || walked > maxWalked) break
      }
    } catch (error) {
      throw unreadable(name || '.', error)
    }
    if (files.length <= maxFiles && walked <= maxWalked) return files.toSorted()
    throw new DepinError('E_TOO_LARGE', `The folder ${name || '.'} has more than ${maxFiles} files, too many to be sent with an app.`, {
      next: 'Put them into an image, or name the files one by one.', details: { file: name, maxFiles },
    })
  }

  #assertInside(path: string, name: string): void {
    const way = relative(this.#root, path)
    if (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return
    throw new DepinError('E_FILE', `${name} leads out of the compose file’s folder (${this.#root}), so it is not sent.`, {
      next: 'Copy it into that folder if the app needs it.', details: { file: name },
    })
  }
}

export async function readBounded(path: string, name: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path).catch((cause: unknown) => { throw unreadable(name, cause) })
  try {
    if ((await file.stat()).size > maxBytes) throw tooLarge(name, maxBytes)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

function tooLarge(name: string, maxBytes: number): DepinError {
  return new DepinError('E_TOO_LARGE', `${name} is larger than ${formatSize(maxBytes)}.`, { details: { file: name, maxBytes } })
}

function unreadable(name: string, cause: unknown): DepinError {
  return new DepinError('E_FILE', `${name} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'}).`, { cause, details: { file: name } })
}

/** Undefined when there is nothing. */
async function realPath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(path, error)
  }
}
