import type { Clock } from '../../base/index.ts'
import { type ChannelHost, MuxChannel } from './channel.ts'
import { FrameError, frameFlags, frameTypes, goAwayReasons, headerBytes, readHeader } from './frame.ts'
import { type BufferPool, Outbox } from './outbox.ts'
import { type Carrier, type Channel, ChannelError } from './types.ts'
import type { YoungCollector } from './young-collector.ts'

export interface SessionOptions {
  /** Who dialled takes the odd channel numbers. */
  side: 'client' | 'server'
  carrier: Carrier
  clock: Clock
  /** Shared by all sessions of a node. */
  pool: BufferPool
  collector: YoungCollector
  limits?: Partial<SessionLimits>
}

export interface SessionLimits {
  /** Channels that the other side may have open. More are refused one by one. */
  maxInboundChannels: number
  /** No window grows beyond this, bytes. */
  maxWindowBytes: number
  /** All windows together grow by no more than this beyond the first 256 KiB of each, bytes. */
  maxGrowthBytes: number
}

const defaultLimits: SessionLimits = { maxInboundChannels: 4096, maxWindowBytes: 4 << 20, maxGrowthBytes: 32 << 20 }
/** A peer is asked for a sign of life after so many quiet pulses, and is gone after so many. */
const askAfterPulses = 2
/** How often a round trip is measured, in pulses. */
const measureEveryPulses = 6
const deadAfterPulses = 7
/** Channels that arrive before anybody is ready for them. */
const maxEarlyChannels = 32

/**
 * Channels over one connection, as `/yamux/1.0.0` has them.
 *
 *     open ──close──► closing ──written──► closed
 *       └──destroy, a broken rule, silence, the connection is lost──► closed, with an error
 */
export class Session implements ChannelHost {
  readonly outbox: Outbox
  /** Of the last ping, ms; 1 until there was one, which is what a LAN has. */
  roundTripMs = 1
  /** Null until a ping was answered. */
  measuredRoundTripMs: number | null = null
  /** Set once: who takes what arrives. */
  #onChannel: ((channel: Channel) => void) | undefined
  readonly #early: Channel[] = []
  readonly #carrier: Carrier
  readonly #clock: Clock
  readonly #collector: YoungCollector
  readonly #limits: SessionLimits
  readonly #channels = new Map<number, MuxChannel>()
  readonly #waiting = new Set<MuxChannel>()
  readonly #closed = Promise.withResolvers<Error | undefined>()
  #state: 'open' | 'closing' | 'closed' = 'open'
  #nextId: number
  #inboundCount = 0
  #grownBytes = 0
  // parsing
  readonly #partial = Buffer.alloc(headerBytes)
  #partialBytes = 0
  #bodyLeft = 0
  #bodyFlags = 0
  #bodyChannel: MuxChannel | undefined
  // liveness
  #quietPulses = 0
  #pulses = 0
  #ping: { value: number, sentAtMs: number } | undefined
  #pingValue = 0

  constructor(options: SessionOptions) {
    this.#carrier = options.carrier
    this.#clock = options.clock
    this.#collector = options.collector
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#nextId = options.side === 'client' ? 1 : 2
    this.outbox = new Outbox(options.carrier, options.pool, () => this.#pump(), () => this.destroy(new FrameError('too many answers that nobody reads')))
  }

  get state(): 'open' | 'closing' | 'closed' {
    return this.#state
  }

  get channelCount(): number {
    return this.#channels.size
  }

  /** Settles when the session is over: with why, when it did not end well. */
  get whenClosed(): Promise<Error | undefined> {
    return this.#closed.promise
  }

  start(): void {
    this.#carrier.start({ data: (chunk) => this.#receive(chunk), closed: (error) => this.#close(this.#state === 'closing' ? undefined : error ?? new ChannelError('The connection closed')) })
    this.ping()
  }

  serve(onChannel: (channel: Channel) => void): void {
    this.#onChannel = onChannel
    for (const channel of this.#early.splice(0)) onChannel(channel)
  }

  /** @throws ChannelError when the session is over. */
  open(): Channel {
    if (this.#state !== 'open') throw new ChannelError('The connection is closed')
    const channel = new MuxChannel(this.#nextId, this, 'outbound', this.#limits.maxWindowBytes)
    this.#nextId += 2
    this.#channels.set(channel.id, channel)
    return channel
  }

  /** Asks for a sign of life and how long it takes. */
  ping(): void {
    if (this.#ping !== undefined || this.#state !== 'open') return
    this.#ping = { value: ++this.#pingValue, sentAtMs: this.#clock.monotonicMs() }
    this.outbox.control(frameTypes.ping, frameFlags.syn, 0, this.#pingValue)
  }

  /**
   * To be called every five seconds or so: asks quiet peers for a sign of life, ends the session of those that give none.
   * Counts calls and not time, so that a process that stood still does not take its peers for dead.
   */
  pulse(): void {
    this.#quietPulses++
    if (this.#quietPulses > deadAfterPulses) this.destroy(new ChannelError('No sign of life'))
    else if (this.#quietPulses >= askAfterPulses || this.#pulses++ % measureEveryPulses === 0) this.ping()
  }

  /** Cuts what is open, says goodbye, ends the connection. */
  close(): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    for (const channel of [...this.#channels.values()]) channel.reset(new ChannelError('The connection is being closed'))
    this.outbox.control(frameTypes.goAway, 0, 0, goAwayReasons.normal)
    this.outbox.end()
  }

  destroy(error: Error): void {
    if (this.#state === 'closed') return
    this.#carrier.destroy(error)
    this.#close(error)
  }

  wait(channel: MuxChannel): void {
    this.#waiting.add(channel)
    if (this.outbox.room > 0) this.#pump()
  }

  mayGrow(byteCount: number): boolean {
    if (this.#grownBytes + byteCount > this.#limits.maxGrowthBytes) return false
    this.#grownBytes += byteCount
    return true
  }

  sent(byteCount: number): void {
    this.#collector(byteCount)
  }

  nowMs(): number {
    return this.#clock.monotonicMs()
  }

  forget(channel: MuxChannel): void {
    this.#waiting.delete(channel)
    this.#grownBytes -= channel.grownBytes
    if (this.#channels.delete(channel.id) && channel.id % 2 !== this.#nextId % 2) this.#inboundCount--
  }

  #pump(): void {
    for (const channel of this.#waiting) {
      if (this.outbox.room === 0) return
      // a channel that could go on takes its place at the end of the line
      this.#waiting.delete(channel)
      if (channel.pump()) this.#waiting.add(channel)
    }
  }

  #close(error?: Error): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.outbox.drop()
    for (const channel of [...this.#channels.values()]) channel.close(error ?? new ChannelError('The connection closed'))
    this.#closed.resolve(error)
  }

  #receive(chunk: Buffer): void {
    this.#quietPulses = 0
    this.#collector(chunk.length)
    try {
      this.#parse(chunk)
    } catch (error) {
      this.outbox.control(frameTypes.goAway, 0, 0, goAwayReasons.protocolError)
      this.outbox.end()
      this.destroy(error as Error)
    }
  }

  #parse(chunk: Buffer): void {
    let offset = 0
    while (offset < chunk.length && this.#state !== 'closed') {
      if (this.#bodyLeft > 0) {
        const length = Math.min(this.#bodyLeft, chunk.length - offset)
        this.#bodyLeft -= length
        this.#bodyChannel?.onData(length === chunk.length ? chunk : chunk.subarray(offset, offset + length))
        offset += length
        if (this.#bodyLeft === 0) this.#bodyChannel?.onFlags(this.#bodyFlags)
      } else if (this.#partialBytes === 0 && chunk.length - offset >= headerBytes) {
        this.#onHeader(chunk, offset)
        offset += headerBytes
      } else {
        const copied = chunk.copy(this.#partial, this.#partialBytes, offset, offset + headerBytes - this.#partialBytes)
        this.#partialBytes += copied
        offset += copied
        if (this.#partialBytes === headerBytes) {
          this.#partialBytes = 0
          this.#onHeader(this.#partial, 0)
        }
      }
    }
  }

  #onHeader(bytes: Buffer, offset: number): void {
    const header = readHeader(bytes, offset)
    if (header.channelId === 0) {
      this.#onSessionFrame(header.type, header.flags, header.length)
      return
    }
    if (header.type > frameTypes.windowUpdate) throw new FrameError('a session frame on a channel')
    const channel = (header.flags & frameFlags.syn) === 0 ? this.#channels.get(header.channelId) : this.#accept(header.channelId)
    if (header.type === frameTypes.windowUpdate) {
      channel?.onWindow(header.length)
      channel?.onFlags(header.flags)
      return
    }
    channel?.onDataFrame(header.length)
    if (header.length === 0) channel?.onFlags(header.flags)
    this.#bodyLeft = header.length
    this.#bodyFlags = header.flags
    // the body of a channel that is gone is read and dropped
    this.#bodyChannel = channel
  }

  #accept(id: number): MuxChannel | undefined {
    if (id % 2 === this.#nextId % 2) throw new FrameError('a channel with a number of ours')
    if (this.#channels.has(id)) throw new FrameError('a channel opened twice')
    const isFull = this.#inboundCount >= this.#limits.maxInboundChannels || this.#onChannel === undefined && this.#early.length >= maxEarlyChannels
    if (isFull || this.#state !== 'open') {
      this.outbox.control(frameTypes.windowUpdate, frameFlags.rst, id, 0)
      return undefined
    }
    const channel = new MuxChannel(id, this, 'inbound', this.#limits.maxWindowBytes)
    this.#channels.set(id, channel)
    this.#inboundCount++
    if (this.#onChannel === undefined) this.#early.push(channel)
    else this.#onChannel(channel)
    return channel
  }

  #onSessionFrame(type: number, flags: number, value: number): void {
    if (type === frameTypes.goAway) {
      this.#close(value === goAwayReasons.normal ? undefined : new ChannelError('The other side found an error and closed'))
      this.#carrier.end()
    } else if (type !== frameTypes.ping) throw new FrameError('a channel frame without a channel')
    else if ((flags & frameFlags.syn) !== 0) this.outbox.control(frameTypes.ping, frameFlags.ack, 0, value)
    else if (this.#ping?.value === value) {
      this.measuredRoundTripMs = this.#clock.monotonicMs() - this.#ping.sentAtMs
      this.roundTripMs = Math.max(1, this.measuredRoundTripMs)
      this.#ping = undefined
    }
  }
}
