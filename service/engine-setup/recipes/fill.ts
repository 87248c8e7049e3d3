import { createHash } from 'node:crypto'
import type { SetupStepView } from '../../../contract/nouns/engine-setup.ts'
import type { MachineFacts } from '../machine/facts.ts'
import { matches } from './match.ts'
import type { StepRecipe } from './types.ts'

/** A step of this machine: nothing left to fill in but the names that it adds. */
export interface Step extends Omit<StepRecipe, 'run' | 'check' | 'undo' | 'inventory' | 'when'> {
  run: readonly string[] | null
  check: readonly string[] | 'engine'
  undo: readonly string[] | null
  inventory: readonly string[] | null
}

export const addedNames = '{added}'

/** The steps that this machine needs. */
export function neededSteps(steps: readonly StepRecipe[], facts: MachineFacts): StepRecipe[] {
  return steps.filter(({ when }) => matches(facts, when))
}

/** Steps with this machine's own words in their commands. */
export function fillSteps(steps: readonly StepRecipe[], facts: MachineFacts, folders: { downloads: string }): Step[] {
  const words: Readonly<Record<string, string>> = {
    user: facts.user,
    uid: String(facts.uid),
    arch: facts.arch,
    downloads: folders.downloads,
    vmCores: String(Math.max(1, Math.floor(facts.cores / 2))),
    vmMemoryGiB: String(Math.max(2, Math.floor(facts.memoryMiB / 2048))),
  }
  const fill = (command: readonly string[]): string[] => command.map((word) => word.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) => words[name] ?? whole))
  return steps.map(({ when: _, ...step }) => ({
    ...step,
    run: step.run === null ? null : fill(step.run),
    check: step.check === 'engine' ? step.check : fill(step.check),
    undo: step.undo === null ? null : fill(step.undo),
    inventory: step.inventory === undefined ? null : fill(step.inventory),
  }))
}

/** Names of packages as package managers have them: none can be taken for an option or a path. */
const packageName = /^[A-Za-z0-9][A-Za-z0-9+._:@~-]*$/

/** The command that takes a step back; null when there is nothing to take back. */
export function undoOf(step: Step, added: readonly string[] | null): readonly string[] | null {
  if (!step.undo?.includes(addedNames)) return step.undo
  const names = (added ?? []).filter((name) => packageName.test(name))
  return names.length === 0 ? null : step.undo.flatMap((word) => word === addedNames ? names : [word])
}

/** Names exactly these steps. */
export function planIdOf(recipe: string, steps: readonly Step[]): string {
  const text = JSON.stringify(steps.map(({ id, run, undo, admin }) => [id, run, undo, admin]))
  return `${recipe}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
}

export function viewOf(step: Step): SetupStepView {
  const { id, title, admin, run, undo, downloadMiB = 0 } = step
  return {
    id, title, admin, downloadMiB,
    command: run === null ? '' : `${asShell(run)}${step.detached === true ? ' &' : ''}`,
    undo: undo === null ? null : undo.map((word) => word === addedNames ? '<what it added>' : asShellWord(word)).join(' '),
  }
}

/** As it would be typed. */
export function asShell(command: readonly string[]): string {
  return command.map(asShellWord).join(' ')
}

function asShellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll('\'', '\'\\\'\'')}'`
}
