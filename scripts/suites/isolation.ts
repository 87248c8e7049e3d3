import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where programs keep what is theirs, by system. */
const homes = ['XDG_STATE_HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'APPDATA', 'LOCALAPPDATA']

export interface Isolation {
  env: NodeJS.ProcessEnv
  remove: () => void
}

/** An environment in which no test finds, or leaves, anything of the person who runs it. */
export function isolate(): Isolation {
  // Short: sockets below it must stay within 100 bytes or so.
  const folder = mkdtempSync(join(tmpdir(), 'depin-test-'))
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DEPIN_') || name.startsWith('DEPIN_TEST_')))
  for (const name of homes) {
    env[name] = join(folder, name.toLowerCase())
    mkdirSync(env[name], { mode: 0o700 })
  }
  return { env, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
