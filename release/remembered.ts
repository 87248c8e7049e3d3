/** What is remembered of updates, also when the file is damaged: that is said then, and everything else goes on. */
import { renameSync } from 'node:fs'
import { healMemory, loadMemory, type UpdateMemory } from './memory.ts'
import { updateProblem } from './problem.ts'

export interface Remembered {
  /** Null: it is damaged, and something that counts is lost. */
  memory(): UpdateMemory | null
  /** The owner wants it so. What was damaged is kept beside. */
  beginAnew(): void
}

export function loadRemembered(path: string, installed: string, log: (message: string, fields: { error: unknown }) => void): Remembered {
  let memory = load()

  function load(): UpdateMemory | null {
    try {
      return loadMemory(path)
    } catch (error) {
      log('what is remembered of updates is damaged', { error })
    }
    try {
      return healMemory(path, installed) ? loadMemory(path) : null
    } catch (error) {
      log('it cannot be mended', { error })
      return null
    }
  }

  return {
    memory: () => memory,
    beginAnew() {
      renameSync(path, `${path}.damaged`)
      memory = loadMemory(path)
    },
  }
}

/** E_UPDATE `memory-damaged`. */
export function requireMemory({ memory }: Pick<Remembered, 'memory'>): UpdateMemory {
  const known = memory()
  if (known === null) throw updateProblem('memory-damaged', 'What this computer remembers of newer versions is damaged.')
  return known
}
