/**
 * `npm run package:check`: builds all packages that can be built here without the internet, around stand-ins of Electron's own
 * programs, and looks into them: what is inside, which fuses, how large. Ends with 1 when something is not as it should be.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Arch, build, Platform } from 'electron-builder'
import { formatBytes, sizeOf } from './build/sizes.ts'
import { checkDeb, packDeb } from './package/deb.ts'
import { packageConfig } from './package/config.ts'
import { inspectApp, integrityProblems } from './package/inspect.ts'
import { makeStubDist, type StubSystem } from './package/stub-dist.ts'
import { packTarball } from './release/tarball.ts'
import { root } from './setup/root.mjs'
import { setUp } from './setup/setup.mjs'

/** What of ours is in a package at most, without Electron itself. */
const archiveBudgetBytes = 12 * 1024 ** 2
/** With a Node of its own. */
const serverBudgetBytes = 60 * 1024 ** 2

interface Row { name: string, inside: string, size: string, fuses: string, problems: string[] }

await setUp({ build: true })
const workshop = mkdtempSync(join(tmpdir(), 'depin-package-'))
try {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')) as { version: string }
  const rows: Row[] = []
  for (const system of ['linux', 'mac', 'win'] as const) rows.push(await checkDesktop(system, version))
  rows.push(...await checkServer())
  print(rows)
  process.exitCode = rows.some(({ problems }) => problems.length > 0) ? 1 : 0
} finally {
  rmSync(workshop, { recursive: true, force: true })
}

async function checkDesktop(system: StubSystem, electronVersion: string): Promise<Row> {
  const output = join(workshop, system)
  const platform = { linux: Platform.LINUX, mac: Platform.MAC, win: Platform.WINDOWS }[system]
  await build({
    projectDir: root,
    targets: platform.createTarget('dir', Arch.x64),
    publish: 'never',
    config: {
      ...packageConfig(),
      electronVersion,
      electronDist: makeStubDist(join(workshop, `electron-${system}`), system, electronVersion),
      directories: { output, buildResources: 'resources/package' },
      // what is not Windows has no resources to edit in a stand-in, and nobody's certificate is here
      ...system === 'win' && { win: { ...packageConfig().win, signAndEditExecutable: false } },
      ...system === 'mac' && { mac: { ...packageConfig().mac, identity: null } },
    },
  })
  const { app, executable, resources } = placesIn(output, system)
  const archive = join(resources, 'app.asar')
  const { files, fuses, problems } = await inspectApp(executable, archive)
  if (system === 'mac') problems.push(...integrityProblems(archive, readFileSync(join(app, 'Contents/Info.plist'), 'utf8')))
  const bytes = statSync(archive).size
  if (bytes > archiveBudgetBytes) problems.push(`its archive has ${formatBytes(bytes)}, more than ${formatBytes(archiveBudgetBytes)}`)
  if (existsSync(join(resources, 'app'))) problems.push('it has an app beside its archive')
  return { name: `desktop ${system}`, inside: `${files} files`, size: `${formatBytes(bytes)} of ${formatBytes(sizeOf(app).bytes)}`, fuses, problems }
}

function placesIn(output: string, system: StubSystem): { app: string, executable: string, resources: string } {
  const folder = readdirSync(output).find((name) => name.endsWith('unpacked') || name.startsWith('mac'))
  if (folder === undefined) throw new Error(`nothing was built for ${system}: ${readdirSync(output).join(', ')}`)
  if (system === 'mac') {
    const app = join(output, folder, 'Depin Desktop.app')
    return { app, executable: app, resources: join(app, 'Contents/Resources') }
  }
  const app = join(output, folder)
  return { app, executable: join(app, system === 'win' ? 'Depin Desktop.exe' : 'depin-desktop'), resources: join(app, 'resources') }
}

async function checkServer(): Promise<Row[]> {
  const tarball = packTarball({ dist: join(root, 'dist'), folder: workshop })
  const row = (name: string, path: string, problems: string[]): Row => {
    const { size } = statSync(path)
    return { name, inside: '', size: formatBytes(size), fuses: '', problems: size > serverBudgetBytes ? [...problems, `it has ${formatBytes(size)}, more than ${formatBytes(serverBudgetBytes)}`] : problems }
  }
  const rows = [row('server tarball', tarball, [])]
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-deb')) return rows
  const deb = packDeb({ dist: join(root, 'dist'), folder: workshop })
  return [...rows, row('server deb', deb, await checkDeb(deb))]
}

function print(rows: readonly Row[]): void {
  const width = (of: (row: Row) => string): number => Math.max(...rows.map((row) => of(row).length))
  const columns: ((row: Row) => string)[] = [({ name }) => name, ({ inside }) => inside, ({ size }) => size, ({ fuses }) => fuses]
  console.log('\npackage, what of ours is inside, its size, its fuses (RunAsNode CookieEncryption NodeOptions NodeInspect AsarIntegrity OnlyAsar FileProtocol)')
  for (const row of rows) console.log(`${columns.map((of) => of(row).padEnd(width(of))).join('  ')}  ${row.problems.length === 0 ? 'as it should be' : 'NOT AS IT SHOULD BE'}`)
  for (const { name, problems } of rows) for (const problem of problems) console.log(`${name}: ${problem}`)
}
