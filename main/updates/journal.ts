/**
 * Word of the version that is put in place: written before, durable, and there until that version has settled. One that has never
 * started while another runs was not put in place: the word stays, so that it is not tried again and again.
 */
import { rmSync } from 'node:fs'
import * as z from 'zod'
import { TimestampMs } from '../../contract/ids.ts'
import { Version } from '../../contract/nouns/updates.ts'
import { isNewer, readJson, writeJsonDurably } from '../../release/index.ts'

export const Journal = z.object({
  from: z.string(), to: Version,
  /** Of the new version. */
  starts: z.int().min(0),
  /** Nobody had the window open: it is not opened by what comes after either. */
  isHidden: z.boolean().default(false),
  /** How often it was tried to go back from it. */
  backs: z.int().min(0).default(0),
  /** How often it was tried to put it in place, and when last. */
  tries: z.int().min(1).default(1), triedAtMs: TimestampMs.default(0),
})
export type Journal = z.infer<typeof Journal>

/** What could not be put in place. */
export interface VainTry {
  version: string
  tries: number
  atMs: number
}

/** Before a version is put in place: from its first start on it is watched. */
export function announce(path: string, { from, to, isHidden, nowMs }: { from: string, to: string, isHidden: boolean, nowMs: number }): void {
  const before = readVainTry(path, from)
  const tries = before?.version === to ? before.tries + 1 : 1
  writeJournal(path, { from, to, starts: 0, isHidden, backs: 0, tries, triedAtMs: nowMs })
}

/** Null: what was put in place last is there. */
export function readVainTry(path: string, installed: string): VainTry | null {
  const journal = readJournal(path)
  return journal !== null && isVain(journal, installed) ? { version: journal.to, tries: journal.tries, atMs: journal.triedAtMs } : null
}

export function isVain({ to, starts }: Journal, installed: string): boolean {
  return starts === 0 && isNewer({ version: to }, installed)
}

/** One that cannot be read is none: without it a version is not watched, and runs all the same. */
export function readJournal(path: string): Journal | null {
  try {
    return readJson(path, Journal)
  } catch {
    return null
  }
}

export function writeJournal(path: string, journal: Journal): void {
  writeJsonDurably(path, journal)
}

/** Nothing is on probation any more, but for what has taken its place there. */
export function clearJournal(path: string, installed: string): void {
  const journal = readJournal(path)
  if (journal === null || !isVain(journal, installed)) rmSync(path, { force: true })
}
