import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '../../service/testing/wait.ts'
import { answersOn, listensOn, type Target } from './load.ts'
import { withDescendants } from './process-use.ts'

const run = promisify(execFile)

/** `ssh -L` over loopback, to a server of this run alone with keys of this run alone. */
export class SshForwards implements AsyncDisposable {
  readonly #folder: string
  readonly #port: number
  readonly #children: ChildProcess[] = []

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
  }

  static async create(): Promise<SshForwards> {
    const ssh = new SshForwards(await mkdtemp(join(tmpdir(), 'depin-ssh-')), await freePort())
    await ssh.#serve()
    return ssh
  }

  /** @returns the local port, once it answers */
  async forward(target: Target, ...options: string[]): Promise<Target> {
    const local: Target = { host: '127.0.0.1', port: await freePort() }
    this.#start('ssh', [
      '-N', '-F', 'none', '-i', join(this.#folder, 'user'), '-p', String(this.#port), '-L', `${local.host}:${local.port}:${target.host}:${target.port}`,
      ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes', 'ExitOnForwardFailure=yes'].flatMap((option) => ['-o', option]),
      ...options, `${userInfo().username}@127.0.0.1`,
    ])
    await until('ssh forwards', () => answersOn(local))
    return local
  }

  /** Both ends, with what they have started. */
  processIds(): number[] {
    return this.#children.flatMap(({ pid }) => pid === undefined ? [] : withDescendants(pid))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #serve(): Promise<void> {
    for (const name of ['host', 'user']) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(this.#folder, name)])
    await chmod(this.#folder, 0o700)
    // where sshd puts what it distrusts; a service manager makes it, and there may be none
    if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 })
    await writeFile(join(this.#folder, 'config'), [
      `Port ${this.#port}`, 'ListenAddress 127.0.0.1', `HostKey ${join(this.#folder, 'host')}`, `AuthorizedKeysFile ${join(this.#folder, 'user.pub')}`,
      'PidFile none', 'UsePAM no', 'StrictModes no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password', 'MaxSessions 100', '',
    ].join('\n'))
    // sshd starts itself anew for each connection, and insists on its whole path for that
    const { stdout } = await run('sh', ['-c', 'command -v sshd'], { env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` } })
    this.#start(stdout.trim(), ['-D', '-e', '-f', join(this.#folder, 'config')])
    await until('sshd listens', () => listensOn(this.#port))
  }

  #start(program: string, args: string[]): void {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', process.env['DEPIN_BENCH_VERBOSE'] === undefined ? 'ignore' : 'inherit'] })
    this.#children.push(child)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
