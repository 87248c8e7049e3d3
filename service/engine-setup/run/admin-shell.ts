import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Readable, Writable } from 'node:stream'
import { DepinError } from '../../../contract/errors.ts'
import { type Clock, withDeadline } from '../../base/index.ts'
import { readLines } from './lines.ts'
import type { Outcome, RunOptions } from './types.ts'

/** A person reads, looks for the password, and types it. */
const consentDeadlineMs = 5 * 60_000
const maxOutputBytes = 4 * 1024 ** 2

export function refused(): DepinError {
  return new DepinError('E_UNAUTHORIZED', 'Permission was not given, so nothing was changed.', { next: 'Try again when you want to. It is asked once.' })
}

/**
 * A shell with an administrator's rights, opened with one consent and told one command after the other through a pipe that
 * is ours alone. It ends with its pipe, so with this process.
 *
 * What it runs cannot be cut off by us, whose rights are less: a cancelled setup ends after the command under way.
 */
export class AdminShell {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  /** Ends each answer; nothing that is printed can be mistaken for it. */
  readonly #mark = randomUUID()
  #onLine: (line: string) => void = () => undefined
  #onEnd: () => void = () => undefined
  #isClosed = false

  private constructor(child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.#child = child
    readLines([child.stdout, child.stderr], { maxBytes: 0, onLine: (line) => this.#onLine(line) })
    child.stdin.on('error', () => undefined)
    child.once('error', () => this.#end())
    child.once('exit', () => this.#end())
  }

  /** @throws E_UNAUTHORIZED when consent is refused */
  static async open(by: 'sudo' | 'pkexec', env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<AdminShell> {
    const argv = by === 'sudo' ? ['--prompt=Password of %p: ', '/bin/sh'] : ['/bin/sh']
    const shell = new AdminShell(spawn(by, argv, { stdio: ['pipe', 'pipe', 'pipe'], env }))
    const { exitCode } = await shell.#tell(':', () => undefined, signal)
    if (exitCode === 0) return shell
    shell.close()
    throw refused()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  async run(command: readonly string[], { onLine, deadlineMs, signal }: RunOptions, clock: Clock): Promise<Outcome> {
    signal.throwIfAborted()
    let stdout = ''
    const line = command.map((word) => `'${word.replaceAll('\'', '\'\\\'\'')}'`).join(' ')
    const { exitCode } = await withDeadline(clock, command[0] ?? '', Math.max(deadlineMs, consentDeadlineMs), () => this.#tell(line, (text) => {
      if (stdout.length < maxOutputBytes) stdout += `${text}\n`
      onLine?.(text)
    }))
    signal.throwIfAborted()
    return { exitCode, stdout }
  }

  close(): void {
    this.#child.stdin.end()
    this.#end()
  }

  #end(): void {
    this.#isClosed = true
    this.#onEnd()
  }

  #tell(line: string, onLine: (text: string) => void, signal?: AbortSignal): Promise<{ exitCode: number }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ exitCode: number }>()
    const onAbort = (): void => {
      reject(signal?.reason as Error)
      // only while the prompt is open: what has an administrator's rights is not ours to end
      this.#child.kill()
      this.close()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#onEnd = () => resolve({ exitCode: 126 })
    this.#onLine = (text) => {
      if (text.startsWith(this.#mark)) resolve({ exitCode: Number(text.slice(this.#mark.length + 1)) })
      else onLine(text)
    }
    if (this.#isClosed) this.#onEnd()
    else this.#child.stdin.write(`( ${line} ) </dev/null 2>&1; printf '\\n%s %s\\n' '${this.#mark}' "$?"\n`)
    return promise.finally(() => signal?.removeEventListener('abort', onAbort))
  }
}
