/**
 * The watchdog under Electron. Packaged, Electron does not run as Node (that fuse is off), so the app is started once more
 * without a window and becomes the watchdog: no lock of a single instance, no dock, no screen.
 */
import { app } from 'electron'

/** Arguments before the data directory's with which a copy of this app becomes the watchdog. */
export function watchdogArguments(command: readonly string[], platform: NodeJS.Platform, isRoot: boolean): string[] {
  return [
    ...command,
    // it must live on when the owner logs out and takes the screen along
    ...platform === 'linux' ? ['--ozone-platform=headless', '--disable-gpu'] : [],
    ...platform === 'linux' && isRoot ? ['--no-sandbox'] : [],
    '--watchdog',
  ]
}

export async function runWatchdog(args: readonly string[]): Promise<void> {
  app.dock?.hide()
  app.disableHardwareAcceleration()
  // its own Chromium's files, aside of the app's
  app.setPath('userData', `${app.getPath('userData')}-watchdog`)
  const program = new URL('../service/watchdog.mjs', import.meta.url)
  process.argv = [process.execPath, program.pathname, ...args]
  await import(program.href)
  app.exit(Number(process.exitCode ?? 0))
}
