import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installStamp, sourceStamp } from './stamp.mjs'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'depin-stamp-'))
  for (const path of ['package.json', 'service/entry.ts', 'service/market/index.ts', 'renderer/main.tsx']) write(path)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text = 'x'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  utimesSync(join(root, path), 1000, 1000)
}

describe('the stamp of what is built', () => {
  it.each<[string, () => void]>([
    ['a source is added', () => write('service/market/price.ts')],
    ['a source is removed', () => rmSync(join(root, 'service/market/index.ts'))],
    ['a source has another size', () => write('renderer/main.tsx', 'xx')],
    ['a source is written to', () => utimesSync(join(root, 'service/entry.ts'), 1000, 1001)],
    ['the lockfile changes', () => write('package-lock.json')],
  ])('changes when %s', (_, change) => {
    const before = sourceStamp(root)
    change()
    expect(sourceStamp(root)).not.toBe(before)
  })

  it.each(['service/market/index.test.ts', 'renderer/page.test.tsx', 'service/market/README.md', 'service/testing/clock.ts', 'docs/x.ts', 'dist/cli/depin.mjs'])('stays when %s is added', (path) => {
    const before = sourceStamp(root)
    write(path)
    expect(sourceStamp(root)).toBe(before)
  })
})

describe('the stamp of what is installed', () => {
  it('is for one lockfile on one kind of machine', () => {
    const stamps = [installStamp('a', 'linux', 'x64'), installStamp('b', 'linux', 'x64'), installStamp('a', 'linux', 'arm64'), installStamp('a', 'darwin', 'x64')]
    expect(new Set(stamps).size).toBe(stamps.length)
    expect(installStamp('a', 'linux', 'x64')).toBe(stamps[0])
  })
})
