/**
 * Windows: the installer puts a version in place, and it is what puts the one before back. Each installer leaves a copy of itself in
 * electron-updater's folder, for the next differential download; before the next one takes its place there, it is kept.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { keepFile } from './keep.ts'
import type { Installer } from './types.ts'

export interface NsisDeps {
  /** The installer of the version that runs, where there is one. */
  installer: string
  /** Where it is kept. */
  before: string
  /** electron-updater's own: it quits in order, installs silently and starts the app again. */
  install: () => void
  /** Starts a program that outlives this one, and quits in order. */
  hand: (program: string, args: readonly string[]) => void
}

export function createNsisInstaller({ installer, before, install, hand }: NsisDeps): Installer {
  return {
    prepare: () => Promise.resolve(),
    install() {
      rmSync(before, { force: true })
      if (existsSync(installer)) {
        mkdirSync(dirname(before), { recursive: true })
        keepFile(installer, `${before}.tmp`)
        renameSync(`${before}.tmp`, before)
      }
      install()
    },
    goBack() {
      if (!existsSync(before)) return false
      hand(before, ['--updated', '/S', '--force-run'])
      return true
    },
    settle: () => rmSync(before, { force: true }),
  }
}
