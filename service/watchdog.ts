/**
 * The watchdog's process: `node watchdog.mjs DATA-DIR PROGRAM`. It outlives the service, does what the orders ask for, and
 * ends when there is nothing left to watch over. Started by `watchdog/`; nothing imports it.
 */
import { watch } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createSystemClock } from './base/index.ts'
import { watchOnce } from './watchdog/index.ts'

const roundMs = 3_000
/** Another one watches over this data directory already. */
const lockedCode = 3
/** Held for as long as this process lives. */
let lock: DatabaseSync | undefined

const [dataDir = '', program = ''] = process.argv.slice(2)
if (takeLock(dataDir)) await run()
else process.exitCode = lockedCode

async function run(): Promise<void> {
  const clock = createSystemClock()
  // the clock's timers keep no process alive; this does
  const alive = watch(dataDir, () => undefined)
  alive.on('error', () => undefined)
  for (;;) {
    try {
      if (!await watchOnce(dataDir, program, clock)) break
    } catch {
      // the engine does not answer: the next round asks again
    }
    await clock.sleep(roundMs)
  }
  alive.close()
}

/** One watchdog for one data directory: a lock of the operating system that dies with the process. */
function takeLock(folder: string): boolean {
  try {
    lock = new DatabaseSync(join(folder, 'watchdog.lock'), { timeout: 0 })
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return true
  } catch {
    return false
  }
}
