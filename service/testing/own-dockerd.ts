import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDocker } from './engine-images.ts'
import { until } from './wait.ts'

/**
 * A second dockerd with roots, a socket and a network namespace of its own, for tests that stop and hang it. Needs root.
 * The namespace matters: a dockerd that is told to have no bridge removes `docker0`, whosever it is.
 */
export class OwnDockerd {
  readonly socket: string
  readonly #directory: string
  readonly #flags: readonly string[]
  #process: ChildProcess | null = null

  private constructor(directory: string, flags: readonly string[]) {
    this.#directory = directory
    this.#flags = flags
    this.socket = join(directory, 'docker.sock')
  }

  /** @param flags further ones for `dockerd`. */
  static async create(flags: readonly string[] = []): Promise<OwnDockerd> {
    // a short path: sockets below it may not be longer than about a hundred characters
    const dockerd = new OwnDockerd(await mkdtemp(join(tmpdir(), 'depin-d-')), flags)
    await dockerd.start()
    return dockerd
  }

  async start(): Promise<void> {
    const at = (name: string): string => join(this.#directory, name)
    this.#process = spawn('unshare', [
      '--net', 'dockerd', '--host', `unix://${this.socket}`, '--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid'),
      '--bridge', 'none', '--iptables=false', '--ip6tables=false', '--storage-driver', 'vfs', ...this.#flags,
    ], { stdio: 'ignore' })
    await until('the second dockerd answers', () => testDocker(this.socket).ping().then(() => true, () => false), 60_000)
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal)
  }

  async stop(): Promise<void> {
    const stopping = this.#process
    this.#process = null
    if (stopping === null) return
    stopping.kill('SIGCONT')
    stopping.kill('SIGTERM')
    await once(stopping, 'exit')
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 })
  }
}
