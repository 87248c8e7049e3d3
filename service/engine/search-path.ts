/** Where programs are on this machine. */
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Folders that a desktop's own search path leaves out. */
const moreFolders: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'],
  darwin: ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'],
}

/** The search path that commands are run with. */
export function searchPath(env: NodeJS.ProcessEnv = process.env): string {
  const own = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...new Set([...own, ...moreFolders[process.platform] ?? []])].join(delimiter)
}

export async function hasProgram(name: string): Promise<boolean> {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  const places = searchPath().split(delimiter).flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
  return (await Promise.all(places.map(hasPath))).includes(true)
}

export function hasPath(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false)
}
