import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import type { Benchmark, Breakdown, Figure, Findings, Target } from './types.ts'

export interface Report {
  startedAt: string
  machine: { os: string, arch: string, cpu: string, cores: number, memoryMiB: number, loadBefore: number, node: string }
  benchmarks: BenchmarkReport[]
}

export type BenchmarkReport = Pick<Benchmark, 'name' | 'about'> & { tookMs: number } & (
  | { state: 'measured' } & Findings
  /** It could not be measured here, and why. */
  | { state: 'not measured', why: string }
)

export function describeMachine(): Report['machine'] {
  return {
    os: `${platform()} ${release()}`, arch: arch(), cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 1024 ** 2), loadBefore: loadavg()[0] ?? 0, node: process.version,
  }
}

/** For people. */
export function asTable(report: BenchmarkReport): string {
  const title = `\n${report.name}: ${report.about}`
  if (report.state === 'not measured') return `${title}\n  not measured: ${report.why}`
  const rows = [['', 'measured', 'baseline', 'ratio', 'target', ''], ...report.figures.map(rowOf)]
  return [title, ...align(rows), ...report.breakdowns.map(asSum)].join('\n')
}

function rowOf({ name, unit, value, baseline, ratio, target, isMet }: Figure): string[] {
  return [
    name, `${round(value)} ${unit}`, `${round(baseline.value)} ${baseline.name}`, round(ratio),
    target === null ? '' : targetText(target, unit), isMet === null ? '' : isMet ? 'met' : 'NOT MET',
  ]
}

function targetText({ of, atMost, atLeast }: Target, unit: string): string {
  return `${atMost === undefined ? '≥' : '≤'} ${round(atMost ?? atLeast ?? 0)}${of === 'ratio' ? ' ×' : ` ${unit}`}`
}

function asSum({ name, unit, parts }: Breakdown): string {
  const total = parts.reduce((sum, part) => sum + part.value, 0)
  return `  ${name}: ${parts.map((part) => `${part.name} ${round(part.value)}`).join(' + ')} = ${round(total)} ${unit}`
}

function align(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}

/** Three digits tell all that such measurements know. */
function round(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}
