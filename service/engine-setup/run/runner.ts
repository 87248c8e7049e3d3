/** Runs the commands of recipes: as this user, or with an administrator's consent. */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { DepinError } from '../../../contract/errors.ts'
import { type Clock, DeadlineError, deadlineSignal } from '../../base/index.ts'
import type { Consent } from '../machine/facts.ts'
import { AdminShell, refused } from './admin-shell.ts'
import { readLines } from './lines.ts'
import type { CommandRunner, Outcome, RunOptions } from './types.ts'

/** What a program prints beyond this is not kept. */
const maxOutputBytes = 4 * 1024 ** 2
const killAfterMs = 10_000
/** What a program leaves running may hold its output open. */
const drainMs = 500

export interface SystemRunnerDeps {
  clock: Clock
  consent: Consent | null
  env: NodeJS.ProcessEnv
}

export function createSystemRunner(deps: SystemRunnerDeps): CommandRunner {
  const { clock, consent, env } = deps
  let shell: AdminShell | null = null
  const direct = (command: readonly string[], options: RunOptions): Promise<Outcome> => runDirectly(command, options, clock, env)

  async function openShell(signal: AbortSignal): Promise<AdminShell> {
    if (shell !== null && !shell.isClosed) return shell
    if (consent !== 'sudo' && consent !== 'pkexec') throw nobodyToAsk()
    shell = await AdminShell.open(consent, env, signal)
    return shell
  }

  return {
    run: async (command, options) => {
      if (!options.admin || consent === 'root') return await direct(command, options)
      if (consent === 'osascript') return await runByScript(command, options, direct)
      return await (await openShell(options.signal)).run(command, options, clock)
    },
    detach: async (command, logPath, options) => {
      if (!options.admin || consent === 'root') detachDirectly(command, logPath, env)
      else await (await openShell(options.signal)).run(['sh', '-c', 'log=$1; shift; nohup setsid "$@" >>"$log" 2>&1 </dev/null &', 'sh', logPath, ...command], options, clock)
    },
    askConsent: async (signal) => {
      if (consent === 'sudo' || consent === 'pkexec') await openShell(signal)
    },
    close: () => {
      shell?.close()
      shell = null
    },
  }
}

async function runDirectly([program = '', ...args]: readonly string[], options: RunOptions, clock: Clock, env: NodeJS.ProcessEnv): Promise<Outcome> {
  using deadline = deadlineSignal(clock, program, options.deadlineMs, options.signal)
  deadline.signal.throwIfAborted()
  // in a group of its own, so that what it starts ends with it
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32', windowsHide: true, env })
  const ended = exitOf(child, clock)
  const stop = (): void => endGroup(child, clock)
  deadline.signal.addEventListener('abort', stop, { once: true })
  const output = readLines([child.stdout, child.stderr], { maxBytes: maxOutputBytes, onLine: options.onLine })
  const exitCode = await ended
  deadline.signal.removeEventListener('abort', stop)
  if (deadline.signal.reason instanceof DeadlineError) throw deadline.signal.reason
  options.signal.throwIfAborted()
  return { exitCode, stdout: output() }
}

function exitOf(child: ChildProcess, clock: Clock): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve(127)
      else reject(new DepinError('E_SETUP', `${child.spawnfile} could not be run: ${error.message}`, { cause: error }))
    })
    child.once('exit', (code, signal) => {
      const exitCode = code ?? (signal === null ? 1 : 128)
      const cancel = clock.after(drainMs, () => resolve(exitCode))
      child.once('close', () => {
        cancel()
        resolve(exitCode)
      })
    })
  })
}

function endGroup(child: ChildProcess, clock: Clock): void {
  const send = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    try {
      if (process.platform === 'win32') child.kill(signal)
      else process.kill(-child.pid, signal)
    } catch {
      // it ended by itself
    }
  }
  send('SIGTERM')
  clock.after(killAfterMs, () => send('SIGKILL'))
}

function nobodyToAsk(): DepinError {
  return new DepinError('E_UNAUTHORIZED', 'This needs an administrator, and nobody can be asked from here.', { next: 'Run it in a terminal: depin engine install, or depin engine undo.' })
}

/** macOS asks in its own window, each time, and tells what was printed only at the end. */
async function runByScript(command: readonly string[], options: RunOptions, direct: CommandRunner['run']): Promise<Outcome> {
  const line = command.map((word) => `'${word.replaceAll('\'', '\'\\\'\'')}'`).join(' ')
  const script = `do shell script "${line.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}" with administrator privileges`
  const told = { refusal: false }
  const outcome = await direct(['osascript', '-e', script], {
    ...options, admin: false,
    onLine: (text) => {
      told.refusal ||= text.includes('(-128)')
      options.onLine?.(text)
    },
  })
  if (told.refusal) throw refused()
  return outcome
}

function detachDirectly([program = '', ...args]: readonly string[], logPath: string, env: NodeJS.ProcessEnv): void {
  const log = openSync(logPath, 'a', 0o600)
  try {
    const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true, env })
    // that it does not run is seen by its check
    child.once('error', () => undefined)
    child.unref()
  } finally {
    closeSync(log)
  }
}
