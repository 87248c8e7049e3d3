/** The package for servers: one folder, named after the version, with a Node of its own. */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { root } from '../setup/root.mjs'

export interface TarballOptions {
  /** The built programs. */
  dist: string
  /** Where the package goes. */
  folder: string
  /** That of this checkout when left out. */
  version?: string
}

/** What the programs of the package need of `dist/`: not the desktop's. */
const parts = ['cli', 'service', 'renderer', 'release.json']

/** For development alone. */
const leftOut = /\.map$|\/gallery(\.html|-[^/]*)$/

/** Beside the programs, so that they know how they came here. */
export function installNote(version: string, kind: 'tarball' | 'deb' = 'tarball'): string {
  return `${JSON.stringify({ kind, version, platform: `${process.platform}-${process.arch}` })}\n`
}

const launcher = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/node" --disable-warning=ExperimentalWarning "$here/../dist/cli/depin.mjs" "$@"
`

/** Returns the package's path. The same sources make the same bytes. */
export function packTarball({ dist, folder, version = ownVersion() }: TarballOptions): string {
  const workshop = mkdtempSync(join(tmpdir(), 'depin-tarball-'))
  try {
    layOut(join(workshop, version), { dist, version, kind: 'tarball' })
    mkdirSync(folder, { recursive: true })
    const file = resolve(folder, `depin-${version}-${process.platform}-${process.arch}.tar.gz`)
    execFileSync('tar', ['-C', workshop, '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--format=ustar', '-c', '-z', '-f', file, version], { stdio: 'inherit' })
    return file
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

/** The programs, a Node to run them, and the note of how they came here. */
export function layOut(top: string, { dist, version, kind }: { dist: string, version: string, kind: 'tarball' | 'deb' }): void {
  mkdirSync(join(top, 'bin'), { recursive: true })
  for (const part of parts) cpSync(join(dist, part), join(top, 'dist', part), { recursive: true, filter: (path) => !leftOut.test(path) })
  cpSync(process.execPath, join(top, 'bin/node'))
  writeFileSync(join(top, 'bin/depin'), launcher)
  for (const program of ['bin/node', 'bin/depin', 'dist/cli/depin.mjs']) chmodSync(join(top, program), 0o755)
  for (const paper of ['LICENSE', 'NOTICE']) cpSync(join(root, paper), join(top, paper))
  writeFileSync(join(top, 'install.json'), installNote(version, kind))
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
}
