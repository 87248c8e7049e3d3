/** Whether this desktop shows tray icons at all: GNOME does not without an extension, and an icon there is seen by nobody. */
import { execFile } from 'node:child_process'
import type { Clock } from '../base/clock.ts'

const askDeadlineMs = 2_000
const watcher = 'org.kde.StatusNotifierWatcher'
/** Any of these asks the session's bus who is on it. */
const askers: readonly (readonly [string, readonly string[]])[] = [
  ['gdbus', ['call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus', '--method', 'org.freedesktop.DBus.NameHasOwner', watcher]],
  ['busctl', ['--user', 'call', 'org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner', 's', watcher]],
  ['dbus-send', ['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.NameHasOwner', `string:${watcher}`]],
]

export type Ask = (program: string, args: readonly string[]) => Promise<string | null>

/** Where it cannot be told, there is none: the window says so, and stays. */
export async function hasTray(platform: NodeJS.Platform, ask: Ask = run): Promise<boolean> {
  if (platform !== 'linux') return true
  for (const [program, args] of askers) {
    const answer = await ask(program, args)
    if (answer !== null) return /\btrue\b/.test(answer)
  }
  return false
}

/** At login the app may be there before the panel is: it is asked again after these, ms. */
const againAfterMs = [1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 80_000, 160_000] as const

/** Calls `found` once a tray has come, if one does soon. */
export function waitForTray(look: () => Promise<boolean>, clock: Clock, found: () => void): void {
  const delays = [...againAfterMs]
  function again(): void {
    const delayMs = delays.shift()
    if (delayMs === undefined) return
    clock.after(delayMs, () => void look().then((isThere) => {
      if (isThere) found()
      else again()
    }))
  }
  again()
}

function run(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: askDeadlineMs }, (error, stdout) => resolve(error === null ? stdout : null))
  })
}
