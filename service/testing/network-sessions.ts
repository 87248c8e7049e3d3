import { BufferPool } from '../network/mux/outbox.ts'
import { Session, type SessionLimits } from '../network/mux/session.ts'
import type { Carrier, CarrierReceiver, Channel } from '../network/mux/types.ts'
import { FakeClock } from './clock.ts'

/** One end of a wire: what is written arrives at the other end in pieces of the given lengths, in turn. */
export class Wire implements Carrier {
  other: Wire | undefined
  receiver: CarrierReceiver | undefined
  isStalled = false
  destroyedWith: Error | undefined
  readonly #pieces: readonly number[]
  #stalled: (() => void) | undefined

  constructor(pieces: readonly number[] = [64 * 1024]) {
    this.#pieces = pieces
  }

  start(receiver: CarrierReceiver): void {
    this.receiver = receiver
  }

  write(bytes: Buffer, done: () => void): void {
    const copy = Buffer.from(bytes)
    const deliver = (): void => {
      for (let offset = 0, turn = 0; offset < copy.length; turn++) {
        const length = Math.min(this.#pieces[turn % this.#pieces.length]!, copy.length - offset)
        this.other?.receiver?.data(copy.subarray(offset, offset + length))
        offset += length
      }
      done()
    }
    if (this.isStalled) this.#stalled = deliver
    else setImmediate(deliver)
  }

  flow(): void {
    this.isStalled = false
    this.#stalled?.()
  }

  end(): void {
    setImmediate(() => this.other?.receiver?.closed())
  }

  destroy(error?: Error): void {
    this.destroyedWith = error
    this.other?.receiver?.closed()
  }
}

/** Collects what comes; credits it at once unless it is told to be slow. */
export class Reader {
  readonly channel: Channel
  readonly chunks: Buffer[] = []
  bytes = 0
  hasEnded = false
  drains = 0
  closedWith: Error | 'well' | undefined

  constructor(channel: Channel, isSlow = false) {
    this.channel = channel
    channel.attach({
      data: (chunk) => {
        this.chunks.push(chunk)
        this.bytes += chunk.length
        if (!isSlow) channel.credit(chunk.length)
      },
      end: () => { this.hasEnded = true },
      drain: () => { this.drains++ },
      closed: (error) => { this.closedWith = error ?? 'well' },
    })
  }

  get all(): Buffer {
    return Buffer.concat(this.chunks)
  }
}

/** Two sessions on one wire, and the channels that the far one was offered. */
export interface SessionPair { near: Session, far: Session, nearWire: Wire, farWire: Wire, accepted: Channel[], clock: FakeClock }

export function pair(options: { pieces?: readonly number[], limits?: Partial<SessionLimits> } = {}): SessionPair {
  const clock = new FakeClock()
  const shared = { clock, pool: new BufferPool(), collector: () => undefined, ...options.limits && { limits: options.limits } }
  const nearWire = new Wire(options.pieces)
  const farWire = new Wire(options.pieces)
  nearWire.other = farWire
  farWire.other = nearWire
  const near = new Session({ ...shared, side: 'client', carrier: nearWire })
  const far = new Session({ ...shared, side: 'server', carrier: farWire })
  const accepted: Channel[] = []
  far.serve((channel) => accepted.push(channel))
  near.start()
  far.start()
  return { near, far, nearWire, farWire, accepted, clock }
}
