/** A verified package becomes a whole version beside the others, or nothing. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { promisify } from 'node:util'
import { type Statement, syncFolder, updateProblem } from '../../release/index.ts'
import { findInstallation } from './installation.ts'
import { type Layout, programOf } from './layout.ts'

/** A name that no version has. */
const workshopName = '.unpacking'
/** The new program says its version within this, ms, also on a machine that is busy. */
const sayDeadlineMs = 60_000

export async function unpack(layout: Layout, path: string, statement: Statement, signal?: AbortSignal): Promise<void> {
  const workshop = join(layout.versions, workshopName)
  const place = join(layout.versions, statement.version)
  rmSync(workshop, { recursive: true, force: true })
  mkdirSync(workshop, { recursive: true })
  try {
    await untar(path, workshop, signal)
    const [folder, ...others] = readdirSync(workshop)
    if (folder !== statement.version || others.length > 0) throw updateProblem('mixed', `The package holds “${folder ?? 'nothing'}” where ${statement.version} belongs.`)
    // it may be whole, or what an earlier try left: it is made anew, and does not run
    rmSync(place, { recursive: true, force: true })
    await syncAll()
    renameSync(join(workshop, folder), place)
    syncFolder(layout.versions)
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
  await assertRuns(layout, statement, signal)
}

/** What a pipe says whose reader has gone. */
const stoppedReading = ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET']

async function untar(path: string, folder: string, signal?: AbortSignal): Promise<void> {
  const tar = spawn('tar', ['-x', '-f', '-', '-C', folder, '--no-same-owner'], { stdio: ['pipe', 'ignore', 'pipe'], ...signal !== undefined && { signal } })
  let said = ''
  tar.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-500) })
  const ended = once(tar, 'close')
  ended.catch(() => undefined)
  try {
    await pipeline(createReadStream(path), createGunzip(), tar.stdin)
  } catch (cause) {
    signal?.throwIfAborted()
    // tar stops reading at the archive's end mark, before its padding, and says better why it stopped sooner
    if (!stoppedReading.includes((cause as NodeJS.ErrnoException).code ?? '')) throw updateProblem('install-failed', 'The package cannot be unpacked.', { cause })
  }
  const [code] = await ended.catch((cause: unknown) => {
    signal?.throwIfAborted()
    throw updateProblem('install-failed', 'The program “tar” cannot be started.', { next: 'Install it, and try again.', cause })
  }) as [number | null]
  if (code !== 0) throw updateProblem(said.includes('No space left') ? 'disk-full' : 'install-failed', `The package cannot be unpacked: ${said.trim()}`)
}

/** Everything that was written is on the disk. Where there is no such program, there is a journal. */
async function syncAll(): Promise<void> {
  await promisify(execFile)('sync').catch(() => undefined)
}

/** What was unpacked is what was signed, and runs on this machine: found out before anything is changed. */
async function assertRuns(layout: Layout, { version, platform }: Statement, signal?: AbortSignal): Promise<void> {
  const installation = findInstallation(join(layout.versions, version))
  if (installation.kind !== 'tarball' || installation.version !== version || installation.platform !== platform) {
    throw updateProblem('mixed', `What was unpacked is not ${version} for ${platform}.`)
  }
  const program = programOf(layout, version)
  if (!existsSync(program)) throw updateProblem('install-failed', `${program} is missing in the package.`)
  const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: sayDeadlineMs, ...signal !== undefined && { signal } }).catch((cause: unknown) => {
    signal?.throwIfAborted()
    throw updateProblem('install-failed', 'The new version does not run on this computer.', { cause })
  })
  if (stdout.trim() !== version) throw updateProblem('mixed', `The new program says that it is ${stdout.trim().slice(0, 40)}.`)
}
