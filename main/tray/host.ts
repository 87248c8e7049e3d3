/** Whether this desktop shows tray icons at all: GNOME does not without an extension, and an icon there is seen by nobody. */
import { execFile } from 'node:child_process'

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

function run(program: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: askDeadlineMs }, (error, stdout) => resolve(error === null ? stdout : null))
  })
}
