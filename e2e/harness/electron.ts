import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { _electron, type ElectronApplication } from '@playwright/test'

/** What `instrument.cjs` records in main. */
export interface Probe {
  trays: { tray: Electron.Tray, menu: Electron.Menu | null, menus: number, image: Electron.NativeImage | string | undefined, images: number, tooltip: string, title: string }[]
  notifications: Electron.Notification[]
  /** Addresses and paths that the app gave to the system. */
  opened: string[]
  /** Dialogs, by their options. */
  asked: object[]
  /** The button that dialogs are answered with. */
  answer: number
  /** What a file dialog is answered with; cancelled where there is none. */
  files?: string[]
}

export const instrument = join(import.meta.dirname, 'instrument.cjs')
export const standIn = join(import.meta.dirname, '../electron-double/bin')

/** `real`: Electron's own binary is installed (`npx install-electron`). `DEPIN_TEST_ELECTRON` chooses where both are there. */
export type Flavour = 'real' | 'double'
export const flavour: Flavour = chooseFlavour()

/** What the environment of a launch needs so that the stand-in takes Electron's place where its binary is missing. */
export const electronEnv: Record<string, string> = flavour === 'real' ? {} : { ELECTRON_OVERRIDE_DIST_PATH: standIn, ELECTRON_DOUBLE_NODE: process.execPath }

// Playwright looks at its own environment for which program to start.
Object.assign(process.env, electronEnv)

export interface LaunchOptions {
  /** The app: a folder with a package.json, or a main file. */
  app: string
  userData: string
  args?: readonly string[]
  env?: Record<string, string>
  tracesDir?: string
}

/** Starts an app with its main process instrumented, on Electron or on the stand-in. */
export async function launchElectron({ app, userData, args = [], env = {}, tracesDir }: LaunchOptions): Promise<ElectronApplication> {
  return await _electron.launch({
    args: ['-r', instrument, app, `--user-data-dir=${userData}`, ...args],
    env: { ...definedOnly(process.env), ...electronEnv, ...env },
    ...(tracesDir === undefined ? {} : { tracesDir }),
  })
}

/** The program itself, for a second instance or a start without Playwright. */
export function electronProgram(): string {
  if (flavour === 'double') return join(standIn, 'electron')
  return join(electronFolder(), 'dist', readFileSync(join(electronFolder(), 'path.txt'), 'utf8'))
}

export function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function chooseFlavour(): Flavour {
  const chosen = process.env['DEPIN_TEST_ELECTRON']
  if (chosen === 'real' || chosen === 'double') return chosen
  if (chosen !== undefined) throw new Error(`DEPIN_TEST_ELECTRON is “${chosen}”: it must be “real” or “double”.`)
  return existsSync(join(electronFolder(), 'path.txt')) ? 'real' : 'double'
}

function electronFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
}
