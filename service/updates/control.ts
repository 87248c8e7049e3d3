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

/** The systemd unit that starts the service. */
export const Keeper = z.object({ unit: z.string(), isUser: z.boolean() })
export type Keeper = z.infer<typeof Keeper>

export interface ServiceControl {
  /** Null: none runs on this data directory, or it does not answer. */
  running(): Promise<RunningNode | null>
  /**
   * Finds out how it is restarted, and gives who does it; null: this process. E_CONFLICT when that is not known: nothing may be
   * changed then.
   *
   * @param earlier who was found when it ran.
   */
  prepare(earlier: Keeper | null): Promise<Keeper | null>
  /** After `prepare`: the present service stops and one that the link names takes its place, also when this process dies in between. */
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
  let keeper: Keeper | null = null
  const call = (verb: string): Promise<unknown> => callService(dataDir, verb)

  async function running(): Promise<RunningNode | null> {
    try {
      const { json: status } = z.object({ json: NodeStatus.pick({ pid: true, version: true, engine: true }) }).parse(await call('node/status'))
      return { pid: status.pid, version: status.version, isEngineReady: status.engine.state === 'ready' }
    } catch {
      return null
    }
  }

  async function prepare(earlier: Keeper | null): Promise<Keeper | null> {
    if (known === null) {
      known = readServiceFile(dataDir)
      // after a power cut another program may have its pid
      const pid = known !== null && isDepin(known.pid) ? known.pid : null
      if (pid !== null) environment = environmentOf(pid)
      keeper = (pid === null ? null : await keeperOf(pid)) ?? earlier
    }
    if (keeper !== null) return keeper
    // what its user can write says what to run, and in which environment: for nobody but that user
    const isOurs = userId === undefined || statSync(dataDir).uid === userId
    if (!isOurs) throw new DepinError('E_CONFLICT', 'The service runs as another user.', { next: 'Stop it, run “depin update” again, and have that user start it as before.' })
    if (known?.serve === undefined) throw new DepinError('E_CONFLICT', 'It is not known how the service was started.', { next: 'Stop it, run “depin update” again, and start it as before.' })
    return null
  }

  async function restart(): Promise<void> {
    if (keeper !== null) {
      await systemctl(keeper, 'restart')
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
      if (keeper === null) return started !== null && hasExited(started)
      return await systemctl(keeper, 'is-failed', '--quiet').then(() => true, () => false)
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

/** Where the programs of others cannot be looked at it is taken to be one. */
function isDepin(pid: number): boolean {
  return process.platform !== 'linux' || read(`/proc/${pid}/cmdline`)?.includes('depin.mjs') === true
}

/** The unit whose main process this is; null: it was started in another way. */
async function keeperOf(pid: number): Promise<Keeper | null> {
  const line = read(`/proc/${pid}/cgroup`)?.split('\n').find((each) => /^(0::|1:name=systemd:)/.test(each)) ?? ''
  const unit = /\/([^/]+\.service)$/.exec(line)?.[1]
  if (unit === undefined) return null
  const keeper = { unit, isUser: line.includes('/user@') }
  const said = await systemctl(keeper, 'show', '--property=MainPID', '--value').catch(() => '')
  return Number(said) === pid ? keeper : null
}

async function systemctl({ unit, isUser }: Keeper, ...verb: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('systemctl', [...isUser ? ['--user'] : [], ...verb, '--', unit])
  return stdout
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

export async function callService(dataDir: string, verb: string): Promise<unknown> {
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
