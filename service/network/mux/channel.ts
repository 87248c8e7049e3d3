import { FrameError, frameFlags, frameTypes, initialWindowBytes } from './frame.ts'
import type { Outbox } from './outbox.ts'
import { type Channel, ChannelError, type ChannelSink } from './types.ts'

/** Above this many waiting bytes `write` asks to wait, and it says `drain` when they are fewer than half. */
const highWaterBytes = 256 * 1024
/** At most this many bytes of one channel go out before the next one has its turn. */
const quantumBytes = 64 * 1024

/** What a channel needs of its session. */
export interface ChannelHost {
  readonly outbox: Outbox
  /** The channel has bytes and window, and waits for room. */
  wait(channel: MuxChannel): void
  /** Whether a window may grow by so much: all windows of a session together are bounded. */
  mayGrow(byteCount: number): boolean
  /** So many bytes of somebody's buffers have been dealt with. */
  sent(byteCount: number): void
  /** Ms now and a round trip, for judging whether a window is too small. */
  nowMs(): number
  readonly roundTripMs: number
  forget(channel: MuxChannel): void
}

/**
 * One channel of a session.
 *
 * The receiving window follows the reader: as long as bytes are credited within a few round trips, the window is what
 * limits the sender, and it doubles, up to a limit.
 */
export class MuxChannel implements Channel {
  readonly id: number
  readonly #host: ChannelHost
  readonly #maxWindowBytes: number
  readonly #closed = Promise.withResolvers<Error | undefined>()
  #sink: ChannelSink | undefined
  #state: 'open' | 'closed' = 'open'
  #error: Error | undefined
  /** SYN or ACK, to go out with the next frame. */
  #openingFlag: number
  // sending
  readonly #queue: Uint8Array[] = []
  #queueOffset = 0
  #queuedBytes = 0
  #sendWindow = initialWindowBytes
  #writeEnd: 'open' | 'ending' | 'sent' = 'open'
  #wantsDrain = false
  // receiving
  readonly #early: Buffer[] = []
  #receiveLeft = initialWindowBytes
  #receiveWindow = initialWindowBytes
  #creditedBytes = 0
  #grantedAtMs: number
  #readEnded = false

  constructor(id: number, host: ChannelHost, direction: 'inbound' | 'outbound', maxWindowBytes: number) {
    this.id = id
    this.#host = host
    this.#maxWindowBytes = maxWindowBytes
    this.#openingFlag = direction === 'outbound' ? frameFlags.syn : frameFlags.ack
    this.#grantedAtMs = host.nowMs()
  }

  get whenClosed(): Promise<Error | undefined> {
    return this.#closed.promise
  }

  /** By how much the window has grown beyond what every channel has, bytes. */
  get grownBytes(): number {
    return this.#receiveWindow - initialWindowBytes
  }

  /** Says hello on the wire, when no data is there to say it with. */
  announce(): void {
    if (this.#openingFlag !== frameFlags.none) this.#host.outbox.control(frameTypes.windowUpdate, this.#takeFlags(), this.id, 0)
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state === 'closed' || this.#writeEnd !== 'open') return false
    const sent = this.#queue.length === 0 ? this.#send(bytes, 0, bytes.length) : 0
    if (sent === bytes.length) return true
    this.#queueOffset = this.#queue.length === 0 ? sent : this.#queueOffset
    this.#queue.push(bytes)
    this.#queuedBytes += bytes.length - sent
    if (this.#sendWindow > 0) this.#host.wait(this)
    this.#wantsDrain ||= this.#queuedBytes >= highWaterBytes
    return !this.#wantsDrain
  }

  end(): void {
    if (this.#state === 'closed' || this.#writeEnd !== 'open') return
    this.#writeEnd = 'ending'
    this.#maybeSendEnd()
  }

  reset(reason: Error): void {
    if (this.#state === 'closed') return
    this.#host.outbox.control(frameTypes.windowUpdate, this.#takeFlags() | frameFlags.rst, this.id, 0)
    this.close(reason)
  }

  credit(byteCount: number): void {
    this.#creditedBytes += byteCount
    if (this.#creditedBytes * 2 >= this.#receiveWindow && this.#state === 'open' && !this.#readEnded) this.#grant()
  }

  attach(sink: ChannelSink): void {
    this.#sink = sink
    for (const chunk of this.#early.splice(0)) sink.data(chunk)
    if (this.#sink !== sink) return
    if (this.#readEnded) sink.end()
    if (this.#state === 'closed') sink.closed(this.#error)
  }

  /** Sends of what waits, as far as window, room and the turn allow. True when it could go on at once. */
  pump(): boolean {
    for (let left = quantumBytes; left > 0;) {
      const first = this.#queue[0]
      if (first === undefined) break
      const sent = this.#send(first, this.#queueOffset, Math.min(first.length, this.#queueOffset + left))
      if (sent === 0) break
      left -= sent
      this.#queuedBytes -= sent
      this.#queueOffset += sent
      if (this.#queueOffset === first.length) {
        this.#queue.shift()
        this.#queueOffset = 0
      }
    }
    this.#maybeSendEnd()
    if (this.#wantsDrain && this.#queuedBytes * 2 <= highWaterBytes) {
      this.#wantsDrain = false
      this.#sink?.drain()
    }
    return this.#queue.length > 0 && this.#sendWindow > 0
  }

  /** A data frame of `length` bytes has begun. */
  onDataFrame(length: number): void {
    if (length > this.#receiveLeft) throw new FrameError('more data than the window allows')
    if (this.#readEnded && length > 0) throw new FrameError('data after the end')
    this.#receiveLeft -= length
  }

  onData(chunk: Buffer): void {
    if (this.#state === 'closed') return
    if (this.#sink === undefined) this.#early.push(chunk)
    else this.#sink.data(chunk)
  }

  onWindow(byteCount: number): void {
    this.#sendWindow += byteCount
    if (this.#sendWindow > 0xffff_ffff) throw new FrameError('a window beyond 4 GiB')
    if (this.#queue.length > 0) this.#host.wait(this)
  }

  onFlags(flags: number): void {
    if ((flags & frameFlags.rst) !== 0) this.close(new ChannelError('The other side cut it off'))
    else if ((flags & frameFlags.fin) !== 0 && !this.#readEnded) {
      this.#readEnded = true
      this.#sink?.end()
      this.#maybeClose()
    }
  }

  /** Over, without a word on the wire. */
  close(error?: Error): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#error = error
    this.#queue.length = 0
    this.#queuedBytes = 0
    if (error !== undefined) this.#early.length = 0
    this.#host.forget(this)
    this.#sink?.closed(error)
    this.#closed.resolve(error)
  }

  #send(bytes: Uint8Array, start: number, end: number): number {
    let offset = start
    while (offset < end) {
      const length = Math.min(end - offset, this.#sendWindow, this.#host.outbox.room)
      if (length === 0) break
      this.#sendWindow -= length
      this.#host.outbox.data(this.#takeFlags(), this.id, bytes, offset, offset + length)
      offset += length
    }
    this.#host.sent(offset - start)
    return offset - start
  }

  #takeFlags(): number {
    const flag = this.#openingFlag
    this.#openingFlag = frameFlags.none
    return flag
  }

  #maybeSendEnd(): void {
    if (this.#writeEnd !== 'ending' || this.#queue.length > 0) return
    this.#writeEnd = 'sent'
    this.#host.outbox.control(frameTypes.windowUpdate, this.#takeFlags() | frameFlags.fin, this.id, 0)
    this.#sink?.drain()
    this.#maybeClose()
  }

  #maybeClose(): void {
    if (this.#readEnded && this.#writeEnd === 'sent') this.close()
  }

  #grant(): void {
    const nowMs = this.#host.nowMs()
    const isLimiting = nowMs - this.#grantedAtMs <= Math.max(4 * this.#host.roundTripMs, 2)
    const growth = Math.min(this.#receiveWindow, this.#maxWindowBytes - this.#receiveWindow)
    const grown = isLimiting && growth > 0 && this.#host.mayGrow(growth) ? growth : 0
    this.#receiveWindow += grown
    this.#grantedAtMs = nowMs
    const delta = this.#creditedBytes + grown
    this.#creditedBytes = 0
    this.#receiveLeft += delta
    this.#host.outbox.control(frameTypes.windowUpdate, this.#takeFlags(), this.id, delta)
  }
}
