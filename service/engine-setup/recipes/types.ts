import type { AdminNeed, EngineProduct } from '../../../contract/nouns/engine-setup.ts'
import type { MachineFacts } from '../machine/facts.ts'

/** Words of a command. `{user}` and the like are filled in from the machine; see `fill.ts`. */
export type Command = readonly [string, ...string[]]

/** Which machines something is for: all that is named must hold. */
export interface Condition {
  platform?: MachineFacts['platform']
  /** One of these distributions, or like one of them. */
  family?: readonly string[]
  notFamily?: readonly string[]
  /** A system that tells no version is the newest. */
  minVersion?: string
  isRoot?: boolean
  init?: MachineFacts['init']
  userSession?: boolean
  wsl?: 'ready' | 'off'
  program?: string
  withoutProgram?: string
  trait?: MachineFacts['traits'][number]
  /** One of the places that `machine/recorded.ts` asks for. */
  path?: string
}

export interface StepRecipe {
  id: string
  /** A sentence in the imperative. */
  title: string
  admin: AdminNeed
  /** Null: nothing is run, the check is waited for. */
  run: Command | null
  /** Runs on by itself, with its output in `engine.log` of the data directory. */
  detached?: true
  /** Succeeds when the step is done. `engine`: an engine answers. */
  check: Command | 'engine'
  /** It only prepares for a later step: the check tells whether it is still wanted, not whether it worked. */
  prepares?: true
  /** Lists what there is, a name a line. What `run` adds to the list is kept in the journal as `{added}`. */
  inventory?: Command
  /** Takes it back. `{added}` stands for the names that were added; without any, nothing is run. */
  undo: Command | null
  downloadMiB?: number
  deadlineMs: number
  /** It may only come true after a restart. */
  needsRestart?: true
  when?: Condition
}

export interface Recipe {
  id: string
  product: EngineProduct
  engineName: string
  /** Who makes and signs what is installed. */
  source: string
  terms: { name: string, url: string } | null
  when: Condition
  steps: readonly StepRecipe[]
  diskMiB: number
  memoryMiB: number
  /** What usually helps when a step fails. */
  advice: string
  /** What undoing leaves behind, and where; null: nothing. */
  leaves: string | null
}

/** What an engine that is there needs: to be started, to be started again, or to let this account in. */
export type Mending = 'start' | 'restart' | 'allow'

/** The first that fits is taken. */
export interface MendRecipe {
  product: EngineProduct
  when: Condition
  steps: readonly StepRecipe[]
}
