/**
 * An AppImage is one file, so it changes in one rename: at any moment the old one or the new one is there, whole. electron-updater
 * removes the old one first and moves the new one over from another disk perhaps; killed in between, it leaves nothing.
 */
import { chmodSync, constants, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder, updateProblem } from '../../release/index.ts'
import { keepFile, makeDurable } from './keep.ts'
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
        // one that was cut off, or a link that somebody else put there
        rmSync(next, { force: true })
        copyFileSync(path, next, constants.COPYFILE_EXCL)
        chmodSync(next, 0o755)
        makeDurable(next)
        onStep?.('copied')
        keepFile(appImage, before)
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
