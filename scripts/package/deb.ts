/** The package for Debian and Ubuntu servers: the service and its Node under /usr/lib, a user of its own, a systemd unit. */
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { layOut } from '../release/tarball.ts'
import { root } from '../setup/root.mjs'

export interface DebOptions {
  /** The built programs. */
  dist: string
  /** Where the package goes. */
  folder: string
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

const postinst = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  getent passwd depin >/dev/null || useradd --system --user-group --home-dir /var/lib/depin --shell /usr/sbin/nologin depin
  # guests run in the engine; who may talk to it is this group
  if getent group docker >/dev/null; then usermod --append --groups docker depin; fi
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl enable depin.service
    systemctl restart depin.service
  fi
fi
`

/** An upgrade leaves the service alone until the new one is there; guests run on either way. */
const prerm = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl disable --now depin.service; fi
`

/** The identity and what was earned stay until they are asked to go. */
const postrm = `#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi
if [ "$1" = purge ]; then
  rm -rf /var/lib/depin
  if getent passwd depin >/dev/null; then userdel depin; fi
fi
`

/** Returns the package's path. */
export function packDeb({ dist, folder }: DebOptions): string {
  const { version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string, description: string, license: string }
  const architecture = architectures[process.arch]
  if (architecture === undefined) throw new Error(`there is no package for ${process.arch}`)
  const workshop = mkdtempSync(join(tmpdir(), 'depin-deb-'))
  try {
    layOut(join(workshop, 'usr/lib/depin'), { dist, version, kind: 'deb' })
    mkdirSync(join(workshop, 'usr/bin'), { recursive: true })
    symlinkSync('../lib/depin/bin/depin', join(workshop, 'usr/bin/depin'))
    mkdirSync(join(workshop, 'lib/systemd/system'), { recursive: true })
    cpSync(join(root, 'resources/systemd/depin.service'), join(workshop, 'lib/systemd/system/depin.service'))
    mkdirSync(join(workshop, 'usr/share/doc/depin'), { recursive: true })
    writeFileSync(join(workshop, 'usr/share/doc/depin/copyright'), `License: ${license}\n\n${readFileSync(join(root, 'NOTICE'), 'utf8')}`)
    mkdirSync(join(workshop, 'DEBIAN'))
    writeFileSync(join(workshop, 'DEBIAN/control'), [
      'Package: depin', `Version: ${version}`, `Architecture: ${architecture}`, 'Maintainer: Depin Desktop contributors', 'Section: net', 'Priority: optional',
      'Depends: passwd, libc6, libstdc++6', 'Recommends: docker.io | podman', `Description: ${description}`, '',
    ].join('\n'))
    for (const [name, script] of Object.entries({ postinst, prerm, postrm })) {
      writeFileSync(join(workshop, 'DEBIAN', name), script)
      chmodSync(join(workshop, 'DEBIAN', name), 0o755)
    }
    chmodSync(workshop, 0o755)
    mkdirSync(folder, { recursive: true })
    const file = resolve(folder, `depin_${version}_${architecture}.deb`)
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', workshop, file], { stdio: ['ignore', 'ignore', 'inherit'] })
    return file
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

/** What is wrong with it, in sentences; empty: nothing. */
export async function checkDeb(file: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('dpkg-deb', ['--contents', file], { maxBuffer: 8 << 20 })
  const paths = stdout.trim().split('\n').map((line) => line.split(/\s+/)[5] ?? '')
  const needed = ['./usr/bin/depin', './usr/lib/depin/bin/node', './usr/lib/depin/dist/cli/depin.mjs', './usr/lib/depin/dist/service/entry.mjs', './lib/systemd/system/depin.service']
  return [
    ...needed.filter((path) => !paths.includes(path)).map((path) => `${path} is not in it`),
    ...paths.filter((path) => /\.map$|\.ts$|node_modules|\/gallery/.test(path)).map((path) => `${path} does not belong in it`),
    ...stdout.split('\n').filter((line) => line !== '' && !/\broot\/root\b/.test(line)).map((line) => `it does not belong to root: ${line}`),
  ]
}
