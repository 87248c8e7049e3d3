import type { CommandRunner, RunOptions } from '../engine-setup/run/types.ts'

/** A Debian in memory: packages, a service, and an engine that answers when both are there. */
export class FakeDebian implements CommandRunner {
  readonly packages = new Set(['libc6', 'iptables'])
  readonly ran: string[] = []
  isRunning = false
  isClosed = false
  consent: 'yes' | 'no' = 'yes'
  /** Called before a command is done. */
  onRun: (line: string, options: RunOptions) => Promise<number> | number = () => 0

  async run(command: readonly string[], options: RunOptions): Promise<{ exitCode: number, stdout: string }> {
    const line = command.join(' ')
    const question = this.#answer(line)
    if (question !== null) return question
    this.ran.push(command[0] === 'env' ? 'apt-get install' : line)
    options.onLine?.(`running ${line}`)
    const exitCode = await this.onRun(line, options)
    if (exitCode === 0) this.#apply(line)
    options.signal.throwIfAborted()
    return { exitCode, stdout: '' }
  }

  detach(): Promise<void> {
    return Promise.reject(new Error('nothing runs on by itself here'))
  }

  askConsent(): Promise<void> {
    return this.consent === 'yes' ? Promise.resolve() : Promise.reject(new Error('no'))
  }

  close(): void {
    this.isClosed = true
  }

  #answer(line: string): { exitCode: number, stdout: string } | null {
    const answer = (holds: boolean) => ({ exitCode: holds ? 0 : 1, stdout: '' })
    if (line.includes('${Package}')) return { exitCode: 0, stdout: [...this.packages].join('\n') }
    if (line.includes('dpkg-query')) return answer(this.packages.has('docker.io'))
    if (line.includes('--audit')) return answer(true)
    if (line.includes('is-enabled')) return answer(this.isRunning)
    if (line.includes('id -nG')) return answer(this.ran.some((each) => each.startsWith('usermod')))
    if (line.startsWith('test -w')) return answer(this.ran.some((each) => each.startsWith('setfacl')))
    return null
  }

  #apply(line: string): void {
    if (line.includes('install --yes')) for (const name of ['docker.io', 'containerd', 'runc']) this.packages.add(name)
    if (line.startsWith('systemctl enable')) this.isRunning = true
    if (line.startsWith('systemctl disable')) this.isRunning = false
    if (line.startsWith('dpkg --purge')) for (const name of line.split(' ').slice(3)) this.packages.delete(name)
  }
}
