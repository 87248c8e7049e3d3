import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { ReadyEvent } from '../../contract/nouns/serve.ts'

const program = join(import.meta.dirname, '../../dist/cli/depin.mjs')

export interface CliResult {
  code: number
  stdout: string
  stderr: string
}

/** One data directory and, while it runs, the built service on it: everything goes through the real command line. */
export class TestService {
  readonly dataDir: string
  readonly #env: NodeJS.ProcessEnv
  readonly #program: readonly [file: string, ...args: string[]]
  #child: ChildProcess | undefined
  #stderr = ''
  ready: ReadyEvent | undefined

  private constructor(dataDir: string, env: NodeJS.ProcessEnv, program: readonly [file: string, ...args: string[]]) {
    this.dataDir = dataDir
    this.#program = program
    this.#env = { ...process.env, ...env, DEPIN_STATE_DIR: join(dataDir, '..', 'state'), NO_COLOR: '1' }
  }

  /** @param installed what to start instead of the built program: one that was installed. */
  static async create(env: NodeJS.ProcessEnv = {}, installed?: string): Promise<TestService> {
    const root = await mkdtemp(join(tmpdir(), 'depin-e2e-'))
    return new TestService(join(root, 'data'), env, installed === undefined ? [process.execPath, program] : [installed])
  }

  get peerId(): string {
    return this.ready!.peerId
  }

  /** An address others can dial. */
  get address(): string {
    return this.ready!.addresses[0]!
  }

  get pid(): number {
    return this.#child!.pid!
  }

  /** What the service logged, for messages of failed tests. */
  get log(): string {
    return this.#stderr
  }

  /** Starts the service; resolves with its first line. */
  async start(...flags: string[]): Promise<ReadyEvent> {
    const [file, ...args] = [...this.#program, 'serve', '--json', '--data-dir', this.dataDir, '--no-mdns', '--http', '127.0.0.1:0', '--log', 'info'] as const
    const listen = flags.includes('--listen') ? [] : ['--listen', '/ip4/127.0.0.1/tcp/0']
    const child = spawn(file, [...args, ...listen, ...flags], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    child.stderr.on('data', (chunk: Buffer) => { this.#stderr = (this.#stderr + chunk.toString()).slice(-200_000) })
    const lines = createInterface({ input: child.stdout })
    const first = await Promise.race([once(lines, 'line') as Promise<[string]>, once(child, 'exit').then(() => null)])
    if (first === null) throw new Error(`the service did not start:\n${this.#stderr}`)
    this.ready = JSON.parse(first[0]) as ReadyEvent
    return this.ready
  }

  /** As a power button would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child?.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  #run(args: readonly string[]): ChildProcess & { stdout: Readable, stderr: Readable } {
    const [file, ...before] = this.#program
    return spawn(file, [...before, ...args, '--data-dir', this.dataDir], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** Runs one command to its end. */
  async cli(...args: string[]): Promise<CliResult> {
    const child = this.#run(args)
    const result = { code: 0, stdout: '', stderr: '' }
    child.stdout.on('data', (chunk: Buffer) => { result.stdout += chunk.toString() })
    child.stderr.on('data', (chunk: Buffer) => { result.stderr += chunk.toString() })
    const [code] = await once(child, 'close') as [number | null]
    return { ...result, code: code ?? -1 }
  }

  /** Runs a command with `--json` that must succeed, and parses what it says. */
  async json<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.cli(...args, '--json')
    if (code !== 0) throw new Error(`depin ${args.join(' ')} ended with ${code}:\n${stderr}\nservice log:\n${this.log.slice(-5000)}`)
    return JSON.parse(stdout) as T
  }

  /** As an owner who has written the words of the key down and shown that they have them. */
  async keepWords(): Promise<void> {
    const { words } = await this.json<{ words: string[] }>('words')
    const file = join(this.dataDir, '..', 'words.txt')
    await writeFile(file, words.join(' '), { mode: 0o600 })
    await this.json('words', '--confirm', file)
  }

  /** A command that goes on, line by line, until it is disposed of. */
  follow(...args: string[]): FollowedCommand {
    const child = this.#run(args)
    return new FollowedCommand(child)
  }

  async dispose(): Promise<void> {
    await this.#end('SIGKILL')
    await rm(join(this.dataDir, '..'), { recursive: true, force: true })
  }
}

export class FollowedCommand {
  readonly lines: string[] = []
  readonly #child: ChildProcess

  constructor(child: ChildProcess) {
    this.#child = child
    createInterface({ input: child.stdout! }).on('line', (line) => void this.lines.push(line))
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill('SIGINT')
    await once(this.#child, 'exit')
  }
}
