import { type BaseDeps } from '../base/index.ts'
import { searchPath, surveyEngines } from '../engine/index.ts'
import type { SetupRun } from '../../contract/nouns/engine-setup.ts'
import { lookAtMachine } from './machine/look.ts'
import type { SetupEntry } from './run/journal.ts'
import { createSystemRunner } from './run/runner.ts'
import { EngineSetupPart } from './setup.ts'
import type { EngineSetup } from './types.ts'

export type * from './types.ts'

export interface EngineSetupOptions extends BaseDeps {
  dataDir: string
  /** Somebody sits at this process's terminal and can be asked for a password there. */
  hasTerminal: boolean
  /** Something was installed, started or taken back: look for the engine again. */
  onEnd: (run: SetupRun) => void
}

/** Gets this machine an engine. Needs none, and no network until a recipe is followed. */
export function createEngineSetup(options: EngineSetupOptions): EngineSetup {
  const env = { ...process.env, PATH: searchPath() }
  return new EngineSetupPart({
    ...options,
    look: (signal) => lookAtMachine(options, options.hasTerminal, signal),
    survey: (signal) => surveyEngines(options, signal),
    createRunner: (consent) => createSystemRunner({ clock: options.clock, consent, env }),
    isAlive: (runner) => isAlive(runner, options.clock.bootId),
    pid: process.pid,
  })
}

function isAlive({ pid, bootId }: SetupEntry['runner'], nowBootId: string): boolean {
  if (bootId !== nowBootId) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
