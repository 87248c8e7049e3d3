import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileDurably } from '../identity/index.ts'

const fileName = 'stop-everything.json'

/** “Everything was stopped”: whoever starts the service next ends all leases and keeps sharing off. Durable when it returns. */
export function markPanic(dataDir: string, atMs: number): void {
  writeFileDurably(join(dataDir, fileName), `${JSON.stringify({ atMs })}\n`)
}

export function isPanic(dataDir: string): boolean {
  return existsSync(join(dataDir, fileName))
}

export function clearPanic(dataDir: string): void {
  rmSync(join(dataDir, fileName), { force: true })
}
