/** The world of one run of the command line: its streams, its environment, its end. Tests bring their own. */
import { once } from 'node:events'
import { homedir } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { addAbortSignal } from 'node:stream'
import { DepinError } from '../contract/errors.ts'
import { formatSize } from '../contract/units.ts'
import { loadServiceBundle, type ServiceBundle } from './service-bundle.ts'

export interface Io {
  /** Writes data. False: whoever reads it has not kept up; wait for `drained` before the next. */
  out(text: string): boolean
  drained(): Promise<void>
  /** Writes to people: errors, progress. */
  err: (text: string) => void
  /** All of standard input. E_TOO_LARGE over `maxBytes`. */
  readInput(maxBytes: number): Promise<Buffer>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly platform: NodeJS.Platform
  /** A person sits at the terminal and can answer. */
  readonly canAsk: boolean
  /** What a person answers, without the end of the line. Only where `canAsk`. */
  ask(question: string): Promise<string>
  /** Data goes to a person who likes colours. */
  readonly hasColours: boolean
  /** Progress goes to a terminal, whose last line can be written again. */
  readonly hasLiveProgress: boolean
  nowMs(): number
  /** Aborts with an `Interruption`. */
  readonly signal: AbortSignal
  loadService(): Promise<ServiceBundle>
}

/** Why a run ends before it is done: Ctrl-C, a request to end, or nobody left to read what it says. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
  readonly exitCode: number

  constructor(exitCode: number) {
    super('interrupted')
    this.exitCode = exitCode
  }
}

/** 128 + the number of the signal, as shells have it. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const

export function createSystemIo(): Io {
  const abort = new AbortController()
  interruptOnSignals(abort)
  interruptOnClosedOutput(abort)
  const { stdout, stderr, env } = process
  return {
    out: (text) => stdout.write(text),
    drained: async () => { await once(stdout, 'drain', { signal: abort.signal }) },
    err: (text) => void stderr.write(text),
    canAsk: process.stdin.isTTY && stderr.isTTY,
    ask: (question) => ask(question, abort.signal),
    readInput: (maxBytes) => readInput(maxBytes, abort.signal),
    env,
    cwd: process.cwd(),
    home: homedir(),
    platform: process.platform,
    hasColours: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    hasLiveProgress: stderr.isTTY && env['TERM'] !== 'dumb',
    nowMs: () => Date.now(),
    signal: abort.signal,
    loadService: loadServiceBundle,
  }
}

/** The first signal asks; whoever does not want to wait sends another. */
function interruptOnSignals(abort: AbortController): void {
  for (const [signal, exitCode] of Object.entries(signalExitCodes)) {
    process.on(signal, () => {
      if (abort.signal.aborted) process.exit(exitCode)
      abort.abort(new Interruption(exitCode))
    })
  }
}

/** `depin ps | head -1` is no failure of `depin ps`. */
function interruptOnClosedOutput(abort: AbortController): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    abort.abort(error.code === 'EPIPE' ? new Interruption(0) : error)
  })
  process.stderr.on('error', () => undefined)
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question, { signal })
  } finally {
    terminal.close()
  }
}

async function readInput(maxBytes: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of addAbortSignal(signal, process.stdin) as AsyncIterable<Buffer>) {
    length += chunk.byteLength
    if (length > maxBytes) throw new DepinError('E_TOO_LARGE', `What came on standard input is larger than ${formatSize(maxBytes)}.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
