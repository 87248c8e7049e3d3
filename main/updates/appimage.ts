/**
 * An AppImage is one file, so it changes in one rename: at any moment the old one or the new one is there, whole. electron-updater
 * removes the old one first and moves the new one over from another disk perhaps; killed in between, it leaves nothing.
 */
import { constants, existsSync, renameSync, rmSync } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { assertIsPackage, problemOf, syncFolder, updateProblem } from '../../release/index.ts'
import { keepFile } from './keep.ts'
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
    async prepare(path, statement, signal) {
      try {
        // one that was cut off, or a link that somebody else put there
        rmSync(next, { force: true })
        await copyFile(path, next, constants.COPYFILE_EXCL)
        await makeReady(next)
        onStep?.('copied')
        // what is put in place is looked at, not what it was made of
        await assertIsPackage(next, statement, signal)
      } catch (cause) {
        rmSync(next, { force: true })
        throw problemOf(cause) === null ? problemFrom(appImage, cause) : cause
      }
    },
    install() {
      try {
        keepFile(appImage, before)
        onStep?.('kept')
        renameSync(next, appImage)
        syncFolder(dirname(appImage))
        onStep?.('replaced')
      } catch (cause) {
        rmSync(next, { force: true })
        throw problemFrom(appImage, cause)
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

/** It can be started, and is there when the power goes. */
async function makeReady(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.chmod(0o755)
    await file.sync()
  } finally {
    await file.close()
  }
}

function problemFrom(appImage: string, cause: unknown): Error {
  return (cause as NodeJS.ErrnoException).code === 'ENOSPC'
    ? updateProblem('disk-full', `There is no room beside ${appImage}.`, { cause })
    : updateProblem('install-failed', `${appImage} cannot be replaced.`, { cause })
}
