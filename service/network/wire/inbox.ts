import type { Channel, ChannelSink } from '../mux/types.ts'
import { decodeVarint } from './varint.ts'

/** The other side broke the framing: a message that is too long, cut short, or no message at all. */
export class FramingError extends Error {
  override readonly name = 'FramingError'
  /** True when a message announced more than its bound. */
  readonly isTooLarge: boolean

  constructor(message: string, isTooLarge = false) {
    super(message)
    this.isTooLarge = isTooLarge
  }
}

/**
 * Reads length-prefixed messages from a channel, one when it is asked for one. What is not asked for stays within the
 * channel's window; a message's length is checked before any of it is kept.
 *
 * Waiting ends when the channel does: who has no more patience resets the channel, and the wait throws the reason.
 */
export class Inbox implements ChannelSink {
  readonly #channel: Channel
  #chunks: Buffer[] = []
  #haveBytes = 0
  #uncreditedBytes = 0
  /** How far ahead the reader needs bytes now. */
  #wantBytes = 0
  #state: 'open' | 'ended' | 'closed' = 'open'
  #error: Error | undefined
  #wake: (() => void) | undefined
  #drained: (() => void) | undefined

  constructor(channel: Channel) {
    this.#channel = channel
    channel.attach(this)
  }

  data(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#haveBytes += chunk.length
    this.#uncreditedBytes += chunk.length
    if (this.#haveBytes <= this.#wantBytes) this.#credit()
    this.#wake?.()
  }

  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.#wake?.()
  }

  drain(): void {
    this.#drained?.()
  }

  closed(error?: Error): void {
    this.#state = 'closed'
    this.#error = error
    this.#wake?.()
    this.#drained?.()
  }

  get haveBytes(): number {
    return this.#haveBytes
  }

  /** Writes, and waits while the other side is behind. @throws why the channel was cut. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#channel.write(bytes) && this.#state !== 'closed') {
      await new Promise<void>((resolve) => { this.#drained = resolve })
    }
    if (this.#state === 'closed') throw this.#error ?? new FramingError('the end, where something was still to be sent')
  }

  /**
   * The next message; undefined when the other side ended in order before it.
   *
   * @throws FramingError when it breaks the framing, and why the channel was cut when it was.
   */
  async message(maxBytes: number): Promise<Uint8Array | undefined> {
    const length = await this.#length()
    if (length === undefined) return undefined
    if (length > maxBytes) throw new FramingError(`a message of ${length} bytes, where ${maxBytes} are allowed`, true)
    if (!await this.#fill(length)) throw new FramingError('a message that is cut short')
    return this.#take(length)
  }

  /** The next `length` bytes; undefined when the channel ended before them. */
  async exactly(length: number): Promise<Uint8Array | undefined> {
    return await this.#fill(length) ? this.#take(length) : undefined
  }

  /** Reading goes on elsewhere, with what was not read first. */
  release(sink: ChannelSink): void {
    const chunks = this.#chunks
    this.#chunks = []
    for (const chunk of chunks) sink.data(chunk)
    this.#channel.attach(sink)
  }

  async #length(): Promise<number | undefined> {
    for (let need = 1; ; need++) {
      if (!await this.#fill(need)) {
        if (need === 1) return undefined
        throw new FramingError('a length that is cut short')
      }
      try {
        const length = decodeVarint(this.#peek(need), 0)
        if (length === undefined) continue
        this.#take(length.byteCount)
        return length.value
      } catch (error) {
        throw new FramingError((error as Error).message)
      }
    }
  }

  /** Waits until `length` bytes are there. False when they never will be. */
  async #fill(length: number): Promise<boolean> {
    this.#wantBytes = length
    if (this.#haveBytes < length) this.#credit()
    while (this.#haveBytes < length) {
      if (this.#state === 'closed' && this.#error !== undefined) throw this.#error
      if (this.#state !== 'open') return false
      await new Promise<void>((resolve) => { this.#wake = resolve })
    }
    return true
  }

  #peek(length: number): Buffer {
    const first = this.#chunks[0]
    return first !== undefined && first.length >= length ? first : Buffer.concat(this.#chunks, Math.min(length, this.#haveBytes))
  }

  #take(length: number): Buffer {
    const bytes = this.#peek(length).subarray(0, length)
    let left = length
    while (left > 0) {
      const first = this.#chunks[0]
      if (first === undefined) break
      if (first.length <= left) this.#chunks.shift()
      else this.#chunks[0] = first.subarray(left)
      left -= Math.min(left, first.length)
    }
    this.#haveBytes -= length
    this.#wantBytes = 0
    this.#credit()
    return bytes
  }

  /** Lets the other side replace what was taken, and what a message that is being awaited needs. */
  #credit(): void {
    const keep = this.#haveBytes <= this.#wantBytes ? 0 : this.#haveBytes
    const byteCount = this.#uncreditedBytes - keep
    if (byteCount <= 0) return
    this.#uncreditedBytes -= byteCount
    this.#channel.credit(byteCount)
  }
}
