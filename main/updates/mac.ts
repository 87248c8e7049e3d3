/**
 * macOS: Squirrel puts a version in place, and keeps none. The bundle that runs is cloned before, which on its file system takes neither
 * time nor room, and two renames bring it back.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Installer } from './types.ts'

export interface MacDeps {
  /** The app that runs, `…/Depin Desktop.app`. */
  bundle: string
  /** Where the one before is kept: on the same disk as a rule. */
  before: string
  clone: (from: string, to: string) => void
  /** electron-updater's own: it quits in order, installs and starts the app again. */
  install: () => void
  /** Quits in order, and starts the app again. */
  relaunch: () => void
}

export function createMacInstaller({ bundle, before, clone, install, relaunch }: MacDeps): Installer {
  const [half, aside] = [`${before}.tmp`, `${before}.not-well`]
  return {
    prepare: () => Promise.resolve(),
    install() {
      for (const path of [before, half]) rmSync(path, { recursive: true, force: true })
      mkdirSync(dirname(before), { recursive: true })
      try {
        clone(bundle, half)
        renameSync(half, before)
      } catch {
        // an update without a way back is one all the same
        rmSync(half, { recursive: true, force: true })
      }
      install()
    },
    goBack() {
      if (!existsSync(before)) return false
      rmSync(aside, { recursive: true, force: true })
      try {
        renameSync(bundle, aside)
      } catch {
        return false
      }
      try {
        renameSync(before, bundle)
      } catch {
        renameSync(aside, bundle)
        return false
      }
      relaunch()
      return true
    },
    settle() {
      for (const path of [before, half, aside]) rmSync(path, { recursive: true, force: true })
    },
  }
}
