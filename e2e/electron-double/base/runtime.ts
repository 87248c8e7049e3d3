import type { Browser } from '../chromium/browser.ts'

/** What one launch is told: by the app's package.json, the environment and the command line. */
export interface Launch {
  appPath: string
  name: string
  version: string
  isPackaged: boolean
  isHeadless: boolean
  /** Where Chromium is to be debugged; 0 for any free port. */
  debuggingPort: number | undefined
  /** The Node that runs the stand-in: `process.execPath` is `bin/electron`, as an app expects. */
  nodePath: string
}

/** A window, as quitting sees it. */
export interface QuittingWindow {
  close(): void
  destroy(): void
  isDestroyed(): boolean
  isVisible(): boolean
}

/** A child process, as quitting and `app.getAppMetrics` see it. */
export interface ChildProcess {
  readonly pid: number | undefined
  readonly serviceName: string
  kill(): boolean
}

/** A page, as the theme sees it. */
export interface ThemedPage {
  emulateTheme(source: 'system' | 'light' | 'dark'): void
}

/** The state of this process that several of Electron's modules share. */
export const runtime = {
  launch: { appPath: process.cwd(), name: 'Electron', version: '0.0.0', isPackaged: false, isHeadless: true, debuggingPort: undefined, nodePath: process.execPath } as Launch,
  isReady: false,
  /** `closing`: windows are asked, one after another. `over`: nothing can stop it any more. */
  quitting: 'no' as 'no' | 'closing' | 'over',
  browser: undefined as Browser | undefined,
  windows: new Set<QuittingWindow>(),
  /** Pages on their way out: Chromium still closes them. */
  closing: new Set<Promise<void>>(),
  children: new Set<ChildProcess>(),
  pages: new Set<ThemedPage>(),
  themeSource: 'system' as 'system' | 'light' | 'dark',
}

export function needReady(message: string): void {
  if (!runtime.isReady) throw new Error(message)
}

/** The stand-in knows the API, and not this use of it. */
export function notHere(what: string): Error {
  return Object.assign(new Error(`The stand-in for Electron cannot ${what}. Teach it to (e2e/electron-double), or test this on real Electron.`), { code: 'ERR_ELECTRON_DOUBLE' })
}
