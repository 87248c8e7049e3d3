import type { ContainerEngine } from './types.ts'

/** A connection to an engine that answered. */
export interface EngineConnection {
  readonly engine: ContainerEngine
  /** Ends every call and stream that is under way. */
  close(reason: string): void
  /** Called when a call met silence: a hint to look whether the engine is still there. */
  set onSilence(listener: () => void)
}

/** What is at one place where an engine may be. */
export type Probe =
  | { state: 'ready', connection: EngineConnection }
  /** Nothing there. */
  | { state: 'absent', reason: string }
  /** What an engine leaves behind when it stops. */
  | { state: 'silent', reason: string }
  /** Something listens there, and does not answer. */
  | { state: 'hung', reason: string }
  /** Something there, that this user may not use. */
  | { state: 'forbidden', reason: string }
  /** It answers, and cannot be used. */
  | { state: 'unfit', reason: string }
  /** It answers, and its version has a known escape. */
  | { state: 'unsafe', reason: string, update: string, cves: string[], version: string }

/** The outcome of looking in all places. */
export type Finding =
  | { state: 'ready', connection: EngineConnection }
  /** `socket` null: it is installed, and nothing of it listens. */
  | { state: 'silent', socket: string | null, message: string }
  | { state: 'hung', socket: string, message: string }
  | { state: 'forbidden', socket: string, message: string, fix: string }
  | { state: 'unsafe', socket: string, message: string, update: string, cves: string[] }
  | { state: 'missing', tried: string[], install: string }

/** Where engines are looked for. The real one looks in this machine's sockets, the fake's in a test's memory. */
export interface EngineFinder {
  /** @param only the place of the engine that was there before, as its status names it: then nowhere else. */
  find(only: string | null, signal: AbortSignal): Promise<Finding>
}
