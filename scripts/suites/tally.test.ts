import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatDuration, tallyPlaywright, tallyVitest, totalsLine } from './tally.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'depin-tally-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function report(content: unknown): string {
  const path = join(folder, 'report.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

describe('a Vitest report', () => {
  const counts = { success: true, numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1 }

  it('is counted', () => {
    expect(tallyVitest('unit', report(counts), 0)).toEqual({ suite: 'unit', passed: 5, failed: 0, skipped: 2 })
  })

  it.each([
    ['no test failed and the run did', counts, 1],
    ['a file could not be loaded', { ...counts, success: false }, 0],
    ['it is missing', undefined, 0],
    ['it is cut off', '{"success":', 1],
  ])('counts a failure when %s', (_, content, status) => {
    const path = content === undefined ? join(folder, 'none.json') : report(content)
    expect(tallyVitest('unit', path, status).failed).toBe(1)
  })
})

describe('a Playwright report', () => {
  it('counts a test that passed only when repeated as failed', () => {
    const path = report({ stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 0 } })
    expect(tallyPlaywright('browser', path, 1)).toEqual({ suite: 'browser', passed: 3, failed: 2, skipped: 0 })
  })

  it('counts a failure when nothing failed and the run did', () => {
    expect(tallyPlaywright('browser', report({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 } }), 1).failed).toBe(1)
  })
})

describe('the line of totals', () => {
  it('names every suite', () => {
    const tallies = [
      { suite: 'types', passed: 7, failed: 0, skipped: 0 },
      { suite: 'unit', passed: 380, failed: 2, skipped: 1 },
      { suite: 'e2e', passed: 6, failed: 0, skipped: 0 },
    ]
    expect(totalsLine(tallies, 372_000)).toBe('Tests: 393 passed, 2 failed, 1 skipped (types 7, unit 380 of 382, e2e 6) in 6 min 12 s')
  })

  it.each([[400, '0 s'], [59_400, '59 s'], [59_600, '1 min 0 s'], [3_599_000, '59 min 59 s']])('says %i ms as %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words)
  })
})
