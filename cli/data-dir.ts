import { join, resolve } from 'node:path'
import type { Io } from './io.ts'

/** `--data-dir`, else DEPIN_DATA_DIR, else where this platform keeps a program's data for its user. */
export function dataDirOf(option: string | undefined, io: Pick<Io, 'env' | 'cwd' | 'home' | 'platform'>): string {
  const given = option ?? (io.env['DEPIN_DATA_DIR'] === '' ? undefined : io.env['DEPIN_DATA_DIR'])
  return given === undefined ? defaultDataDir(io) : resolve(io.cwd, given)
}

function defaultDataDir({ env, home, platform }: Pick<Io, 'env' | 'home' | 'platform'>): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Depin')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Depin')
  // the XDG rules: a relative path does not count
  const xdg = env['XDG_DATA_HOME']
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'), 'depin')
}
