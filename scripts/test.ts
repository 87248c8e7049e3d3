/** `npm test`: readies the machine, runs the suites one after another, and ends with one line of totals. */
import { join } from 'node:path'
import { findEngine } from './engine/find.ts'
import { removeAbandonedEngine, startOwnEngine } from './engine/own-engine.ts'
import { withLock } from './setup/lock.mjs'
import { root } from './setup/root.mjs'
import { describeFailure } from './setup/setup.mjs'
import { isolate } from './suites/isolation.ts'
import { asOneCommand, findMissing, follow, type Need, recipeFor, thisSystem } from './suites/packages.ts'
import { type Suite, suites } from './suites/suites.ts'
import { type Tally, totalsLine } from './suites/tally.ts'

const startedMs = performance.now()
const aborted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => aborted.abort(new Error(`Ended by ${signal}.`)))

/** The tests cannot be run here; the message says what would help. */
class CannotTest extends Error {}

async function main(): Promise<void> {
  const wanted = chooseSuites(process.argv.slice(2))
  const isolation = isolate()
  const tallies: Tally[] = []
  let engine: { address: string, remove(): Promise<void> } | undefined
  try {
    engine = await readyMachine([...new Set(wanted.flatMap(({ needs }) => needs))])
    const env = { ...isolation.env, ...(engine === undefined ? {} : { DOCKER_HOST: engine.address }) }
    for (const suite of wanted) {
      const isBroken = tallies.some((tally) => tally.suite === suite.after && tally.failed > 0)
      tallies.push(...isBroken ? [{ suite: suite.name, passed: 0, failed: 1, skipped: 0 }] : await suite.run({ env, signal: aborted.signal }))
    }
  } finally {
    await engine?.remove()
    isolation.remove()
  }
  aborted.signal.throwIfAborted()
  console.log(`\n${totalsLine(tallies, performance.now() - startedMs)}`)
  if (tallies.some(({ failed }) => failed > 0)) process.exitCode = 1
}

function chooseSuites(names: readonly string[]): readonly Suite[] {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) throw new CannotTest(`There is no suite called ${unknown.join(', ')}: choose from ${suites.map(({ name }) => name).join(', ')}.`)
  const chosen = suites.filter(({ name, onDemand }) => names.length === 0 ? onDemand !== true : names.includes(name))
  return suites.filter((suite) => chosen.includes(suite) || chosen.some(({ after }) => after === suite.name))
}

/** Installs what is missing, where that is ours to do, and sees to it that an engine answers. */
async function readyMachine(needs: readonly Need[]): Promise<{ address: string, remove(): Promise<void> } | undefined> {
  await removeAbandonedEngine()
  const found = needs.includes('engine') ? await findEngine() : undefined
  const missing = findMissing(needs, found !== undefined)
  if (missing.length > 0) await install(missing)
  if (!needs.includes('engine')) return undefined

  // Installing one may have started it.
  const address = found ?? await findEngine()
  if (address !== undefined) return { address, remove: () => Promise.resolve() }
  const { platform, isRoot } = thisSystem()
  if (platform !== 'linux') throw new CannotTest('No container engine answers. Start Docker Desktop, Colima or OrbStack, then run “npm test” again.')
  if (!isRoot) throw new CannotTest('No container engine answers this user. Start one (“sudo systemctl start docker”) and join its group (“sudo usermod -aG docker $USER”), or run “npm test” as root.')
  console.log('No container engine answers: starting one for these tests alone.')
  try {
    return await startOwnEngine(aborted.signal)
  } catch (cause) {
    throw new CannotTest(`${cause instanceof Error ? cause.message : String(cause)}\nStart an engine yourself, then run “npm test” again; or leave out the suites that need one: npm test check network build`, { cause })
  }
}

async function install(missing: readonly Need[]): Promise<void> {
  const recipe = recipeFor(missing, thisSystem())
  const what = `The tests need what this machine lacks (${missing.join(', ')}).`
  if (recipe === undefined) throw new CannotTest(`${what} Install it, then run “npm test” again.`)
  if (!recipe.ours) throw new CannotTest(`${what} This installs it:\n\n  ${asOneCommand(recipe)}\n\nThen run “npm test” again.`)
  console.log(`${what} Installing it.`)
  if (!await follow(recipe, aborted.signal) || findMissing(missing, false).length > 0) {
    throw new CannotTest(`Installing that failed; what it said is above. Once this works, run “npm test” again:\n\n  ${asOneCommand(recipe)}`)
  }
}

try {
  await withLock(join(root, '.cache/test.lock'), main, (pid) => console.log(`Waiting for the tests that run as process ${pid}.`))
} catch (error) {
  console.error(error instanceof CannotTest || error === aborted.signal.reason ? (error as Error).message : describeFailure(error))
  process.exitCode = aborted.signal.aborted ? 130 : 1
}
