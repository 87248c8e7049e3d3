import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { root } from '../setup/root.mjs'
import { formatDuration, type Tally, tallyVitest } from '../suites/tally.ts'
import { runTool, type tools, withColours } from '../suites/tool.ts'

/** One thing that `npm run check` looks at. */
export interface Step {
  /** `types`, `lint`, `layers` or `unit`: what it counts as. */
  kind: StepKind
  name: string
  tool: keyof typeof tools
  args: readonly string[]
  /** Where Vitest writes what it counted. */
  report?: string
}

export const stepKinds = ['types', 'lint', 'layers', 'unit'] as const
export type StepKind = (typeof stepKinds)[number]

const layered = ['contract', 'release', 'service', 'cli', 'renderer', 'main', 'preload', 'e2e', 'bench', 'scripts']

/** The longest first, so that the last to end is a short one. */
export function listSteps(): Step[] {
  const report = join(root, '.cache/reports/unit.json')
  return [
    { kind: 'unit', name: 'unit', tool: 'vitest', args: ['run', '--project', 'unit', '--allowOnly=false', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], report },
    ...listWorlds().map((world): Step => ({ kind: 'types', name: world === '.' ? 'types' : `types ${world}`, tool: 'tsc', args: ['-p', world] })),
    { kind: 'lint', name: 'lint', tool: 'oxlint', args: ['.'] },
    { kind: 'layers', name: 'layers', tool: 'depcruise', args: [...layered, '--config', '.dependency-cruiser.cjs'] },
  ]
}

/** The checkout, and each folder that compiles on its own, with only its own `lib` and `types`. */
function listWorlds(): string[] {
  const folders = readdirSync(root).filter((name) => existsSync(join(root, name, 'tsconfig.json')))
  return ['.', ...folders]
}

interface StepsOptions {
  /** How many at a time. */
  limit: number
  signal: AbortSignal
  env: NodeJS.ProcessEnv
}

/** Two at least: a step waits for the disk now and then. */
export const stepLimit = Math.max(2, availableParallelism())

/** Runs the steps, `limit` at a time, says how each went, and shows all that a failed one printed. */
export async function runSteps(steps: readonly Step[], { limit, signal, env }: StepsOptions): Promise<Tally[]> {
  mkdirSync(join(root, '.cache/reports'), { recursive: true })
  const waiting = [...steps]
  const counted: { kind: StepKind, tally: Tally }[] = []
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) counted.push({ kind: step.kind, tally: await runStep(step, signal, env) })
  }
  await Promise.all(Array.from({ length: Math.min(limit, steps.length) }, work))
  return stepKinds
    .map((kind) => addUp(kind, counted.filter((each) => each.kind === kind).map(({ tally }) => tally)))
    .filter(({ passed, failed, skipped }) => passed + failed + skipped > 0)
}

async function runStep({ name, tool, args, report }: Step, signal: AbortSignal, env: NodeJS.ProcessEnv): Promise<Tally> {
  if (report !== undefined) rmSync(report, { force: true })
  const { status, output, durationMs } = await runTool(tool, args, { signal, env: withColours(env), show: 'captured' })
  if (status !== 0) console.log(`\n${output.trimEnd()}\n`)
  console.log(`${status === 0 ? '✓' : '✗'} ${name} (${formatDuration(durationMs)})`)
  if (report !== undefined) return tallyVitest(name, report, status)
  return { suite: name, passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
}

function addUp(suite: string, tallies: readonly Tally[]): Tally {
  const sum = (key: 'passed' | 'failed' | 'skipped') => tallies.reduce((total, tally) => total + tally[key], 0)
  return { suite, passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}
