/** This copy of the app, as far as its updates go: where they come from, what is remembered of them, and how one is put in place. */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app } from 'electron'
import { loadRemembered, type PackageKind, readReleaseSource, type ReleaseKey, releaseKey, type Remembered } from '../../release/index.ts'
import { argumentsOfAgain } from '../arguments.ts'
import type { Log } from '../base/log.ts'
import { createAppImageInstaller } from './appimage.ts'
import { createMacInstaller } from './mac.ts'
import { createNsisInstaller } from './nsis.ts'
import { packageKindOf } from './platform.ts'
import type { Installer } from './types.ts'

export interface UpdateCopy {
  url: string
  keys: readonly ReleaseKey[]
  kind: PackageKind
  installed: string
  remembered: Remembered
  /** Word of what was put in place last: `journal.ts`. */
  journal: string
  /** @param quitAndInstall electron-updater's, which takes time to load: only installing needs it. */
  installer: (quitAndInstall: () => void) => Installer
}

/** Null: this copy is not updated by the app. @param dist the built folder. */
export function readCopy(dist: string, log: Log): UpdateCopy | null {
  const { feed, keys } = readReleaseSource(join(dist, 'release.json'))
  const kind = packageKindOf({ platform: process.platform, env: process.env, isPackaged: app.isPackaged, resources: process.resourcesPath })
  if (feed === null || keys.length === 0 || kind === null) return null
  const folder = app.getPath('userData')
  mkdirSync(folder, { recursive: true })
  const installed = app.getVersion()
  return {
    url: feed, keys: keys.map(releaseKey), kind, installed,
    remembered: loadRemembered(join(folder, 'updates.json'), installed, log), journal: join(folder, 'update.json'),
    installer: (quitAndInstall) => installerOf(kind, join(folder, 'before'), quitAndInstall),
  }
}

function installerOf(kind: PackageKind, before: string, install: () => void): Installer {
  const exe = app.getPath('exe')
  switch (kind) {
    case 'appimage': return createAppImageInstaller({ appImage: process.env['APPIMAGE'] ?? exe, relaunch })
    case 'mac': return createMacInstaller({
      bundle: join(exe, '../../..'), before: join(before, 'Depin Desktop.app'), install, relaunch: () => relaunch(exe),
      clone: (from, to) => execFileSync('/bin/cp', ['-c', '-R', '-p', from, to], { stdio: 'ignore' }),
    })
    default: return createNsisInstaller({ installer: join(updaterCache(), 'installer.exe'), before: join(before, 'installer.exe'), install, hand })
  }
}

function relaunch(execPath: string): void {
  app.relaunch({ execPath, args: argumentsOfAgain(process.argv.slice(1)) })
  app.quit()
}

function hand(program: string, args: readonly string[]): void {
  spawn(program, [...args], { detached: true, stdio: 'ignore' }).unref()
  app.quit()
}

/** electron-updater's folder: electron-builder names it in the package. */
function updaterCache(): string {
  const [, name = app.getName()] = /^updaterCacheDirName:\s*(.+?)\s*$/m.exec(readFileSync(join(process.resourcesPath, 'app-update.yml'), 'utf8')) ?? []
  return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), name)
}
