import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { DepinError, ErrorReport } from '../../../contract/errors.ts'
import { writeFileDurably } from '../../identity/index.ts'

export const journalName = 'engine-setup.json'

const Names = z.array(z.string().max(300)).max(100_000)

/**
 * What was done to this machine, step by step. It names steps and what they added, never a command: those come from the
 * recipe, so that nobody who changes this file changes what is run as an administrator.
 *
 *     waiting ──► begun ──► done ──► undone          begun ──► failed ──► begun
 *        └──was so before──► already                  done ──cannot be taken back──► kept
 */
export const StepEntry = z.strictObject({
  id: z.string().max(60),
  state: z.enum(['waiting', 'begun', 'done', 'already', 'failed', 'undone', 'kept']),
  atMs: z.int(),
  /** What the step's inventory held before it was first begun. */
  before: Names.nullable(),
  /** What is there now and was not then. */
  added: Names.nullable(),
  note: z.string().max(2000).nullable(),
})
export type StepEntry = z.infer<typeof StepEntry>

export const SetupEntry = z.strictObject({
  planId: z.string().max(100),
  recipe: z.string().max(60),
  engineName: z.string().max(60),
  startedAtMs: z.int(),
  /** `running` with a runner that is gone is an interrupted one. */
  state: z.enum(['running', 'done', 'failed', 'cancelled', 'restart-needed', 'undoing', 'undone']),
  runner: z.strictObject({ pid: z.int(), bootId: z.string().max(100) }),
  problem: ErrorReport.nullable(),
  steps: z.array(StepEntry).max(40),
})
export type SetupEntry = z.infer<typeof SetupEntry>

const JournalFile = z.strictObject({ format: z.literal('depin-engine-setup/1'), setups: z.array(SetupEntry).max(50) })

export interface Journal {
  /** The oldest first. */
  setups(): SetupEntry[]
  /** Adds the entry, or takes the place of the one that was begun at the same time. Durable when it returns. */
  save(entry: SetupEntry): void
}

/** In the data directory, which it makes when it is not there yet. */
export function openJournal(dataDir: string): Journal {
  const path = join(dataDir, journalName)

  function read(): SetupEntry[] {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw unreadable(path, cause)
    }
    try {
      return JournalFile.parse(JSON.parse(text)).setups
    } catch (cause) {
      throw unreadable(path, cause)
    }
  }

  return {
    setups: read,
    save: (entry) => {
      const others = read().filter(({ startedAtMs }) => startedAtMs !== entry.startedAtMs)
      mkdirSync(dataDir, { recursive: true, mode: 0o700 })
      const setups = [...others, entry].toSorted((a, b) => a.startedAtMs - b.startedAtMs).slice(-50)
      writeFileDurably(path, `${JSON.stringify({ format: 'depin-engine-setup/1', setups }, null, 1)}\n`)
    },
  }
}

function unreadable(path: string, cause: unknown): DepinError {
  return new DepinError('E_SETUP', `The record of what was installed, ${path}, cannot be read.`, {
    next: 'Put it back from a backup; or move it away, and what was installed before can no longer be taken back from here.', cause,
  })
}
