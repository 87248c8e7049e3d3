/** What would be done on a machine. Pure: facts and what engines were found, in; a plan, out. */
import type { FoundEngine, SetupPlan, SystemPrompt } from '../../../contract/nouns/engine-setup.ts'
import { formatSizeMiB } from '../../../contract/units.ts'
import { isForDockersGroup } from '../../engine/index.ts'
import type { MachineFacts } from '../machine/facts.ts'
import { type Block, consentObstacle, declaredAccess, engineBlock, recipeBlock, recipeObstacle, stillWorks, systemBlock } from './blocks.ts'
import { fillSteps, neededSteps, planIdOf, type Step, viewOf } from './fill.ts'
import { linuxRecipes } from './linux.ts'
import { macRecipes } from './macos.ts'
import { matches } from './match.ts'
import { mendRecipes } from './mend.ts'
import type { Mending, MendRecipe, Recipe } from './types.ts'
import { windowsRecipes } from './windows.ts'

export const recipes: readonly Recipe[] = [...linuxRecipes, ...macRecipes, ...windowsRecipes]

export interface PlanInput {
  facts: MachineFacts
  found: readonly FoundEngine[]
  folders: { downloads: string }
  /** A setup that was begun and is not finished: it is gone on with. */
  begun: { recipe: string, done: readonly string[] } | null
}

/** What is to be run, when anything is. */
export interface Decision {
  plan: SetupPlan
  steps: readonly Step[]
  recipe: Recipe | null
}

export const consentSentence = 'Next, your system will ask for permission. It’s needed once, to install the engine.'
export const itselfSentence = 'Next, your system will ask for permission. It’s needed to install the engine, and may be asked more than once.'
const mendConsentSentences: Readonly<Record<Mending, string>> = {
  start: 'Next, your system will ask for permission. It’s needed once, to start the engine.',
  restart: 'Next, your system will ask for permission. It’s needed once, to restart the engine.',
  allow: 'Next, your system will ask for permission. It’s needed once, to let your account use the engine.',
}

export function decide(input: PlanInput): Decision {
  const { facts, found, begun } = input
  const machine = facts.summary
  const running = found.find(({ state }) => state === 'running')
  if (running !== undefined) return { plan: { kind: 'ready', machine, engine: running }, steps: [], recipe: null }
  if (begun === null) {
    const mend = mendDecision(input)
    if (mend !== null) return mend
    const unusable = engineBlock(found)
    if (unusable !== null) return blocked(facts, unusable)
  }
  const broken = systemBlock(facts)
  if (broken !== null) return blocked(facts, broken)
  const recipe = recipeFor(facts, begun?.recipe ?? null)
  if (recipe === null) return blocked(facts, recipeBlock(facts))
  const steps = fillSteps(neededSteps(recipe.steps, facts), facts, input.folders)
  const obstacle = recipeObstacle(facts, recipe, steps)
  if (obstacle !== null) return blocked(facts, obstacle)
  return { plan: installPlan(facts, recipe, steps, begun?.done ?? []), steps, recipe }
}

function recipeFor(facts: MachineFacts, begun: string | null): Recipe | null {
  const isOurs = !facts.traits.includes('declared') && !facts.traits.includes('image-based')
  if (!isOurs) return null
  return recipes.find(({ id }) => id === begun) ?? recipes.find(({ when }) => matches(facts, when)) ?? null
}

function installPlan(facts: MachineFacts, recipe: Recipe, steps: readonly Step[], done: readonly string[]): Extract<SetupPlan, { kind: 'install' }> {
  const { engineName, source, terms, diskMiB } = recipe
  const downloadMiB = steps.filter(({ id }) => !done.includes(id)).reduce((sum, step) => sum + (step.downloadMiB ?? 0), 0)
  const prompt = promptOf(facts, steps)
  return {
    kind: 'install', machine: facts.summary, planId: planIdOf(recipe.id, steps), recipe: recipe.id, engineName, source, terms,
    steps: steps.map(viewOf), downloadMiB, diskMiB, done: [...done], prompt,
    sentences: [
      `This installs ${engineName} from ${source}: about ${formatSizeMiB(downloadMiB)} to download, ${formatSizeMiB(diskMiB)} on the disk.`,
      ...done.length === 0 ? [] : ['It goes on where it was interrupted.'],
      ...terms === null ? [] : [`Installing it accepts the ${terms.name}: ${terms.url}`],
      ...promptSentences(prompt, consentSentence),
    ],
  }
}

const mendings: Partial<Record<FoundEngine['state'], Mending>> = { stopped: 'start', hung: 'restart', forbidden: 'allow' }

/** The first of the engines that are there and only need something that we can do. */
function mendDecision({ facts, found, folders }: PlanInput): Decision | null {
  for (const engine of found) {
    const kind = mendings[engine.state]
    const recipe = kind === undefined ? null : mendRecipeFor(facts, kind, engine)
    if (kind === undefined || recipe === null) continue
    if (kind === 'allow' && facts.traits.includes('declared')) return blocked(facts, declaredAccess(facts, engine))
    const steps = fillSteps(neededSteps(recipe.steps, facts), facts, folders)
    const obstacle = consentObstacle(facts, steps, kind)
    if (obstacle !== null) return blocked(facts, { ...obstacle, message: `${kind === 'allow' ? `${engine.name} is here, and the account ${facts.user} may not use it.` : engine.message} ${obstacle.message}` })
    const prompt = promptOf(facts, steps)
    return {
      plan: {
        kind, machine: facts.summary, planId: planIdOf(`${kind}-${engine.product}`, steps), engine, steps: steps.map(viewOf), prompt,
        sentences: [mendSentence(kind, engine, facts), ...promptSentences(prompt, mendConsentSentences[kind])],
      },
      steps, recipe: null,
    }
  }
  return null
}

/** What is so and what comes of it, before anything is done. */
function mendSentence(kind: Mending, { name }: FoundEngine, { user }: MachineFacts): string {
  switch (kind) {
    case 'start': return `This starts ${name}, which is installed and does not run.`
    case 'restart': return `This restarts ${name}, which runs and does not answer. What runs in it stops; guest apps are started again once it answers.`
    case 'allow': return `This adds the account ${user} to the group docker. Whoever is in it can do anything on this computer, and so can every program that ${user} starts.`
  }
}

export function mendRecipeFor(facts: MachineFacts, kind: Mending, { product, place = null }: Pick<FoundEngine, 'product'> & Partial<Pick<FoundEngine, 'place'>>): MendRecipe | null {
  if (kind === 'allow' && !isForDockersGroup(place ?? '', facts.platform)) return null
  return mendRecipes[kind].find((recipe) => recipe.product === product && matches(facts, recipe.when)) ?? null
}

function promptOf(facts: MachineFacts, steps: readonly Step[]): SystemPrompt {
  if (steps.some(({ admin }) => admin === 'asks-itself')) return 'itself'
  return facts.consent !== 'root' && steps.some(({ admin }) => admin === 'asks') ? 'once' : 'none'
}

/** Told before the prompt opens, and only where one does. */
function promptSentences(prompt: SystemPrompt, once: string): string[] {
  return prompt === 'none' ? [] : [prompt === 'itself' ? itselfSentence : once]
}

function blocked(facts: MachineFacts, block: Block): Decision {
  return { plan: { kind: 'blocked', machine: facts.summary, ...block, stillWorks: [...stillWorks] }, steps: [], recipe: null }
}
