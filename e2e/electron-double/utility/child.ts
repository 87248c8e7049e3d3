import { EventEmitter } from 'node:events'
import { codec } from '../base/codec.ts'
import { dressProcess } from '../base/versions.ts'
import { installElectron } from '../hook.ts'
import type { FromChild, ToChild } from './messages.ts'

/** Imported first in a utility process: `process.parentPort`, and as much of `electron` as there is in one. */
const toMain = (message: FromChild) => void process.send?.(message)
const ports = new Map<string, RemotePort>()

/** A port whose end the hub in main keeps. */
class RemotePort extends EventEmitter {
  private id: string | undefined
  private isStarted = false
  private readonly waiting: (() => void)[] = []

  constructor(id: string) {
    super()
    this.id = id
    ports.set(id, this)
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (this.id === undefined) return
    const text = codec.encode(message)
    toMain({ kind: 'port', port: this.id, message: text, ports: transfer.map((port, index) => RemotePort.take(port, index)) })
  }

  start(): void {
    setImmediate(() => {
      this.isStarted = true
      for (const receive of this.waiting.splice(0)) receive()
    })
  }

  close(): void {
    if (this.id !== undefined) toMain({ kind: 'portClosed', port: this.id })
  }

  static receive(port: RemotePort, message: string, sent: string[]): void {
    // Made now, not when somebody listens: their first messages may be on their way.
    const arrived = sent.map((id) => new RemotePort(id))
    const receive = () => void port.emit('message', { data: codec.decode(message), ports: arrived })
    if (port.isStarted) receive()
    else port.waiting.push(receive)
  }

  private static take(port: unknown, index: number): string {
    if (!(port instanceof RemotePort) || port.id === undefined) throw new TypeError(`Port at index ${String(index)} is not a valid port`)
    const { id } = port
    ports.delete(id)
    port.id = undefined
    return id
  }
}

class ParentPort extends EventEmitter {
  private isHeard = false
  private readonly waiting: (() => void)[] = []

  constructor() {
    super()
    this.on('newListener', (name) => {
      if (name !== 'message' || this.isHeard) return
      this.isHeard = true
      setImmediate(() => { for (const receive of this.waiting.splice(0)) receive() })
    })
  }

  postMessage(message: unknown): void {
    toMain({ kind: 'message', message: codec.encode(message) })
  }

  static receive(port: ParentPort, message: string, sent: string[]): void {
    const arrived = sent.map((id) => new RemotePort(id))
    const receive = () => void port.emit('message', { data: codec.decode(message), ports: arrived })
    if (port.isHeard && port.waiting.length === 0) receive()
    else port.waiting.push(receive)
  }
}

const parentPort = new ParentPort()
process.on('message', (message: ToChild) => {
  if (message.kind === 'message') {
    ParentPort.receive(parentPort, message.message, message.ports)
  } else if (message.kind === 'port') {
    const port = ports.get(message.port)
    if (port !== undefined) RemotePort.receive(port, message.message, message.ports)
  } else {
    const port = ports.get(message.port)
    ports.delete(message.port)
    port?.emit('close')
  }
})
// Main is gone.
process.on('disconnect', () => process.exit(0))

dressProcess('utility')
Object.defineProperty(process, 'parentPort', { value: parentPort, enumerable: true })
Object.defineProperty(process, 'resourcesPath', { value: process.env['ELECTRON_DOUBLE_RESOURCES'], enumerable: true })
const electron = { parentPort }
for (const name of ['net', 'systemPreferences', 'localAIHandler']) {
  Object.defineProperty(electron, name, { enumerable: true, get: () => { throw new Error(`The stand-in for Electron cannot do electron's ${name} in a utility process.`) } })
}
installElectron(electron)
