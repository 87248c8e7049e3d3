import { DepinError } from '../../contract/errors.ts'
import { Interruption, type Io } from '../io.ts'
import { run } from '../run.ts'
import type { ServiceBundle } from '../service-bundle.ts'

export interface TestIoOptions {
  env?: Record<string, string>
  cwd?: string
  input?: string
  hasColours?: boolean
  /** What the person at the terminal answers, in order. None: nobody is there. */
  answers?: readonly string[]
  hasLiveProgress?: boolean
  service?: ServiceBundle
  /** False: whoever reads the output never keeps up until `drain`. */
  hasRoom?: boolean
}

/** A run's world whose output can be read, and which ends when the test says so. */
export interface TestIo extends Io {
  stdout: string
  stderr: string
  /** As Ctrl-C does; another code for another signal. */
  interrupt(exitCode?: number): void
  /** Wakes whoever waits for room. */
  drain(): void
}

export const testNowMs = Date.UTC(2026, 0, 15, 12)

export function createTestIo(options: TestIoOptions = {}): TestIo {
  const abort = new AbortController()
  const answers = [...options.answers ?? []]
  let room = Promise.withResolvers<undefined>()
  const io: TestIo = {
    stdout: '',
    stderr: '',
    out: (text) => {
      io.stdout += text
      return options.hasRoom !== false
    },
    drained: () => room.promise.then(() => undefined),
    drain: () => {
      room.resolve(undefined)
      room = Promise.withResolvers()
    },
    err: (text) => {
      io.stderr += text
    },
    readInput: () => Promise.resolve(Buffer.from(options.input ?? '')),
    canAsk: options.answers !== undefined,
    ask: (question) => {
      io.stderr += question
      return Promise.resolve(answers.shift() ?? '')
    },
    env: options.env ?? {},
    cwd: options.cwd ?? '/',
    home: '/home/ada',
    platform: 'linux',
    hasColours: options.hasColours === true,
    hasLiveProgress: options.hasLiveProgress === true,
    nowMs: () => testNowMs,
    signal: abort.signal,
    interrupt: (exitCode = 130) => abort.abort(new Interruption(exitCode)),
    loadService: () => options.service === undefined
      ? Promise.reject(new DepinError('E_NOT_FOUND', 'no service bundle in this test'))
      : Promise.resolve(options.service),
  }
  return io
}

export interface Outcome {
  exitCode: number
  stdout: string
  stderr: string
}

export async function runCli(argv: readonly string[], options: TestIoOptions = {}): Promise<Outcome> {
  const io = createTestIo(options)
  const exitCode = await run(argv, io)
  return { exitCode, stdout: io.stdout, stderr: io.stderr }
}

/** A run that goes on until the test ends it. */
export function beginCli(argv: readonly string[], options: TestIoOptions = {}): { io: TestIo, ended: Promise<number> } {
  const io = createTestIo(options)
  return { io, ended: run(argv, io) }
}
