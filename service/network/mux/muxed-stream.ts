import { AbstractStream, type AbstractStreamInit, type SendResult } from '@libp2p/utils'
import type { Uint8ArrayList } from 'uint8arraylist'
import type { Channel } from './types.ts'

/**
 * A channel as libp2p knows streams: for identify, ping, the DHT and relays. What is not read is not credited, so that
 * a stream holds no more than its window.
 */
export class MuxedStream extends AbstractStream {
  readonly #channel: Channel
  #uncreditedBytes = 0

  constructor(channel: Channel, init: Omit<AbstractStreamInit, 'id'>) {
    super({ ...init, id: String(channel.id) })
    this.#channel = channel
    channel.attach({
      data: (chunk) => this.#receive(chunk),
      end: () => this.onRemoteCloseWrite(),
      drain: () => void this.safeDispatchEvent('drain'),
      closed: (error) => error === undefined ? this.onTransportClosed() : this.onRemoteReset(),
    })
  }

  sendData(data: Uint8ArrayList): SendResult {
    let canSendMore = true
    for (const chunk of data) canSendMore = this.#channel.write(chunk)
    return { sentBytes: data.byteLength, canSendMore }
  }

  sendReset(error: Error): void {
    this.#channel.reset(error)
  }

  sendPause(): void {
    // the window is what makes the other side wait
  }

  sendResume(): void {
    this.#credit()
  }

  sendCloseWrite(): Promise<void> {
    this.#channel.end()
    return Promise.resolve()
  }

  sendCloseRead(): Promise<void> {
    return Promise.resolve()
  }

  protected override dispatchReadBuffer(): void {
    super.dispatchReadBuffer()
    this.#credit()
  }

  #receive(chunk: Buffer): void {
    this.#uncreditedBytes += chunk.length
    this.onData(chunk)
    this.#credit()
  }

  #credit(): void {
    const readBytes = this.#uncreditedBytes - this.readBufferLength
    if (readBytes <= 0) return
    this.#uncreditedBytes -= readBytes
    this.#channel.credit(readBytes)
  }
}
