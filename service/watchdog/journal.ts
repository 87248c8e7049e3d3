import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { writeFileDurably } from '../identity/index.ts'

/** What the watchdog did while the service was away. */
export const Deed = z.strictObject({
  leaseId: z.string().max(64),
  kind: z.enum(['frozen', 'ended']),
  atMonotonicMs: z.int(),
  bootId: z.string(),
  atMs: z.int(),
})
export type Deed = z.infer<typeof Deed>

const fileName = 'watchdog-deeds.json'

export function readDeeds(dataDir: string): Deed[] {
  try {
    return z.array(Deed).parse(JSON.parse(readFileSync(join(dataDir, fileName), 'utf8')))
  } catch {
    return []
  }
}

/** Durable when it returns. */
export function addDeeds(dataDir: string, deeds: readonly Deed[]): void {
  if (deeds.length > 0) writeFileDurably(join(dataDir, fileName), `${JSON.stringify([...readDeeds(dataDir), ...deeds])}\n`)
}

export function forgetDeeds(dataDir: string): void {
  rmSync(join(dataDir, fileName), { force: true })
}
