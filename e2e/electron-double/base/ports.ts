import { EventEmitter } from 'node:events'
import { codec } from './codec.ts'
import type { Some } from './faithful.ts'
import { whole } from './faithful.ts'

/**
 * The hub of all MessagePorts; it lives in main. An end is one side of a channel, and is held by main (a MessagePortMain), by
 * a page (a DOM MessagePort that is pumped) or by a utility process (a proxy). Between holders, messages are opaque text.
 */
export interface Holder {
  readonly ends: Set<PortEnd>
  portMessage(id: string, message: string, ports: string[]): void
  portClosed(id: string): void
}

let count = 0
const ends = new Map<string, PortEnd>()
const endOf = new WeakMap<MessagePortDouble, PortEnd>()
const started = new WeakSet<MessagePortDouble>()

export class PortEnd {
  readonly id: string
  peer: PortEnd | undefined
  holder: Holder | undefined
  local: MessagePortDouble | undefined
  isClosed = false
  /** What came before anybody listened. */
  inbox: { message: string, ports: PortEnd[] }[] = []

  constructor(id = `hub-${String(++count)}`) {
    this.id = id
    ends.set(id, this)
  }

  /** A message arrives at this end. */
  deliver(message: string, ports: PortEnd[]): void {
    if (this.isClosed) return
    if (this.holder !== undefined) {
      for (const port of ports) port.moveTo(this.holder)
      this.holder.portMessage(this.id, message, ports.map(({ id }) => id))
    } else if (this.local !== undefined && started.has(this.local)) {
      receive(this.local, message, ports)
    } else {
      this.inbox.push({ message, ports })
    }
  }

  moveTo(holder: Holder): void {
    if (this.local !== undefined) endOf.delete(this.local)
    this.local = undefined
    this.holder = holder
    holder.ends.add(this)
    queueMicrotask(() => {
      for (const { message, ports } of this.inbox.splice(0)) this.deliver(message, ports)
      if (this.isClosed) holder.portClosed(this.id)
    })
  }

  close(): void {
    if (this.isClosed) return
    this.#forget()
    const peer = this.peer
    if (peer !== undefined && !peer.isClosed) {
      const { holder } = peer
      peer.#forget()
      if (holder === undefined) queueMicrotask(() => peer.local?.emit('close'))
      else holder.portClosed(peer.id)
    }
    queueMicrotask(() => this.local?.emit('close'))
  }

  #forget(): void {
    this.isClosed = true
    ends.delete(this.id)
    this.holder?.ends.delete(this)
  }
}

function pair(id?: string): [PortEnd, PortEnd] {
  const first = new PortEnd(id)
  const second = new PortEnd()
  first.peer = second
  second.peer = first
  return [first, second]
}

export class MessagePortDouble extends EventEmitter implements Some<Electron.MessagePortMain> {
  constructor(end: PortEnd) {
    super()
    endOf.set(this, end)
    end.local = this
  }

  postMessage(message: unknown, transfer: Electron.MessagePortMain[] = []): void {
    const end = endOf.get(this)
    // Into nowhere, without a word: so Electron.
    if (end === undefined) return
    const text = codec.encode(message)
    const ports = takePorts(transfer, this)
    if (!end.isClosed) end.peer?.deliver(text, ports)
  }

  start(): void {
    const end = endOf.get(this)
    if (started.has(this) || end === undefined) return
    started.add(this)
    for (const { message, ports } of end.inbox.splice(0)) receive(this, message, ports)
  }

  close(): void {
    endOf.get(this)?.close()
  }
}

export class MessageChannelDouble implements Some<Electron.MessageChannelMain> {
  port1: Electron.MessagePortMain
  port2: Electron.MessagePortMain

  constructor() {
    const [first, second] = pair()
    this.port1 = whole(new MessagePortDouble(first))
    this.port2 = whole(new MessagePortDouble(second))
  }
}

function receive(port: MessagePortDouble, message: string, ports: PortEnd[]): void {
  setImmediate(() => port.emit('message', { data: codec.decode(message), ports: ports.map((end) => new MessagePortDouble(end)) }))
}

/** Takes ports away from main, to be sent. */
export function takePorts(transfer: readonly unknown[], self?: MessagePortDouble): PortEnd[] {
  return transfer.map((port, index) => {
    if (!(port instanceof MessagePortDouble)) throw new TypeError(`Port at index ${String(index)} is not a valid port`)
    if (port === self) throw new Error(`Port at index ${String(index)} contains the source port.`)
    const end = endOf.get(port)
    if (end === undefined) throw new Error(`Port at index ${String(index)} is already neutered`)
    endOf.delete(port)
    end.local = undefined
    return end
  })
}

/** A holder speaks on a port that it holds. */
export function portMessageFrom(holder: Holder, id: string, message: string, ports: string[]): void {
  ends.get(id)?.peer?.deliver(message, adopt(ports, holder))
}

export function closePort(id: string): void {
  ends.get(id)?.close()
}

/**
 * Ports that a holder sends away. One that we know leaves it; one that we do not was made in the page itself: the page goes on
 * pumping its side, and the other side is sent.
 */
export function adopt(ids: readonly string[], holder: Holder): PortEnd[] {
  return ids.map((id) => {
    const known = ends.get(id)
    if (known !== undefined) {
      holder.ends.delete(known)
      known.holder = undefined
      return known
    }
    const [inPage, sent] = pair(id)
    inPage.holder = holder
    holder.ends.add(inPage)
    return sent
  })
}
