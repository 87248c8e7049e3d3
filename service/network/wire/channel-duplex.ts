import { Duplex } from 'node:stream'
import { type Channel, ChannelError } from '../mux/types.ts'
import type { Inbox } from './inbox.ts'
import { Joint } from './joint.ts'

const highWaterBytes = 256 * 1024

/** A channel as a Node stream, for whoever asked for a conversation of bytes. */
export class ChannelDuplex extends Duplex {
  readonly #channel: Channel
  #uncreditedBytes = 0
  #onDrain: (() => void) | undefined
  #state: 'open' | 'handed on' | 'closed' = 'open'

  /** @param inbox what came of the channel until now. */
  constructor(channel: Channel, inbox: Inbox) {
    super({ allowHalfOpen: true, readableHighWaterMark: highWaterBytes, writableHighWaterMark: highWaterBytes })
    this.#channel = channel
    // it may be cut off before whoever asked for it can listen: an error that nobody hears counts as a fault of the program
    this.on('error', () => undefined)
    inbox.release({
      data: (chunk) => this.#receive(chunk),
      end: () => void this.push(null),
      drain: () => this.#drain(),
      closed: (error) => this.#close(error),
    })
  }

  /** Joins the channel with a socket and steps aside; what was not read yet goes to the socket first. */
  joinTo(socket: Duplex): void {
    const joint = new Joint(this.#channel, socket, (error) => this.#close(error))
    if (this.#state === 'open') this.#state = 'handed on'
    const unread = this.read() as Buffer | null
    if (unread !== null) socket.write(unread)
    this.#credit()
    this.#channel.attach(joint)
  }

  override _read(): void {
    this.#credit()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (this.#channel.write(chunk)) callback()
    else this.#onDrain = callback
  }

  override _final(callback: (error?: Error | null) => void): void {
    // finished is what has left: a stream that is finished and read to its end is destroyed
    this.#onDrain = callback
    this.#channel.end()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (this.#state !== 'closed') this.#channel.reset(error ?? new ChannelError('Cut off here'))
    this.#state = 'closed'
    callback(error)
  }

  #receive(chunk: Buffer): void {
    this.#uncreditedBytes += chunk.length
    if (this.push(chunk)) this.#credit()
  }

  #drain(): void {
    const onDrain = this.#onDrain
    this.#onDrain = undefined
    onDrain?.()
  }

  #close(error?: Error): void {
    const wasHandedOn = this.#state === 'handed on'
    this.#state = 'closed'
    // whoever handed it on listens to the socket, and not here
    if (wasHandedOn) this.destroy()
    else if (error !== undefined) this.destroy(error)
    else this.#drain()
  }

  #credit(): void {
    const byteCount = this.#uncreditedBytes
    this.#uncreditedBytes = 0
    if (byteCount > 0) this.#channel.credit(byteCount)
  }
}
