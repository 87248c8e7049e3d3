/** What the shell and the service's process say of themselves: a file of this user's, which goes nowhere. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from './clock.ts'

/** At this size the file makes room for a new one, bytes; the one before is kept. */
const maxBytes = 4 * 1024 * 1024

export type Log = (message: string, fields?: Readonly<Record<string, unknown>>) => void

/** Lines as they come, such as those of a process. */
export function createLogFile(path: string): (text: string) => void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return (text) => {
    try {
      if (size > maxBytes) {
        renameSync(path, `${path}.old`)
        size = 0
      }
      appendFileSync(path, text, { mode: 0o600 })
      size += Buffer.byteLength(text)
    } catch {
      // a full disk costs the log, not the app
    }
  }
}

export function createLog(write: (text: string) => void, clock: Clock): Log {
  return (message, fields = {}) => write(`${JSON.stringify({ time: new Date(clock.nowMs()).toISOString(), message, ...fields }, replaceErrors)}\n`)
}

function replaceErrors(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message, stack: value.stack, ...'code' in value && { code: value.code } } : value
}
