import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test as base } from '@playwright/test'
import { busOf } from '../harness/bus.ts'
import { definedOnly, electronEnv, electronProgram, launchElectron } from '../harness/electron.ts'
import { DesktopApp } from './models/app.ts'
import type { Place } from './models/place.ts'

export { expect }

const root = join(import.meta.dirname, '../..')

export interface StartOptions {
  args?: string[]
  /** Whether the desktop shows tray icons. */
  tray?: boolean
  env?: Record<string, string>
}

interface PerTest {
  /** Folders of this test's own: the data directory, the app's own files, a home. */
  place: Place
  /** Starts the app; ended after the test. Several times: on the same places, one after another. */
  start: (options?: StartOptions) => Promise<DesktopApp>
  /** Starts the program once more beside a running one; resolves with its exit code. */
  startAgain: (...args: string[]) => Promise<number | null>
  /** A command on the app's data directory; gives what it says with `--json`. */
  depin: <T>(...args: string[]) => Promise<T>
}

export const test = base.extend<PerTest>({
  place: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'depin-desktop-'))
    await use({
      folder, dataDir: join(folder, 'data'), userData: join(folder, 'user'), config: join(folder, 'config'),
      env: { HOME: folder, XDG_CONFIG_HOME: join(folder, 'config'), DEPIN_STATE_DIR: join(folder, 'state'), XDG_SESSION_TYPE: 'wayland' },
    })
    rmSync(folder, { recursive: true, force: true })
  },

  start: async ({ place }, use, info) => {
    const apps: DesktopApp[] = []
    await use(async ({ args = [], tray = true, env = {} } = {}) => {
      const electron = await launchElectron({
        app: root, userData: place.userData, args: [...serveArgs(place, args), ...args, ...rootArgs],
        env: { ...place.env, PATH: `${busOf(place.folder, tray)}:${process.env['PATH'] ?? ''}`, ...env }, tracesDir: info.outputPath('trace'),
      })
      const app = new DesktopApp(electron, place)
      apps.push(app)
      return app
    })
    for (const app of apps) await app.end()
  },

  startAgain: async ({ place }, use) => {
    await use(async (...args) => {
      const child = spawn(electronProgram(), [root, `--user-data-dir=${place.userData}`, ...rootArgs, ...args], { env: { ...definedOnly(process.env), ...electronEnv, ...place.env }, stdio: 'ignore' })
      const [code] = await once(child, 'exit') as [number | null]
      return code
    })
  },

  depin: async ({ place }, use) => {
    await use(async <T>(...args: string[]) => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json', '--data-dir', place.dataDir], { env: { ...process.env, ...place.env } })
      return JSON.parse(stdout) as T
    })
  },
})

const program = join(root, 'dist/cli/depin.mjs')

const rootArgs = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** A service that meets nobody, and uses no engine unless the test names one. */
function serveArgs({ dataDir }: Place, given: readonly string[]): string[] {
  return ['--data-dir', dataDir, '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0', ...given.includes('--engine') ? [] : ['--engine', 'none']]
}
