import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { listSteps, runSteps, stepLimit } from '../checks/steps.ts'
import { root } from '../setup/root.mjs'
import { describeFailure, setUp } from '../setup/setup.mjs'
import type { Need } from './packages.ts'
import { formatDuration, type Tally, tallyPlaywright, tallyVitest } from './tally.ts'
import { runTool, withColours } from './tool.ts'

/** One part of `npm test`, in the order they run: the quickest to tell bad news first. */
export interface Suite {
  name: string
  /** What it needs of the machine. */
  needs: readonly Need[]
  /** Without which it is not worth a try. */
  after?: 'build'
  /** Runs only when it is asked for by name: it takes minutes. */
  onDemand?: true
  run(context: SuiteContext): Promise<Tally[]>
}

export interface SuiteContext {
  env: NodeJS.ProcessEnv
  signal: AbortSignal
}

/** No suite takes this long; one that hangs is ended, and fails. */
const deadlineMs = 15 * 60_000
const reports = join(root, '.cache/reports')

export const suites: readonly Suite[] = [
  { name: 'check', needs: [], run: ({ env, signal }) => runSteps(listSteps(), { limit: stepLimit, signal, env }) },
  { name: 'network', needs: [], run: vitest('network') },
  { name: 'engine', needs: ['engine', 'busybox'], run: vitest('engine') },
  { name: 'electron', needs: ['chromium'], run: playwright('electron') },
  { name: 'build', needs: [], run: build },
  { name: 'e2e', needs: ['engine', 'busybox'], after: 'build', run: vitest('e2e') },
  { name: 'slow', needs: ['engine', 'busybox'], after: 'build', onDemand: true, run: vitest('slow') },
  { name: 'desktop', needs: ['engine', 'busybox', 'chromium'], after: 'build', run: playwright('desktop') },
  { name: 'browser', needs: ['engine', 'busybox', 'chromium'], after: 'build', run: playwright('dashboard', 'browser') },
]

async function build(): Promise<Tally[]> {
  try {
    await setUp({ build: true })
    return [{ suite: 'build', passed: 1, failed: 0, skipped: 0 }]
  } catch (error) {
    console.log(describeFailure(error))
    return [{ suite: 'build', passed: 0, failed: 1, skipped: 0 }]
  }
}

function vitest(project: string): Suite['run'] {
  return async ({ env, signal }) => {
    const report = freshReport(project)
    const args = ['run', '--project', project, '--allowOnly=false', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const { status } = await timed(project, signal, async (limited) => await runTool('vitest', args, { signal: limited, env: withColours(env), show: 'live' }))
    return [tallyVitest(project, report, status)]
  }
}

function playwright(project: string, name = project): Suite['run'] {
  return async ({ env, signal }) => {
    const report = freshReport(name)
    const args = ['test', '--project', project, '--forbid-only']
    const { status } = await timed(name, signal, async (limited) => await runTool('playwright', args, { signal: limited, env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report }, show: 'live' }))
    return [tallyPlaywright(name, report, status)]
  }
}

function freshReport(name: string): string {
  mkdirSync(reports, { recursive: true })
  const path = join(reports, `${name}.json`)
  rmSync(path, { force: true })
  return path
}

async function timed<T>(name: string, signal: AbortSignal, work: (limited: AbortSignal) => Promise<T>): Promise<T> {
  console.log(`\n── ${name}`)
  const deadline = AbortSignal.timeout(deadlineMs)
  const result = await work(AbortSignal.any([signal, deadline]))
  if (deadline.aborted) console.log(`${name} did not end within ${formatDuration(deadlineMs)}, and was ended.`)
  return result
}
