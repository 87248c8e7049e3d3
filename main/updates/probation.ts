/**
 * The first minutes of a version. One that does not start, whose service does not come to run, or that ends again and again, gives
 * way to the one before, and leaves word for its service to put the database back (`service/updates/put-back.ts`).
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type PutBack, putBackFileName } from '../../contract/nouns/serve.ts'
import { Version } from '../../contract/nouns/updates.ts'
import { readJson, type UpdateMemory, writeJsonDurably } from '../../release/index.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { UpdateCopy } from './copy.ts'
import type { Installer } from './types.ts'

const Journal = z.object({ from: z.string(), to: Version, starts: z.int() })

/** So many starts, and so long, ms, does a new version have. */
const maxStarts = 3
export const probationMs = 120_000

export interface ProbationDeps {
  /** Of this copy of the app. */
  path: string
  installed: string
  dataDir: string
  installer: Pick<Installer, 'goBack' | 'settle'>
  memory: UpdateMemory
  clock: Clock
  log: Log
  /** The service runs. */
  isWell: () => boolean
}

/** Before a version is put in place: from its first start on it is watched. */
export function announce(path: string, from: string, to: string): void {
  writeJsonDurably(path, { from, to, starts: 0 } satisfies z.infer<typeof Journal>)
}

export interface Probation {
  /** This version has given way, and the app ends. */
  isOver: boolean
  /** It cannot start at all: it gives way at once. False: it is not on probation, or there is nothing to go back to. */
  fail: () => boolean
  /** The app quits: its minutes go on at the next start, and this one is not counted when it was well. */
  quit: () => void
}

const none: Probation = { isOver: false, fail: () => false, quit: () => undefined }

/** Of this copy. */
export function beginFirstMinutes(copy: UpdateCopy | null, deps: Pick<ProbationDeps, 'dataDir' | 'clock' | 'log' | 'isWell'>): Probation {
  return copy === null ? none : beginProbation({ ...deps, ...copy, path: copy.journal, installer: copy.installer(() => undefined) })
}

/** At each start, before anything of the version can fail. */
export function beginProbation(deps: ProbationDeps): Probation {
  const { path, installed, clock } = deps
  const journal = readJournal(path)
  if (journal === null) return none
  // it was never put in place, or has been taken back
  if (journal.to !== installed) {
    rmSync(path, { force: true })
    return none
  }
  if (journal.starts >= maxStarts) return { ...none, isOver: giveWay(deps) }
  writeJsonDurably(path, { ...journal, starts: journal.starts + 1 })
  let isSettled = false
  const cancel = clock.after(probationMs, () => {
    isSettled = true
    if (deps.isWell()) settle(deps)
    else giveWay(deps)
  })
  return {
    isOver: false,
    fail() {
      if (isSettled) return false
      isSettled = true
      cancel()
      return giveWay(deps)
    },
    quit() {
      if (isSettled) return
      isSettled = true
      // its service stops now, which is no sign of illness
      cancel()
      // an update that made it quit has left its own word there
      if (deps.isWell() && readJournal(path)?.to === installed) writeJsonDurably(path, journal)
    },
  }
}

function settle({ path, installer, installed, log }: ProbationDeps): void {
  rmSync(path, { force: true })
  installer.settle()
  log('the new version is well', { version: installed })
}

function giveWay({ path, dataDir, installed, installer, memory, log }: ProbationDeps): boolean {
  memory.refuse(installed)
  writeJsonDurably(join(dataDir, putBackFileName), { version: installed } satisfies PutBack)
  const isBack = installer.goBack()
  log('the new version is not well', { version: installed, isBack })
  // without a version before, this one goes on as well as it can
  if (!isBack) {
    rmSync(join(dataDir, putBackFileName), { force: true })
    rmSync(path, { force: true })
  }
  return isBack
}

function readJournal(path: string): z.infer<typeof Journal> | null {
  try {
    return readJson(path, Journal)
  } catch {
    return null
  }
}
