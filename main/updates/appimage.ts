/**
 * An AppImage is one file, so it changes in one rename: at any moment the old one or the new one is there, whole. electron-updater
 * removes the old one first and moves the new one over from another disk perhaps; killed in between, it leaves nothing.
 */
import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder, updateProblem } from '../../release/index.ts'
import type { Installer } from './types.ts'

export interface AppImageDeps {
  /** The file that was started: `$APPIMAGE`. */
  appImage: string
  /** Quits in order, and starts this file. */
  relaunch: (path: string) => void
  onStep?: (step: 'copied' | 'kept' | 'replaced') => void
}

export function createAppImageInstaller({ appImage, relaunch, onStep }: AppImageDeps): Installer {
  const next = `${appImage}.next`
  const before = `${appImage}.before`
  return {
    install(path) {
      try {
        copyFileSync(path, next)
        chmodSync(next, 0o755)
        makeDurable(next)
        onStep?.('copied')
        keep(appImage, before)
        onStep?.('kept')
        renameSync(next, appImage)
        syncFolder(dirname(appImage))
        onStep?.('replaced')
      } catch (cause) {
        rmSync(next, { force: true })
        throw updateProblem('install-failed', `${appImage} cannot be replaced.`, { cause })
      }
      relaunch(appImage)
    },
    goBack() {
      if (!existsSync(before)) return false
      renameSync(before, appImage)
      syncFolder(dirname(appImage))
      relaunch(appImage)
      return true
    },
    settle: () => rmSync(before, { force: true }),
  }
}

/** Under a second name; where a disk knows none, as a copy. */
function keep(path: string, as: string): void {
  rmSync(as, { force: true })
  try {
    linkSync(path, as)
  } catch {
    copyFileSync(path, as)
    makeDurable(as)
  }
}

function makeDurable(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
