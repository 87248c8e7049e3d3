/** The running service, from outside: whether it is well, and its restart into the version that the link names. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { NodeStatus } from '../../contract/nouns/node.ts'
import { serveArguments, ServiceFile, serviceFileName, tokenFileName } from '../../contract/nouns/serve.ts'
import type { Clock } from '../base/index.ts'

export interface RunningNode {
  pid: number
  version: string
  isEngineReady: boolean
}

export interface ServiceControl {
  /** Null: none runs on this data directory, or it does not answer. */
  running(): Promise<RunningNode | null>
  /** Finds out how it is restarted. E_CONFLICT when that is not known: nothing may be changed then. */
  prepare(): Promise<void>
  /** The present service stops and one that the link names takes its place, also when this process dies in between. */
  restart(): Promise<void>
  /** What was started is known to have ended. */
  hasEnded(): Promise<boolean>
}

/** An answer takes no longer, ms. */
const answerDeadlineMs = 5_000
/** How long the new service waits for the old one to let go of the data directory. */
const whenFreeMs = 60_000
/** One that was told to stop has stopped by then, or is ended. */
const stopDeadlineMs = 10_000

export interface ServiceControlOptions {
  dataDir: string
  /** What the link names: `root/current/bin/depin`. */
  program: string
  clock: Clock
  /** Who this process is; undefined on Windows. */
  userId?: number | undefined
}

export function createServiceControl({ dataDir, program, clock, userId = process.getuid?.() }: ServiceControlOptions): ServiceControl {
  let started: ChildProcess | null = null
  /** As it was found before anything changed. */
  let known: ServiceFile | null = null
  let environment = process.env
  let unit: SystemdUnit | null = null
  const call = (verb: string): Promise<unknown> => callService(dataDir, verb)

  async function running(): Promise<RunningNode | null> {
    try {
      const { json: status } = z.object({ json: NodeStatus.pick({ pid: true, version: true, engine: true }) }).parse(await call('node/status'))
      return { pid: status.pid, version: status.version, isEngineReady: status.engine.state === 'ready' }
    } catch {
      return null
    }
  }

  async function prepare(): Promise<void> {
    if (known === null) {
      known = readServiceFile(dataDir)
      if (known !== null) environment = environmentOf(known.pid)
      unit = known === null ? null : await unitOf(known.pid)
    }
    if (unit !== null) return
    // what its user can write says what to run, and in which environment: for nobody but that user
    const isOurs = userId === undefined || statSync(dataDir).uid === userId
    if (!isOurs) throw new DepinError('E_CONFLICT', 'The service runs as another user.', { next: 'Stop it, run “depin update” again, and have that user start it as before.' })
    if (known?.serve === undefined) throw new DepinError('E_CONFLICT', 'It is not known how the service was started.', { next: 'Stop it, run “depin update” again, and start it as before.' })
  }

  async function restart(): Promise<void> {
    await prepare()
    if (unit !== null) {
      await promisify(execFile)('systemctl', [...unit.isUser ? ['--user'] : [], 'restart', unit.name])
      return
    }
    if (known?.serve === undefined) return
    const before = started
    started = startDetached(program, dataDir, known.serve, environment)
    // whoever stops may not get to answer
    if (await running() !== null) await call('node/stop').catch(() => undefined)
    if (before !== null) await endOf(before, clock)
  }

  return {
    running,
    prepare,
    restart,
    async hasEnded() {
      if (unit === null) return started !== null && hasExited(started)
      return await promisify(execFile)('systemctl', [...unit.isUser ? ['--user'] : [], 'is-failed', '--quiet', unit.name]).then(() => true, () => false)
    },
  }
}

/** A version that was tried and does not even answer would keep the data directory from the next. */
async function endOf(child: ChildProcess, clock: Clock): Promise<void> {
  if (hasExited(child)) return
  child.kill('SIGTERM')
  await Promise.race([once(child, 'exit'), clock.sleep(stopDeadlineMs)])
  if (!hasExited(child)) child.kill('SIGKILL')
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

interface SystemdUnit { name: string, isUser: boolean }

/** The unit whose main process this is; null: it was started in another way. */
async function unitOf(pid: number): Promise<SystemdUnit | null> {
  const line = read(`/proc/${pid}/cgroup`)?.split('\n').find((each) => /^(0::|1:name=systemd:)/.test(each)) ?? ''
  const name = /\/([^/]+\.service)$/.exec(line)?.[1]
  if (name === undefined) return null
  const isUser = line.includes('/user@')
  const { stdout } = await promisify(execFile)('systemctl', [...isUser ? ['--user'] : [], 'show', '--property=MainPID', '--value', name]).catch(() => ({ stdout: '' }))
  return Number(stdout) === pid ? { name, isUser } : null
}

/** As the present one was started: with its options and in its environment. It waits until the other has stopped. */
function startDetached(program: string, dataDir: string, serve: NonNullable<ServiceFile['serve']>, env: NodeJS.ProcessEnv): ChildProcess {
  const out = openSync(join(dataDir, 'service.log'), 'a', 0o600)
  const args = [...serveArguments({ ...serve, newIdentity: false }), '--when-free', `${whenFreeMs / 1000}s`]
  const child = spawn(program, args, { detached: true, stdio: ['ignore', out, out], cwd: dataDir, env })
  closeSync(out)
  child.on('error', () => undefined)
  child.unref()
  return child
}

function environmentOf(pid: number): NodeJS.ProcessEnv {
  const entries = read(`/proc/${pid}/environ`)?.split('\0').filter((each) => each.includes('='))
  if (entries === undefined || entries.length === 0) return process.env
  return Object.fromEntries(entries.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]))
}

function readServiceFile(dataDir: string): ServiceFile | null {
  try {
    return ServiceFile.parse(JSON.parse(readFileSync(join(dataDir, serviceFileName), 'utf8')))
  } catch {
    return null
  }
}

async function callService(dataDir: string, verb: string): Promise<unknown> {
  const file = readServiceFile(dataDir)
  if (file === null) throw new DepinError('E_NOT_RUNNING', `No service is running in ${dataDir}.`)
  const token = readFileSync(join(dataDir, tokenFileName), 'utf8').trim()
  const headers = { 'host': 'localhost', 'authorization': `Bearer ${token}`, 'content-type': 'application/json' }
  return await new Promise((resolve, reject) => {
    const asked = request({ socketPath: file.socket, method: 'POST', path: `/api/rpc/${verb}`, headers, timeout: answerDeadlineMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
        } catch (error) {
          reject(error instanceof Error ? error : new Error('not JSON', { cause: error }))
        }
      })
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', reject)
    asked.end('{}')
  })
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
