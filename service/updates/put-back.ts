/**
 * The database after an update that was taken back. The version that goes away leaves word; the one that comes back does it, under
 * the data directory's lock, before it opens the database: so there is no moment in which neither could run.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { PutBack, putBackFileName } from '../../contract/nouns/serve.ts'
import { readJson, writeJsonDurably } from '../../release/index.ts'
import type { Logger } from '../base/index.ts'
import { restoreSnapshot } from '../database/index.ts'

export function askToPutBack(dataDir: string, version: string): void {
  writeJsonDurably(join(dataDir, putBackFileName), { version } satisfies PutBack)
}

/**
 * Called before the database is opened. True: it was put back, as it was before `version` migrated it. What that version
 * wrote is kept beside the snapshots; sums of money come again with the next message of each peer.
 */
export function putBackIfAsked({ dataDir, databasePath, version, log }: { dataDir: string, databasePath: string, version: string, log: Logger }): boolean {
  const path = join(dataDir, putBackFileName)
  const asked = readOrder(path)
  // the version that did not become healthy may still run once, when going back was cut off
  if (asked === null || asked.version === version) return false
  const restored = restoreSnapshot(databasePath)
  if (restored !== null) log.warn('the database is back from before an update', { ...restored, update: asked.version })
  rmSync(path)
  return restored !== null
}

/** One that cannot be read was left by another version all the same: the database is put back only where this one does not know it. */
function readOrder(path: string): PutBack | null {
  try {
    return readJson(path, PutBack)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return { version: '' }
    throw error
  }
}
