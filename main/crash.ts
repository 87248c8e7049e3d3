/** What goes wrong is kept on this computer, and sent to nobody. */
import { app, crashReporter } from 'electron'
import type { Log } from './base/log.ts'

export function keepCrashReports(log: Log): void {
  crashReporter.start({ uploadToServer: false, ignoreSystemCrashHandler: false })
  process.on('uncaughtException', (error) => log('an error that nobody caught', { error }))
  process.on('unhandledRejection', (error) => log('a rejection that nobody caught', { error }))
  app.on('child-process-gone', (_event, details) => log('a process ended', { ...details }))
}
