import { readFileSync } from 'node:fs'

/** What one suite came to. */
export interface Tally {
  suite: string
  passed: number
  failed: number
  skipped: number
}

/** The parts of Vitest's and Playwright's JSON reports that are counted. */
interface VitestReport {
  success: boolean
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
}
interface PlaywrightReport {
  stats: { expected: number, unexpected: number, flaky: number, skipped: number }
}

/**
 * A report that says less than the exit status is not believed: a file that cannot be loaded, an unhandled rejection or a
 * runner that crashed before it wrote a report count as one failure.
 */
export function tallyVitest(suite: string, reportPath: string, status: number | null): Tally {
  const report = readReport(reportPath) as VitestReport | undefined
  if (report === undefined) return { suite, passed: 0, failed: 1, skipped: 0 }
  const tally = { suite, passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests }
  return atLeastAsBadAs(tally, status !== 0 || !report.success)
}

/** A test that passed only when repeated has failed. */
export function tallyPlaywright(suite: string, reportPath: string, status: number | null): Tally {
  const report = readReport(reportPath) as PlaywrightReport | undefined
  if (report === undefined) return { suite, passed: 0, failed: 1, skipped: 0 }
  const { expected, unexpected, flaky, skipped } = report.stats
  return atLeastAsBadAs({ suite, passed: expected, failed: unexpected + flaky, skipped }, status !== 0)
}

function atLeastAsBadAs(tally: Tally, wentWrong: boolean): Tally {
  return wentWrong && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/** The last line of `npm test`. */
export function totalsLine(tallies: readonly Tally[], durationMs: number): string {
  const sum = (key: 'passed' | 'failed' | 'skipped') => tallies.reduce((total, tally) => total + tally[key], 0)
  const suites = tallies.map(({ suite, passed, failed }) => failed === 0 ? `${suite} ${passed}` : `${suite} ${passed} of ${passed + failed}`)
  return `Tests: ${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped (${suites.join(', ')}) in ${formatDuration(durationMs)}`
}

export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
