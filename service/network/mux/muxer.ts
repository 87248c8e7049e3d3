/**
 * `/yamux/1.0.0` for libp2p, on our own session. It speaks with every other implementation; it exists because most of
 * our traffic is tunnels, which here go from socket to channel to socket without libp2p's per-message machinery, and
 * because our own conversations can open a channel without its per-stream bookkeeping.
 */
import { type AbortOptions, type Connection, type CreateStreamOptions, type MessageStream, MuxerClosedError, serviceCapabilities, type Stream, type StreamMuxer, type StreamMuxerEvents, type StreamMuxerFactory, type StreamMuxerStatus, TypedEventEmitter } from '@libp2p/interface'
import type { Clock } from '../../base/index.ts'
import { SecureConnection } from '../tls/secure-connection.ts'
import { messageCarrier, socketCarrier } from './carrier.ts'
import { MuxedStream } from './muxed-stream.ts'
import { BufferPool } from './outbox.ts'
import { Session, type SessionLimits, type SessionOptions } from './session.ts'
import type { Channel } from './types.ts'
import { createYoungCollector } from './young-collector.ts'

export interface MuxerOptions {
  clock: Clock
  limits?: Partial<SessionLimits>
}

/** Finds the muxer below a libp2p connection, by the one thing that they share in public: the list of its streams. */
const muxers = new WeakMap<readonly Stream[], Muxer>()

export function muxerOf(connection: Connection): Muxer | undefined {
  return muxers.get(connection.streams)
}

export function yamux(options: MuxerOptions): () => StreamMuxerFactory {
  const shared = { pool: new BufferPool(), collector: createYoungCollector() }
  return () => ({
    protocol: '/yamux/1.0.0',
    [Symbol.toStringTag]: 'depin-yamux',
    [serviceCapabilities]: ['@libp2p/stream-multiplexing'],
    createStreamMuxer: (connection: MessageStream) => new Muxer(connection, { ...options, ...shared }),
  })
}

export class Muxer extends TypedEventEmitter<StreamMuxerEvents> implements StreamMuxer {
  readonly protocol = '/yamux/1.0.0'
  readonly streams: Stream[] = []
  readonly session: Session
  readonly #connection: MessageStream

  constructor(connection: MessageStream, options: Omit<SessionOptions, 'side' | 'carrier'>) {
    super()
    this.#connection = connection
    const released = connection instanceof SecureConnection ? connection.release() : undefined
    this.session = new Session({
      ...options,
      side: connection.direction === 'outbound' ? 'client' : 'server',
      carrier: released === undefined ? messageCarrier(connection) : socketCarrier(released.socket, released.rest),
    })
    muxers.set(this.streams, this)
    this.session.start()
  }

  get status(): StreamMuxerStatus {
    return this.session.state
  }

  createStream(options?: CreateStreamOptions): Promise<Stream> {
    if (this.session.state !== 'open') return Promise.reject(new MuxerClosedError())
    return Promise.resolve(this.#adopt(this.session.open(), 'outbound', options))
  }

  /** Gives a channel that the other side opened to libp2p, to find a handler for. */
  hand(channel: Channel): void {
    this.safeDispatchEvent('stream', { detail: this.#adopt(channel, 'inbound') })
  }

  async close(options?: AbortOptions): Promise<void> {
    this.session.close()
    const aborted = Promise.withResolvers<never>()
    const onAbort = (): void => aborted.reject(new Error('The connection took too long to close'))
    options?.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      await Promise.race([this.session.whenClosed, aborted.promise])
    } finally {
      options?.signal?.removeEventListener('abort', onAbort)
    }
  }

  abort(error: Error): void {
    this.session.destroy(error)
  }

  #adopt(channel: Channel, direction: 'inbound' | 'outbound', options?: CreateStreamOptions): Stream {
    const stream = new MuxedStream(channel, {
      direction, log: this.#connection.log, ...options?.maxReadBufferLength !== undefined && { maxReadBufferLength: options.maxReadBufferLength },
    })
    this.streams.push(stream)
    stream.addEventListener('close', () => {
      const index = this.streams.indexOf(stream)
      if (index >= 0) this.streams.splice(index, 1)
    }, { once: true })
    return stream
  }
}
