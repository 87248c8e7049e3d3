/**
 * What every part is built from: time, randomness, logging, a start and a stop.
 * Only `events.ts` knows what Depin is.
 */

/** Undoes one registration or start. */
export type Disposer = () => void

/** A part that does something while it runs. Constructors store; `start` works; `stop` undoes. */
export interface Startable {
  start(): Promise<void> | void
  stop(): Promise<void> | void
}

/**
 * Time, passed in. Durations come from `monotonicMs`; `nowMs` is for showing to people and for records.
 */
export interface Clock {
  /** Wall time, ms since the Unix epoch. May jump. */
  nowMs(): number
  /** Ms since this machine booted (or any fixed point within one boot). Never goes back, survives a restart of the process. */
  monotonicMs(): number
  /** Names this boot of the machine: two `monotonicMs` readings compare only within one boot. */
  readonly bootId: string
  /** Calls `fn` once after `delayMs`; the disposer cancels it. Does not keep the process alive. */
  after(delayMs: number, fn: () => void): Disposer
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

/** Randomness, passed in. */
export interface Rng {
  /** `length` unpredictable bytes. */
  bytes(length: number): Uint8Array
  /** A number in [0, 1), for jitter. */
  fraction(): number
}

export type LogFields = Readonly<Record<string, unknown>>

/** A constant message plus fields; a child adds fields to every line. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  child(fields: LogFields): Logger
}

/** What nearly every part needs from outside. */
export interface BaseDeps {
  clock: Clock
  rng: Rng
  log: Logger
}
