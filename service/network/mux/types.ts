/**
 * Many channels over one connection. Nothing here knows libp2p, except `muxer.ts`, which lends it to libp2p.
 */

/** Ordered bytes both ways, one write at a time: what a session runs over. */
export interface Carrier {
  start(receiver: CarrierReceiver): void
  /** `done` is called when the bytes have left and may be written over. Nobody calls twice before that. */
  write(bytes: Buffer, done: () => void): void
  /** Ends after what was written. */
  end(): void
  destroy(error?: Error): void
}

export interface CarrierReceiver {
  data(chunk: Buffer): void
  closed(error?: Error): void
}

/**
 * Bytes both ways, each way ended on its own, with backpressure in both:
 *
 *     open ──end both ways──► closed
 *       └──reset, by either side, or the connection is lost──► closed, with an error
 */
export interface Channel {
  /** Names it in logs. */
  readonly id: number
  /** Settles when the channel is over: with why, when it was cut. */
  readonly whenClosed: Promise<Error | undefined>
  /** Sends, or keeps until it can. False: wait for `drain`. Bytes must not change afterwards. No effect once it is over. */
  write(bytes: Uint8Array): boolean
  /** Nothing more from here, after what was written. */
  end(): void
  /** Cuts both ways at once; the other side hears of it without the reason. */
  reset(reason: Error): void
  /** So many of the bytes that `sink` was given have been dealt with: the other side may send as many more. */
  credit(byteCount: number): void
  /** From now on what comes goes to `sink`: first what came before, then what comes. An end that was is told again. */
  attach(sink: ChannelSink): void
}

export interface ChannelSink {
  /** Bytes in order. They count against the window until they are credited. */
  data(chunk: Buffer): void
  /** The other side has ended its way. */
  end(): void
  /** What was written has left, or the end has. */
  drain(): void
  /** Over: both ways ended, or cut, and then why. Nothing comes after this. */
  closed(error?: Error): void
}

/** The channel was cut: by the other side, or because the connection is gone. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError'
}
