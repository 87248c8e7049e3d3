/** An installation on a server, in miniature: whole versions, a link, a data directory with a real database, and a service manager. */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openDatabase } from '../database/index.ts'
import { migrations } from '../database/migrations/index.ts'
import type { ServiceControl } from '../updates/control.ts'
import { layoutOf, linkedVersion } from '../updates/layout.ts'
import { putBackIfAsked } from '../updates/put-back.ts'
import { silentLog } from './deps.ts'

export const oldVersion = '1.0.0'
export const newVersion = '1.1.0'
export const platform = 'linux-x64'
/** What the new version changes in the schema. */
const laterSchema = [...migrations, { version: (migrations.at(-1)?.version ?? 0) + 1, name: 'later', sql: 'CREATE TABLE later (x TEXT) STRICT' }]

export interface TestInstall { root: string, dataDir: string }

export function makeInstall(): TestInstall {
  const folder = mkdtempSync(join(tmpdir(), 'depin-install-'))
  const [root, dataDir] = [join(folder, 'opt'), join(folder, 'data')]
  mkdirSync(dataDir, { mode: 0o700 })
  writeVersion(join(root, 'versions', oldVersion), oldVersion)
  symlinkSync(join('versions', oldVersion), join(root, 'current'))
  return { root, dataDir }
}

/** A package of the new version. */
export function packVersion(version: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'depin-package-'))
  try {
    writeVersion(join(folder, version), version)
    return execFileSync('tar', ['-C', folder, '-c', '-z', '-f', '-', version], { maxBuffer: 1 << 26 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeVersion(folder: string, version: string): void {
  mkdirSync(join(folder, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'bin/depin'), `#!/bin/sh\necho ${version}\n`)
  chmodSync(join(folder, 'bin/depin'), 0o755)
  writeFileSync(join(folder, 'last'), 'the last file that is unpacked')
  writeFileSync(join(folder, 'install.json'), JSON.stringify({ kind: 'tarball', version, platform }))
}

/** What the machine does when it starts: runs what the link names, on the database. Throws when that cannot be. */
export function boot({ root, dataDir }: TestInstall): string {
  const version = linkedVersion(layoutOf(root))
  const folder = join(root, 'versions', version)
  const said = execFileSync(join(folder, 'bin/depin'), { encoding: 'utf8' }).trim()
  if (said !== version || !existsSync(join(folder, 'last'))) throw new Error(`${version} is not whole`)
  const path = join(dataDir, 'depin.db')
  putBackIfAsked({ dataDir, databasePath: path, version, log: silentLog })
  const database = openDatabase({ path, migrations: version === newVersion ? laterSchema : migrations })
  database.close()
  writeFileSync(join(dataDir, 'running'), version)
  return version
}

export function runningVersion({ dataDir }: TestInstall): string {
  return readFileSync(join(dataDir, 'running'), 'utf8')
}

/** @param ill a version that starts, and does not become well. */
export function managerOf(install: TestInstall, ill: string | null): ServiceControl {
  return {
    running: () => {
      const version = runningVersion(install)
      return Promise.resolve(version === ill ? null : { pid: 1, version, isEngineReady: true })
    },
    prepare: () => Promise.resolve(null),
    restart: () => Promise.resolve(void boot(install)),
    hasEnded: () => Promise.resolve(false),
  }
}

export function removeInstall({ root }: TestInstall): void {
  if (basename(root) === 'opt') rmSync(join(root, '..'), { recursive: true })
}
