import type { TLSSocket } from 'node:tls'
import type { AbortOptions, MessageStream, StreamCloseEvent } from '@libp2p/interface'
import { AbstractMessageStream, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'

/** What is left of a connection when its muxer takes over: the socket, and bytes that came before. */
export interface Released {
  socket: TLSSocket
  rest: Uint8Array | undefined
}

/**
 * A connection after its TLS handshake. libp2p speaks over it until a muxer is chosen; our own muxer then takes the
 * socket out and leaves libp2p's per-message machinery behind.
 */
export class SecureConnection extends AbstractMessageStream {
  readonly #under: MessageStream
  readonly #socket: TLSSocket
  readonly #onData = (chunk: Uint8Array): void => this.onData(chunk)
  #released = false

  constructor(under: MessageStream, socket: TLSSocket) {
    super({ log: under.log, direction: under.direction, inactivityTimeout: under.inactivityTimeout, maxReadBufferLength: under.maxReadBufferLength })
    this.#under = under
    this.#socket = socket
    socket.on('data', this.#onData)
    socket.on('drain', () => void this.safeDispatchEvent('drain'))
    socket.on('error', (error: Error) => under.abort(error))
    socket.on('close', () => void under.close().catch((error: unknown) => under.abort(error as Error)))
    under.addEventListener('close', (event) => this.#onUnderClosed(event))
    if (under.status !== 'open') this.onTransportClosed()
  }

  /** Hands the socket over. Nothing but `close` and `abort` may be called here afterwards. */
  release(): Released {
    this.#released = true
    this.#socket.pause()
    this.#socket.removeListener('data', this.#onData)
    const rest = this.readBuffer.byteLength === 0 ? undefined : this.readBuffer.slice()
    this.readBuffer.consume(this.readBuffer.byteLength)
    return { socket: this.#socket, rest }
  }

  sendData(data: Uint8ArrayList): SendResult {
    let canSendMore = true
    this.#socket.cork()
    for (const chunk of data) canSendMore = this.#socket.write(chunk)
    this.#socket.uncork()
    return { sentBytes: data.byteLength, canSendMore }
  }

  sendReset(error: Error): void {
    this.#socket.destroy()
    this.#under.abort(error)
  }

  sendPause(): void {
    if (!this.#released) this.#socket.pause()
  }

  sendResume(): void {
    if (!this.#released) this.#socket.resume()
  }

  async close(options?: AbortOptions): Promise<void> {
    this.#socket.destroySoon()
    await this.#under.close(options)
  }

  #onUnderClosed(event: StreamCloseEvent): void {
    // not at once: who cuts the socket below in the middle of our reading would pull OpenSSL away from under it
    setImmediate(() => this.#socket.destroy())
    if (event.error === undefined) this.onTransportClosed()
    else if (event.local === true) this.abort(event.error)
    else this.onRemoteReset()
  }
}
