import type { Duplex } from 'node:stream'
import type { MessageStream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import type { Carrier } from './types.ts'

/** A socket of our own, with bytes that were read from it before. */
export function socketCarrier(socket: Duplex, rest: Uint8Array | undefined): Carrier {
  return {
    start(receiver) {
      if (rest !== undefined) receiver.data(asBuffer(rest))
      let failure: Error | undefined
      socket.on('error', (error) => { failure = error })
      socket.on('close', () => receiver.closed(failure))
      socket.on('data', (chunk: Buffer) => receiver.data(chunk))
      socket.resume()
      if (socket.destroyed) receiver.closed()
    },
    write: (bytes, done) => void socket.write(bytes, (error) => {
      if (error == null) done()
    }),
    end: () => void socket.end(),
    destroy: (error) => void socket.destroy(error),
  }
}

/** Any libp2p connection. Its bytes are copied: it may hold on to them, and ours are written over. */
export function messageCarrier(stream: MessageStream): Carrier {
  return {
    start(receiver) {
      stream.addEventListener('message', (event: StreamMessageEvent) => {
        for (const chunk of event.data instanceof Uint8Array ? [event.data] : event.data) receiver.data(asBuffer(chunk))
      })
      stream.addEventListener('close', (event: StreamCloseEvent) => receiver.closed(event.error))
      if (stream.status !== 'open') receiver.closed()
    },
    write(bytes, done) {
      if (stream.status !== 'open') return
      if (stream.send(Uint8Array.from(bytes))) setImmediate(done)
      else stream.onDrain().then(done, () => undefined)
    },
    end: () => void stream.close().catch(() => undefined),
    destroy: (error) => stream.abort(error ?? new Error('The session ended')),
  }
}

/** Two ends in one process, for what a node says to itself. */
export function carrierPair(): [Carrier, Carrier] {
  const left = new MemoryCarrier()
  const right = new MemoryCarrier()
  left.other = right
  right.other = left
  return [left, right]
}

class MemoryCarrier implements Carrier {
  other: MemoryCarrier | undefined
  #receiver: Parameters<Carrier['start']>[0] | undefined
  #isClosed = false

  start(receiver: Parameters<Carrier['start']>[0]): void {
    this.#receiver = receiver
  }

  write(bytes: Buffer, done: () => void): void {
    const copy = Buffer.from(bytes)
    setImmediate(() => {
      if (this.#isClosed) return
      this.other?.receive(copy)
      done()
    })
  }

  receive(bytes: Buffer): void {
    this.#receiver?.data(bytes)
  }

  end(): void {
    this.destroy()
  }

  destroy(error?: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    setImmediate(() => this.#receiver?.closed(error))
    this.other?.destroy()
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
