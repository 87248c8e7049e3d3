import { findEngine } from '../../scripts/engine/find.ts'
import { asOneCommand, findMissing, follow, type Need, recipeFor, thisSystem } from '../../scripts/suites/packages.ts'

/** Something that the machine, or the command, lacks; the message says what would help. */
export class Missing extends Error {}

/** Installs what is missing where that is ours to do. An engine is only looked for: one of our own would be another engine. */
export async function readyMachine(needs: readonly Need[], signal: AbortSignal): Promise<void> {
  if (needs.includes('engine')) {
    const address = await findEngine()
    if (address === undefined) throw new Missing('No container engine answers. Start one, then run this again.')
    process.env['DOCKER_HOST'] = address
  }
  const missing = findMissing(needs, true)
  if (missing.length === 0) return
  const recipe = recipeFor(missing, thisSystem())
  const what = `This machine lacks ${missing.join(', ')}.`
  if (recipe === undefined) throw new Missing(what)
  if (!recipe.ours) throw new Missing(`${what} This installs it: ${asOneCommand(recipe)}`)
  if (!await follow(recipe, signal) || findMissing(missing, true).length > 0) throw new Missing(`${what} Installing it failed: ${asOneCommand(recipe)}`)
}
