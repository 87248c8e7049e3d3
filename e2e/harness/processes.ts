import { readdirSync, readFileSync } from 'node:fs'

/** The app started once more as the watchdog of this data directory. */
export function watchdogPid(dataDir: string): number | null {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      if (args.includes('--watchdog') && args.includes(dataDir)) return Number(pid)
    } catch {
      // ended while we looked
    }
  }
  return null
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
