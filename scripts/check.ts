/** `npm run check`: types, lint, layers and unit tests, beside one another. Arguments choose some of them. */
import { listSteps, runSteps, stepKinds, stepLimit } from './checks/steps.ts'
import { totalsLine } from './suites/tally.ts'

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !stepKinds.some((kind) => kind === name))
if (unknown.length > 0) {
  console.error(`There is no check called ${unknown.join(', ')}: choose from ${stepKinds.join(', ')}.`)
  process.exit(2)
}

const aborted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => aborted.abort())

const startedMs = performance.now()
const steps = listSteps().filter(({ kind }) => wanted.length === 0 || wanted.includes(kind))
const tallies = await runSteps(steps, { limit: stepLimit, signal: aborted.signal, env: process.env })
console.log(totalsLine(tallies, performance.now() - startedMs).replace('Tests', 'Checks'))
if (tallies.some(({ failed }) => failed > 0)) process.exitCode = 1
