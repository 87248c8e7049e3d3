import { frameTypes, headerBytes, writeHeader } from './frame.ts'
import type { Carrier } from './types.ts'

/** One write to the socket is at most this long. TLS encrypts and sends it in one go. */
const bufferBytes = 256 * 1024
/** A peer that makes us answer without reading the answers is cut here. */
const maxControlBytes = 64 * 1024
const keptBuffers = 8
/** More than this need not wait for company: a TLS record is full with it. */
const patientBytes = 16 * 1024
/** A channel that has said so much in a row is the only one that speaks. */
const aloneFrames = 8

/** Buffers to write from, used again. One pool serves all sessions. */
export class BufferPool {
  readonly #free: Buffer[] = []

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(bufferBytes)
  }

  give(buffer: Buffer): void {
    if (this.#free.length < keptBuffers) this.#free.push(buffer)
  }
}

/**
 * Collects the frames of one turn of the event loop into one write. While a write is under way the next is filled, and
 * when that is full channels wait: so a session holds two buffers at most, and none when it is quiet.
 *
 * A write, its encryption and its reading on the other side cost as much as several small messages. So where channels speak
 * one after the other, what they say waits one turn more for those that are about to speak. Where one speaks alone, what it
 * says leaves as soon as the read that it came with has been looked through, if it is short.
 */
export class Outbox {
  readonly #carrier: Carrier
  readonly #pool: BufferPool
  readonly #onRoom: () => void
  readonly #onOverflow: () => void
  #filling: Buffer | undefined
  #used = 0
  #writing = false
  #scheduled = false
  #closed = false
  #lastChannelId = 0
  /** How many data frames in a row were of this channel, after its first. */
  #inARow = 0
  /** Control frames that found no room; they go before anything else. */
  #control: Buffer[] = []

  constructor(carrier: Carrier, pool: BufferPool, onRoom: () => void, onOverflow: () => void) {
    this.#carrier = carrier
    this.#pool = pool
    this.#onRoom = onRoom
    this.#onOverflow = onOverflow
  }

  /** How many bytes a data frame may carry now. */
  get room(): number {
    return this.#closed ? 0 : Math.max(0, bufferBytes - this.#used - headerBytes)
  }

  /** A frame without a body: never refused. */
  control(type: number, flags: number, channelId: number, length: number): void {
    if (this.#closed) return
    if (bufferBytes - this.#used >= headerBytes) {
      writeHeader(this.#reserve(headerBytes), this.#used - headerBytes, type, flags, channelId, length)
      return
    }
    const frame = Buffer.allocUnsafe(headerBytes)
    writeHeader(frame, 0, type, flags, channelId, length)
    this.#control.push(frame)
    if (this.#control.length * headerBytes > maxControlBytes) this.#onOverflow()
  }

  /** A data frame with `body[start, end)`, which must fit in `room`. */
  data(flags: number, channelId: number, body: Uint8Array, start: number, end: number): void {
    const length = end - start
    this.#inARow = channelId === this.#lastChannelId ? this.#inARow + 1 : 0
    this.#lastChannelId = channelId
    const buffer = this.#reserve(headerBytes + length)
    const offset = this.#used - headerBytes - length
    writeHeader(buffer, offset, frameTypes.data, flags, channelId, length)
    buffer.set(start === 0 && end === body.length ? body : body.subarray(start, end), offset + headerBytes)
    if (this.room === 0) this.#flush()
  }

  /** Writes what there is and ends. */
  end(): void {
    this.#flush()
    this.#closed = true
    if (!this.#writing) this.#carrier.end()
  }

  /** Forgets what was not written. */
  drop(): void {
    this.#closed = true
    this.#control = []
    if (this.#filling !== undefined) this.#pool.give(this.#filling)
    this.#filling = undefined
    this.#used = 0
  }

  #reserve(length: number): Buffer {
    this.#filling ??= this.#pool.take()
    this.#used += length
    if (!this.#writing) this.#schedule()
    return this.#filling
  }

  get #isPatient(): boolean {
    return this.#inARow === 0 && this.#used > 0 && this.#used < patientBytes
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    if (this.#inARow >= aloneFrames && this.#used < patientBytes) process.nextTick(this.#onTurn)
    else setImmediate(this.#onTurn)
  }

  readonly #onTurn = (): void => {
    if (this.#isPatient) setImmediate(this.#onPatience)
    else this.#onPatience()
  }

  readonly #onPatience = (): void => {
    this.#scheduled = false
    this.#flush()
  }

  #flush(): void {
    const buffer = this.#filling
    if (this.#writing || buffer === undefined) return
    const length = this.#used
    this.#filling = undefined
    this.#used = 0
    this.#writing = true
    this.#carrier.write(buffer.subarray(0, length), () => {
      this.#writing = false
      this.#pool.give(buffer)
      this.#onWritten()
    })
  }

  #onWritten(): void {
    if (this.#closed && this.#filling === undefined) {
      this.#carrier.end()
      return
    }
    if (this.#closed || !this.#isPatient) this.#flush()
    if (this.#closed) return
    const waiting = this.#control
    this.#control = []
    for (const frame of waiting) this.#reserve(headerBytes).set(frame, this.#used - headerBytes)
    this.#onRoom()
    if (this.#isPatient) this.#schedule()
    else this.#flush()
  }
}
