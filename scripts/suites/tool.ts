import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from '../setup/root.mjs'

export interface ToolRun {
  /** Null when a signal ended it. */
  status: number | null
  /** What it printed; empty when that was shown as it came. */
  output: string
  durationMs: number
}

export interface ToolOptions {
  signal: AbortSignal
  env?: NodeJS.ProcessEnv
  show: 'live' | 'captured'
}

/** A package's program, run by this Node: the same on every system. TypeScript 7 checks types, and typed lint is built on it; what reads imports is built on 6. */
export const tools = {
  tsc: 'node_modules/typescript-7/bin/tsc',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  depcruise: 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
  vitest: 'node_modules/vitest/vitest.mjs',
  playwright: 'node_modules/@playwright/test/cli.js',
} as const

const graceMs = 10_000

/** Never rejects for what the tool does; an aborted signal ends it and everything it started. */
export async function runTool(tool: keyof typeof tools, args: readonly string[], options: ToolOptions): Promise<ToolRun> {
  return await run([process.execPath, join(root, tools[tool]), ...args], options)
}

export async function run(command: readonly string[], { signal, env = process.env, show }: ToolOptions): Promise<ToolRun> {
  signal.throwIfAborted()
  const startedMs = performance.now()
  const [program = '', ...args] = command
  const captured = show === 'captured'
  const child = spawn(program, args, {
    cwd: root,
    // Its own process group, so that one signal reaches all that it starts, and Ctrl-C only us, who clean up.
    detached: process.platform !== 'win32',
    stdio: ['ignore', captured ? 'pipe' : 'inherit', captured ? 'pipe' : 'inherit'],
    // Asked of the process, which knows the variable by any case, as Windows does.
    env: { ...env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}` },
  })
  const chunks: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => void chunks.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => void chunks.push(chunk))

  let timer: NodeJS.Timeout | undefined
  const onAbort = () => {
    endGroup(child.pid, 'SIGTERM')
    timer = setTimeout(() => endGroup(child.pid, 'SIGKILL'), graceMs)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const status = await new Promise<number | null>((resolve) => {
      child.once('error', (error) => {
        chunks.push(Buffer.from(`${program} cannot be started: ${error.message}\n`))
        resolve(1)
      })
      child.once('close', resolve)
    })
    return { status, output: Buffer.concat(chunks).toString(), durationMs: performance.now() - startedMs }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    // What a crashed test left running goes with it.
    endGroup(child.pid, 'SIGKILL')
  }
}

/** For tools that do not look where they write to, or write to us: colours where we ourselves write to a terminal. */
export function withColours(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env['FORCE_COLOR'] !== undefined || env['NO_COLOR'] !== undefined) return env
  return { ...env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) }
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal)
  } catch {
    // Nobody is left.
  }
}
