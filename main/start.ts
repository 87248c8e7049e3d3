/** A start of the app: one copy of it on a place, what it writes down, and what is done when it does not come about. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'
import { Shell } from './app.ts'
import { appId } from './app-id.ts'
import { readArguments } from './arguments.ts'
import { systemClock } from './base/clock.ts'
import { createLog, createLogFile } from './base/log.ts'
import { keepCrashReports } from './crash.ts'
import { joinLinkIn, joinLinkOf } from './links/deep-link.ts'
import { hiddenFlag } from './login/command.ts'
import { hardenContents } from './security/harden.ts'
import { readCopy } from './updates/copy.ts'
import { beginFirstMinutes } from './updates/probation.ts'

const { platform, env } = process
/** The built folder: this file is in `dist/main/main.mjs`. */
const dist = join(import.meta.dirname, '..')

export function startApp(): void {
  app.setAppUserModelId(appId)
  const started = readArguments({ args: process.argv.slice(1), cwd: process.cwd(), env, platform, home: homedir() })
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  const clock = systemClock
  const log = createLog(createLogFile(join(app.getPath('userData'), 'logs', 'main.log')), clock)
  let shell: Shell | null = null
  const copy = attempt(() => readCopy(dist, log), (error) => log('updates do not work', { error }))
  const probation = beginFirstMinutes(copy, { dataDir: started.serve.dataDir, clock, log, wellPid: () => shell?.wellPid ?? null })
  if (probation.isOver) return
  app.once('before-quit', probation.quit)
  const fail = (error: unknown): void => {
    log('the app did not start', { error })
    if (!probation.fail()) app.exit(1)
  }
  attempt(() => {
    keepCrashReports(log)
    hardenContents(log)
    shell = new Shell({ started: { ...started, hidden: probation.isHidden ?? started.hidden }, clock, log, copy })
    listenToSystem(shell)
    void app.whenReady().then(() => shell?.start()).catch(fail)
  }, fail)
}

/** What the system brings once the app runs: a second start, links, clicks on the dock. */
function listenToSystem(shell: Shell): void {
  app.on('second-instance', (_event, args) => {
    const link = joinLinkOf(args)
    if (link !== null) shell.offerJoin(link)
    else if (!args.includes(hiddenFlag)) shell.show()
  })
  // macOS brings links and clicks on the dock as events
  app.on('open-url', (event, url) => {
    event.preventDefault()
    const link = joinLinkIn(url)
    if (link !== null) shell.offerJoin(link)
  })
  app.on('activate', () => shell.show())
  // Electron quits by itself otherwise
  app.on('window-all-closed', () => undefined)
}

function attempt<Value>(run: () => Value, fail: (error: unknown) => void): Value | null {
  try {
    return run()
  } catch (error) {
    fail(error)
    return null
  }
}
