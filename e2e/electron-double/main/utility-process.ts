import { type ChildProcess as NodeChild, fork, type StdioOptions } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { codec } from '../base/codec.ts'
import { event } from '../base/events.ts'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import { closePort, type Holder, type PortEnd, portMessageFrom, takePorts } from '../base/ports.ts'
import { type ChildProcess, needReady, notHere, runtime } from '../base/runtime.ts'
import { versions } from '../base/versions.ts'
import type { FromChild, ToChild } from '../utility/messages.ts'
import { app } from './app.ts'

const childScript = pathToFileURL(join(import.meta.dirname, '../utility/child.ts')).href

export class UtilityProcessDouble extends EventEmitter implements Some<Electron.UtilityProcess> {
  stdout: NodeJS.ReadableStream | null
  stderr: NodeJS.ReadableStream | null
  private readonly serviceName: string
  private readonly child: NodeChild
  private readonly holder: Holder
  private readonly running: ChildProcess
  private isOver = false

  constructor(modulePath: string, args: readonly string[], options: Electron.ForkOptions) {
    super()
    this.serviceName = options.serviceName ?? 'Node Utility Process'
    // Electron's process has no NODE_OPTIONS of its own either.
    const { NODE_OPTIONS: _, ...env } = (options.env ?? process.env) as NodeJS.ProcessEnv
    this.child = fork(modulePath, args, {
      execPath: runtime.launch.nodePath, execArgv: [...options.execArgv ?? [], '--no-warnings', '--import', childScript], cwd: options.cwd, stdio: stdioFor(options.stdio),
      env: { ...env, ELECTRON_DOUBLE_VERSIONS: JSON.stringify(versions), ELECTRON_DOUBLE_RESOURCES: process.resourcesPath },
    })
    this.stdout = this.child.stdout
    this.stderr = this.child.stderr
    this.holder = {
      ends: new Set<PortEnd>(),
      portMessage: (port, message, ports) => this.send({ kind: 'port', port, message, ports }),
      portClosed: (port) => this.send({ kind: 'portClosed', port }),
    }
    this.running = { pid: this.child.pid, serviceName: this.serviceName, kill: () => this.kill() }
    runtime.children.add(this.running)
    this.child.once('spawn', () => void this.emit('spawn'))
    this.child.on('message', (message: FromChild) => this.onMessage(message))
    this.child.once('exit', (code, signal) => this.onExit(code, signal))
    this.child.on('error', () => undefined)
  }

  get pid(): number | undefined { return this.isOver ? undefined : this.child.pid }

  postMessage(message: unknown, transfer: Electron.MessagePortMain[] = []): void {
    const text = codec.encode(message)
    const ends = takePorts(transfer)
    for (const end of ends) end.moveTo(this.holder)
    this.send({ kind: 'message', message: text, ports: ends.map(({ id }) => id) })
  }

  kill(): boolean {
    return this.child.kill('SIGTERM')
  }

  private send(message: ToChild): void {
    if (this.child.connected) this.child.send(message, () => undefined)
  }

  private onMessage(message: FromChild): void {
    if (message.kind === 'message') this.emit('message', codec.decode(message.message))
    else if (message.kind === 'port') portMessageFrom(this.holder, message.port, message.message, message.ports)
    else closePort(message.port)
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.isOver = true
    runtime.children.delete(this.running)
    for (const end of [...this.holder.ends]) end.close()
    const exitCode = code ?? signalNumbers[signal ?? 'SIGKILL'] ?? 1
    this.emit('exit', exitCode)
    if (exitCode === 0) return
    const reason = signal === 'SIGTERM' || signal === 'SIGKILL' ? 'killed' : signal === null ? 'abnormal-exit' : 'crashed'
    app.emit('child-process-gone', event(), { type: 'Utility', reason, exitCode, name: this.serviceName, serviceName: 'node.mojom.NodeService' })
  }
}

export const utilityProcess = {
  fork(modulePath: string, argsOrOptions: string[] | Electron.ForkOptions = [], options: Electron.ForkOptions = {}): Electron.UtilityProcess {
    if (!Array.isArray(argsOrOptions)) return utilityProcess.fork(modulePath, [], argsOrOptions)
    needReady('utilityProcess cannot be created before app is ready.')
    if (modulePath === '') throw new Error('Missing UtilityProcess entry script.')
    if (options.respondToAuthRequestsFromMainProcess === true) throw notHere('answer the logins of a utility process')
    return whole(new UtilityProcessDouble(modulePath, argsOrOptions, options))
  },
}

const signalNumbers: Record<string, number> = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }

function stdioFor(stdio: Electron.ForkOptions['stdio'] = 'inherit'): StdioOptions {
  const [stdin, stdout, stderr] = typeof stdio === 'string' ? ['ignore', stdio, stdio] as StdioOptions & string[] : stdio
  if (stdin !== 'ignore') throw new TypeError('stdin value other than ignore is not supported.')
  return ['ignore', stdout ?? 'inherit', stderr ?? 'inherit', 'ipc'] as StdioOptions
}
