/**
 * Where the desktop app begins. The same program is three things: the app; the watchdog, which outlives it; a second start,
 * which shows the first one's window and ends.
 */
import { app, protocol } from 'electron'
import { scheme } from './security/origin.ts'

const watchdogFlag = '--watchdog'

const watchdogAt = process.argv.indexOf(watchdogFlag)
if (watchdogAt >= 0) {
  await (await import('./watchdog.ts')).runWatchdog(process.argv.slice(watchdogAt + 1))
} else {
  app.enableSandbox()
  // Both have to come before the app is ready.
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }])
  const { startApp } = await import('./start.ts')
  startApp()
}
