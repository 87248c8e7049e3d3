/**
 * The first minutes of a version. It stays once its page has run and its service has been well for a while without a break. One that does not start, that
 * is not well in time, or that ends again and again, gives way to the one before, and leaves word for its service to put the
 * database back (`service/updates/put-back.ts`).
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type PutBack, putBackFileName } from '../../contract/nouns/serve.ts'
import { type Remembered, writeJsonDurably } from '../../release/index.ts'
import { type Clock, every } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { UpdateCopy } from './copy.ts'
import { clearJournal, readJournal, writeJournal } from './journal.ts'
import type { Installer } from './types.ts'

/** So many starts does a new version have, and so long, ms, to become well. */
const maxStarts = 3
/** A way back that has led nowhere so often is none. */
const maxBacks = 2
export const wellByMs = 120_000
/** One that is well for so long without a break stays, ms: as long as a service takes to count as steady. */
export const settleMs = 60_000
/** Looked at this often, ms. Time is counted in looks: that which the computer sleeps is held against nobody. */
const lookEveryMs = 1_000

export interface ProbationDeps {
  /** Of this copy of the app. */
  path: string
  installed: string
  dataDir: string
  installer: Pick<Installer, 'goBack' | 'settle'>
  remembered: Pick<Remembered, 'memory'>
  clock: Clock
  log: Log
  /** Of the service that runs and answers; null: none does, or the page does not work. */
  wellPid: () => number | null
}

export interface Probation {
  /** This version has given way, and the app ends. */
  isOver: boolean
  /** This start is a part of an update: whether the window was hidden when that began. Null: it is none. */
  isHidden: boolean | null
  /** It cannot start at all: it gives way at once. False: it is not on probation, or there is nothing to go back to. */
  fail: () => boolean
  /** The app quits: its minutes go on at the next start, and this one is not counted when it was well. */
  quit: () => void
}

const none: Probation = { isOver: false, isHidden: null, fail: () => false, quit: () => undefined }

/** Of this copy. */
export function beginFirstMinutes(copy: UpdateCopy | null, deps: Pick<ProbationDeps, 'dataDir' | 'clock' | 'log' | 'wellPid'>): Probation {
  return copy === null ? none : beginProbation({ ...deps, ...copy, path: copy.journal, installer: copy.installer(() => undefined) })
}

/** At each start, before anything of the version can fail. */
export function beginProbation(deps: ProbationDeps): Probation {
  const { path, installed } = deps
  const journal = readJournal(path)
  if (journal === null) return none
  // it was taken back, or could not be put in place, which is not forgotten
  if (journal.to !== installed) {
    clearJournal(path, installed)
    return { ...none, isHidden: journal.starts > 0 ? journal.isHidden : null }
  }
  if (journal.starts >= maxStarts) return { ...none, isOver: giveWay(deps) }
  writeJournal(path, { ...journal, starts: journal.starts + 1 })
  let isSettled = false
  const cancel = watch(deps, (isWell) => {
    isSettled = true
    if (isWell) settle(deps)
    else giveWay(deps)
  })
  return {
    isOver: false,
    isHidden: journal.starts === 0 ? journal.isHidden : null,
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
      if (deps.wellPid() !== null && readJournal(path)?.to === installed) writeJournal(path, journal)
    },
  }
}

/** Calls `decided` once. Returns its end. */
function watch({ clock, wellPid }: ProbationDeps, decided: (isWell: boolean) => void): () => void {
  let watchedMs = 0
  let wellMs = 0
  let lastPid: number | null = null
  const stop = every(clock, lookEveryMs, () => {
    const pid = wellPid()
    watchedMs += lookEveryMs
    // one that ended in between and came again is another
    wellMs = pid !== null && pid === lastPid ? wellMs + lookEveryMs : 0
    lastPid = pid
    const isWell = wellMs >= settleMs
    // one that became well just in time may go on until it has settled, or breaks
    if (!isWell && (watchedMs < wellByMs || wellMs > 0)) return
    stop()
    decided(isWell)
  })
  return stop
}

function settle({ path, installer, installed, log }: ProbationDeps): void {
  clearJournal(path, installed)
  installer.settle()
  log('the new version is well', { version: installed })
}

function giveWay(deps: ProbationDeps): boolean {
  const { path, dataDir, installed, remembered, log } = deps
  // where that is damaged nothing is installed by itself
  remembered.memory()?.refuse(installed, deps.clock.nowMs())
  writeJsonDurably(join(dataDir, putBackFileName), { version: installed } satisfies PutBack)
  const isBack = goBack(deps)
  log('the new version is not well', { version: installed, isBack })
  // without a version before, this one goes on as well as it can
  if (!isBack) {
    rmSync(join(dataDir, putBackFileName), { force: true })
    clearJournal(path, installed)
  }
  return isBack
}

/** Another program may have to do it, which does not say whether it did: this start would be one more then. */
function goBack({ path, installed, installer }: ProbationDeps): boolean {
  const journal = readJournal(path)
  if (journal?.to === installed) {
    if (journal.backs >= maxBacks) return false
    writeJournal(path, { ...journal, backs: journal.backs + 1 })
  }
  return installer.goBack()
}
