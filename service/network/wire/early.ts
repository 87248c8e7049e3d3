import type { Duplex } from 'node:stream'
import type { Channel } from '../mux/types.ts'

/** As much is sent before the other side has accepted, bytes; then the socket waits. It fits into any channel's first window. */
const maxEarlyBytes = 64 * 1024

/**
 * What a socket says while the other side is still being asked for a tunnel: sent at once, behind the question, so that
 * the first answer comes one round trip earlier. It is kept until the question is answered, for the next peer if this
 * one refuses.
 *
 *     waiting ──sendOver──► sending ──accepted──► handed over
 *       ▲                     │ └────unanswered──► lost, when something had been sent
 *       └───────refused───────┘
 */
export class EarlyBytes {
  readonly #socket: Duplex
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #channel: Channel | undefined
  #isLost = false

  constructor(socket: Duplex) {
    this.#socket = socket
  }

  /** Nobody knows whether what was sent has arrived: to send it again could do twice what was asked for once. */
  get isLost(): boolean {
    return this.#isLost
  }

  sendOver(channel: Channel): void {
    this.#channel = channel
    for (const chunk of this.#kept) channel.write(chunk)
    if (this.#keptBytes >= maxEarlyBytes) return
    this.#socket.on('data', this.#onData)
    this.#socket.resume()
  }

  /** The socket is somebody else's now; it stands still, and an end that it had is to be passed on. */
  accepted(): void {
    this.#stop()
    this.#kept.length = 0
    this.#keptBytes = 0
  }

  refused(): void {
    this.#stop()
  }

  unanswered(): void {
    this.#stop()
    this.#isLost = this.#keptBytes > 0
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
    this.#channel?.write(chunk)
    if (this.#keptBytes >= maxEarlyBytes) this.#socket.pause()
  }

  #stop(): void {
    this.#channel = undefined
    this.#socket.off('data', this.#onData)
    this.#socket.pause()
  }
}
