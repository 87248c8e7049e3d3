/** `npm run bench -- [NAME]... [--json FILE]`: measures, and compares with what was promised. Being slow is no failure. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { withLock } from '../scripts/setup/lock.mjs'
import { root } from '../scripts/setup/root.mjs'
import { describeFailure, setUp } from '../scripts/setup/setup.mjs'
import { Missing, readyMachine } from './harness/machine.ts'
import { asTable, type BenchmarkReport, describeMachine, type Report } from './harness/report.ts'
import type { Benchmark } from './harness/types.ts'
import { blob } from './blob.ts'
import { desktop } from './desktop.ts'
import { manyLeases } from './leases.ts'
import { order } from './order.ts'
import { ownerFirst } from './owner-first.ts'
import { service } from './service.ts'
import { testnet } from './testnet.ts'
import { tunnel } from './tunnel.ts'
import { update } from './update.ts'

const benchmarks: readonly Benchmark[] = [order, tunnel, service, testnet, ownerFirst, blob, manyLeases, desktop, update]

const aborted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => aborted.abort(new Error(`Ended by ${signal}.`)))
const { values: { json: jsonFile }, positionals: names } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })

async function main(): Promise<void> {
  const report: Report = { startedAt: new Date().toISOString(), machine: describeMachine(), benchmarks: [] }
  await setUp({ build: true })
  for (const benchmark of chosen()) {
    const measured = await measure(benchmark)
    report.benchmarks.push(measured)
    if (process.stdout.isTTY || jsonFile !== undefined) console.log(asTable(measured))
  }
  const text = JSON.stringify(report, null, 2)
  if (jsonFile !== undefined) writeFileSync(jsonFile, `${text}\n`)
  else if (!process.stdout.isTTY) console.log(text)
}

function chosen(): readonly Benchmark[] {
  const unknown = names.filter((name) => !benchmarks.some((each) => each.name === name))
  if (unknown.length > 0) throw new Missing(`There is no benchmark called ${unknown.join(', ')}: choose from ${benchmarks.map(({ name }) => name).join(', ')}.`)
  return benchmarks.filter(({ name }) => names.length === 0 || names.includes(name))
}

async function measure({ name, about, needs, run }: Benchmark): Promise<BenchmarkReport> {
  const startedMs = performance.now()
  const tookMs = (): number => Math.round(performance.now() - startedMs)
  const say = (line: string): void => void process.stderr.write(`${name}: ${line}\n`)
  try {
    await readyMachine(needs, aborted.signal)
    const findings = await run({ say, signal: aborted.signal })
    return { name, about, tookMs: tookMs(), state: 'measured', ...findings }
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    return { name, about, tookMs: tookMs(), state: 'not measured', why: error.message }
  }
}

try {
  // two at a time would measure each other
  await withLock(`${root}/.cache/bench.lock`, main, (pid) => void process.stderr.write(`Waiting for the benchmarks that run as process ${pid}.\n`))
} catch (error) {
  process.stderr.write(error instanceof Missing || error === aborted.signal.reason ? `${(error as Error).message}\n` : describeFailure(error))
  process.exitCode = aborted.signal.aborted ? 130 : 1
}
