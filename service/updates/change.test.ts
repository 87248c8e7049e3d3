import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { day } from '../../release/day.ts'
import { startFeed, type TestFeed } from '../../release/testing/feed.ts'
import { filesOf, newKey, statementOf, testNowMs } from '../../release/testing/release.ts'
import { boot, makeInstall, newVersion, oldVersion, packVersion, removeInstall, runningVersion, type TestInstall } from '../testing/update-install.ts'
import type { UpdateMainOptions } from '../testing/update-main.ts'
import { layoutOf, linkedVersion } from './layout.ts'

const key = newKey()
/** As one file, so that each of many runs begins soon. */
let program: string
let feed: TestFeed
let install: TestInstall

beforeAll(async () => {
  program = join(mkdtempSync(join(tmpdir(), 'depin-update-')), 'update-main.mjs')
  buildSync({
    entryPoints: [join(import.meta.dirname, '../testing/update-main.ts')], outfile: program, bundle: true, platform: 'node', format: 'esm',
    banner: { js: 'import { createRequire } from "node:module"\nconst require = createRequire(import.meta.url)' },
  })
  feed = await startFeed()
  const content = packVersion(newVersion)
  for (const [name, body] of Object.entries(filesOf(statementOf(content, { version: newVersion }), content, key))) feed.put(name, body)
})
afterAll(() => {
  rmSync(dirname(program), { recursive: true, force: true })
  feed.close()
})
beforeEach(() => {
  install = makeInstall()
  boot(install)
})
afterEach(() => removeInstall(install))

function update(options: Partial<UpdateMainOptions> = {}): Promise<{ said: string, killed: boolean }> {
  const all: UpdateMainOptions = { install, feed: feed.url, key: key.base64, killAt: null, ill: null, nowMs: testNowMs, ...options }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, JSON.stringify(all)], (_error, stdout) => resolve({ said: stdout, killed: child.signalCode === 'SIGKILL' }))
  })
}

const snapshots = (): string[] => existsSync(join(install.dataDir, 'snapshots')) ? readdirSync(join(install.dataDir, 'snapshots')).filter((name) => name.includes('taken-back')) : []

describe('an update', () => {
  it('ends with the new version running and the one before kept', async () => {
    expect(JSON.parse((await update()).said)).toMatchObject({ installed: newVersion, state: { kind: 'idle' } })
    expect([runningVersion(install), linkedVersion(layoutOf(install.root))]).toEqual([newVersion, newVersion])
    expect(readdirSync(join(install.root, 'versions')).toSorted()).toEqual([oldVersion, newVersion])
    expect(readdirSync(join(install.root, 'update')).toSorted()).toEqual(['update.lock', 'updates.json'])
  })

  it.each(['looked', 'downloading', 'downloaded', 'unpacked', 'announced', 'linked', 'restarted'] as const)('killed when it has %s: one of both versions runs, and the next try ends it', async (killAt) => {
    expect((await update({ killAt })).killed).toBe(true)
    // the power comes back
    expect([oldVersion, newVersion]).toContain(boot(install))
    expect(JSON.parse((await update()).said)).toMatchObject({ installed: newVersion, state: { kind: 'idle' } })
    expect(runningVersion(install)).toBe(newVersion)
    expect(existsSync(join(install.root, 'update/journal.json'))).toBe(false)
  })
})

describe('what is kept of updates and damaged', () => {
  const work = (name: string): string => join(install.root, 'update', name)
  beforeEach(() => mkdirSync(join(install.root, 'update'), { recursive: true }))

  it('stops an update where what counts is lost, until its owner begins anew', async () => {
    writeFileSync(work('updates.json'), '{')
    expect(JSON.parse((await update()).said)).toEqual({ error: 'memory-damaged' })
    expect(JSON.parse((await update({ checkOnly: true })).said)).toEqual({ error: 'memory-damaged' })
    expect(runningVersion(install)).toBe(oldVersion)
    expect(JSON.parse((await update({ again: true })).said)).toMatchObject({ installed: newVersion })
    expect(readFileSync(work('updates.json.damaged'), 'utf8')).toBe('{')
  })

  it('does not stop one where nothing is lost by it', async () => {
    writeFileSync(work('journal.json'), '{"kind":"forw')
    writeFileSync(work('updates.json'), JSON.stringify({ seen: {}, refused: [] }))
    expect(JSON.parse((await update()).said)).toMatchObject({ installed: newVersion })
  })

  it('does not keep a service from starting, and puts no database back that it knows', () => {
    writeFileSync(join(install.dataDir, 'put-back.json'), '')
    expect(boot(install)).toBe(oldVersion)
    expect([existsSync(join(install.dataDir, 'put-back.json')), snapshots()]).toEqual([false, []])
  })
})

describe('a version that does not become healthy', () => {
  it.each(['linked', 'restarted'] as const)('is taken back also when the power went at %s, and nothing runs when it is looked at', async (killAt) => {
    expect((await update({ killAt })).killed).toBe(true)
    boot(install)
    expect(JSON.parse((await update({ ill: newVersion })).said)).toEqual({ error: 'unhealthy' })
    expect([runningVersion(install), linkedVersion(layoutOf(install.root))]).toEqual([oldVersion, oldVersion])
  })

  it('is taken back, with the database from before, and not tried again', async () => {
    expect(JSON.parse((await update({ ill: newVersion })).said)).toEqual({ error: 'unhealthy' })
    expect([runningVersion(install), linkedVersion(layoutOf(install.root)), snapshots()]).toEqual([oldVersion, oldVersion, [expect.stringContaining('taken-back')]])
    expect(JSON.parse((await update()).said)).toEqual({ error: 'unhealthy' })
    expect(runningVersion(install)).toBe(oldVersion)
    // whoever only looks is told so as well
    expect(JSON.parse((await update({ checkOnly: true })).said)).toMatchObject({ installed: oldVersion, state: {
      kind: 'failed', version: newVersion, reason: 'unhealthy', message: `${newVersion} was tried here on ${day(testNowMs)} and did not become healthy; waiting for a newer one.`,
    } })
  })

  it.each(['going-back', 'put-back-asked', 'linked-back', 'restarted-back'] as const)('and the way back is cut off at %s: one of both versions runs, and the next try ends it', async (killAt) => {
    expect((await update({ ill: newVersion, killAt })).killed).toBe(true)
    expect([oldVersion, newVersion]).toContain(boot(install))
    expect(JSON.parse((await update({ ill: newVersion })).said)).toEqual({ error: 'unhealthy' })
    expect([runningVersion(install), boot(install)]).toEqual([oldVersion, oldVersion])
    expect(existsSync(join(install.root, 'update/journal.json'))).toBe(false)
  })
})
