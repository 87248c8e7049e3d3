import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ElectronApplication, expect, type Page, test as base } from '@playwright/test'
import { launchElectron } from '../harness/electron.ts'

export { expect }
export { flavour } from '../harness/electron.ts'
export type { Probe } from '../harness/electron.ts'

export const appFolder = join(import.meta.dirname, 'app')

/** What app/main.cjs keeps for specs. */
export interface Contract {
  folder: string
  preload: string
  child: string
  /** By path: a document, or all of an answer. */
  pages: Map<string, string | { body?: string, status?: number, headers?: Record<string, string> }>
  requests: { url: string, method: string, body: string }[]
  atLoad: { isReady: boolean, window: number | string, utility: number | string | undefined }
  note(text: string): void
  require: NodeJS.Require
}

/** What app/preload.cjs exposes. */
export interface Bridge {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>
  send(channel: string, ...args: unknown[]): void
  on(channel: string, listener: (...args: unknown[]) => void): () => void
  echo<T>(value: T): T
  call(fn: (...args: unknown[]) => unknown, ...args: unknown[]): unknown
  fail(): never
  later<T>(value: T): Promise<T>
  never(): Promise<never>
  nested: { list: [number, { deep: boolean }] }
  required: Record<string, string>
  process: { type: string, sandboxed: boolean, contextIsolated: boolean, argv: string[], electron: string }
  seesPage(): string
  sendFunction(): string | undefined
  exposeAgain(): string | undefined
  post(message: unknown): void
  next(): Promise<unknown>
  openPort(channel: string): void
  closePort(): void
  portClosed(): Promise<string>
}

declare global {
  // Set by app/main.cjs, in main.
  var contract: Contract
  // Set by app/preload.cjs, in a page; the other by a page.
  var bridge: Bridge
  var ofPage: unknown
}

export interface Launched {
  app: ElectronApplication
  userData: string
  /** What main noted, one after another; also once it is over. */
  notes: () => string[]
  /** Its exit code. */
  exited: Promise<number | null>
}

export interface OpenOptions {
  path?: string
  options?: Electron.BrowserWindowConstructorOptions
}

interface PerTest {
  /** An app of this test's own. */
  launch: (options?: { args?: string[], env?: Record<string, string>, userData?: string }) => Promise<Launched>
  /** Opens a window of the shared app, closed after the test. */
  open: (options?: OpenOptions) => Promise<Page>
}

interface PerWorker {
  /** For tests that do not end it. */
  app: ElectronApplication
}

export const test = base.extend<PerTest, PerWorker>({
  app: [async ({}, use) => {
    const { app, end } = await start()
    await use(app)
    await end()
  }, { scope: 'worker' }],

  open: async ({ app }, use) => {
    await use(async ({ path = '/', options = {} } = {}) => await openWindow(app, path, options))
    await app.evaluate(({ BrowserWindow }) => { for (const window of BrowserWindow.getAllWindows()) window.destroy() })
    await app.evaluate(({ session }) => {
      session.defaultSession.setPermissionRequestHandler(null)
      session.defaultSession.setPermissionCheckHandler(null)
    })
  },

  launch: async ({}, use) => {
    const started: Awaited<ReturnType<typeof start>>[] = []
    await use(async (options) => {
      const each = await start(options)
      started.push(each)
      return each
    })
    for (const { end } of started) await end()
  },
})

async function start({ args = [], env = {}, userData }: { args?: string[], env?: Record<string, string>, userData?: string } = {}): Promise<Launched & { end: () => Promise<void> }> {
  const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'electron-contract-')))
  const log = join(folder, 'log')
  const place = userData ?? join(folder, 'user')
  const app = await launchElectron({ app: appFolder, userData: place, args, env: { CONTRACT_LOG: log, ...env } })
  const exited = new Promise<number | null>((resolve) => app.process().once('exit', resolve))
  return {
    app, userData: place, exited,
    notes: () => existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [],
    end: async () => {
      await app.evaluate(({ app: ours }) => ours.exit()).catch(() => undefined)
      await exited
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** A hidden window on a page of the app. */
export async function openWindow(app: ElectronApplication, path: string, { webPreferences, ...options }: Electron.BrowserWindowConstructorOptions = {}): Promise<Page> {
  const id = await app.evaluate(async ({ BrowserWindow }, { path, options, webPreferences }) => {
    const window = new BrowserWindow({ show: false, ...options, webPreferences: { preload: contract.preload, ...webPreferences } })
    await window.loadURL(`contract://suite${path}`)
    return window.id
  }, { path, options, webPreferences: webPreferences as object })
  let page: Page | undefined
  await expect.poll(async () => {
    page = await findPage(app, id)
    return page !== undefined
  }).toBe(true)
  await page!.waitForURL((url) => url.pathname === path)
  return page!
}

async function findPage(app: ElectronApplication, id: number): Promise<Page | undefined> {
  for (const page of app.windows()) {
    const window = await app.browserWindow(page)
    if (await window.evaluate((each: Electron.BrowserWindow | null) => each?.id) === id) return page
  }
  return undefined
}
