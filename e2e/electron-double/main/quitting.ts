import { spawn } from 'node:child_process'
import type { EventEmitter } from 'node:events'
import { event } from '../base/events.ts'
import { runtime } from '../base/runtime.ts'

/** What quitting needs of the app. */
interface QuittingApp extends EventEmitter {
  releaseSingleInstanceLock(): void
}

/**
 * before-quit (may be prevented) → each window's close (may be prevented) → will-quit (may be prevented) → quit. Where there
 * is no window, all of it happens within this call, as in Electron.
 */
export function quit(app: QuittingApp): void {
  if (runtime.quitting !== 'no') return
  const beforeQuit = event()
  app.emit('before-quit', beforeQuit)
  if (beforeQuit.defaultPrevented) return
  runtime.quitting = 'closing'
  if (runtime.windows.size === 0) willQuit(app)
  else setImmediate(() => void closeWindows(app))
}

async function closeWindows(app: QuittingApp): Promise<void> {
  for (const window of [...runtime.windows]) {
    window.close()
    if (!window.isDestroyed()) {
      runtime.quitting = 'no'
      return
    }
  }
  await Promise.all(runtime.closing)
  willQuit(app)
}

function willQuit(app: QuittingApp): void {
  const last = event()
  app.emit('will-quit', last)
  if (last.defaultPrevented) runtime.quitting = 'no'
  else void finish(app, Number(process.exitCode ?? 0))
}

/** At once: no window is asked, and neither before-quit nor will-quit is told. */
export function exit(app: QuittingApp, code: number): void {
  if (runtime.quitting === 'over') return
  runtime.quitting = 'closing'
  for (const window of [...runtime.windows]) window.destroy()
  void finish(app, code)
}

async function finish(app: QuittingApp, code: number): Promise<void> {
  if (runtime.quitting === 'over') return
  runtime.quitting = 'over'
  app.emit('quit', event(), code)
  for (const child of runtime.children) child.kill()
  await runtime.browser?.close()
  app.releaseSingleInstanceLock()
  for (const { args, execPath } of relaunches) spawn(execPath ?? process.execPath, args ?? process.argv.slice(1), { detached: true, stdio: 'inherit' }).unref()
  process.exit(code)
}

/** Starts that `app.relaunch` asked for: they happen when this process is over. */
export const relaunches: Electron.RelaunchOptions[] = []
