import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Channel, ChannelError, type ChannelSink } from '../mux/types.ts'

/** A message of a conversation, and not a piece of a flood. */
const shortBytes = 4096

/**
 * Joins a channel and a socket, each way on its own: ends pass through as half-closes, cuts as cuts, and whoever is slow
 * makes the other wait.
 *
 * This is the road of a tunnel's bytes: chunks pass as they are, and long ones of one turn of the event loop leave in one
 * write, short ones at once.
 */
export class Joint implements ChannelSink {
  readonly #channel: Channel
  readonly #socket: Duplex
  readonly #onClosed: (error?: Error) => void
  #isCorked = false
  #uncreditedBytes = 0

  /** To be attached to the channel by who makes it. */
  constructor(channel: Channel, socket: Duplex, onClosed: (error?: Error) => void = () => undefined) {
    this.#channel = channel
    this.#socket = socket
    this.#onClosed = onClosed
    socket.on('data', (chunk: Buffer) => {
      if (!channel.write(chunk)) socket.pause()
    })
    socket.on('end', () => channel.end())
    socket.on('drain', () => this.#credit())
    socket.on('error', (error) => channel.reset(error))
    socket.on('close', () => {
      if (!socket.readableEnded || !socket.writableFinished) channel.reset(new ChannelError('The socket closed'))
    })
    if (socket.destroyed) channel.reset(new ChannelError('The socket closed'))
    else socket.resume()
    // it may have ended before it came here, with all that it said sent early
    if (socket.readableEnded) channel.end()
  }

  data(chunk: Buffer): void {
    this.#uncreditedBytes += chunk.length
    if (chunk.length >= shortBytes) this.#cork()
    if (this.#socket.write(chunk)) this.#credit()
  }

  end(): void {
    this.#socket.end()
  }

  drain(): void {
    this.#socket.resume()
  }

  closed(error?: Error): void {
    // a reset, so that nobody takes the cut for the end of the data
    if (error !== undefined && this.#socket instanceof Socket) this.#socket.resetAndDestroy()
    else if (error !== undefined) this.#socket.destroy(error)
    this.#onClosed(error)
  }

  #cork(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    setImmediate(() => {
      this.#isCorked = false
      this.#socket.uncork()
    })
  }

  #credit(): void {
    const byteCount = this.#uncreditedBytes
    this.#uncreditedBytes = 0
    if (byteCount > 0) this.#channel.credit(byteCount)
  }
}
