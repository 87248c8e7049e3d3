import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMemory } from '../../release/index.ts'
import { startFeed, type TestFeed } from '../../release/testing/feed.ts'
import { dayMs, filesOf, newKey, statementOf, testNowMs } from '../../release/testing/release.ts'
import { createSystemClock } from '../base/index.ts'
import { FakeClock } from '../testing/clock.ts'
import { until } from '../testing/wait.ts'
import { download } from './download.ts'
import { feedDeadlineMs } from './feed.ts'
import { lookForUpdate } from './look.ts'

const content = randomBytes(300_000)
const statement = statementOf(content)
let feed: TestFeed
let folder = ''
const path = (): string => join(folder, 'package.tar.gz')
beforeEach(async () => {
  feed = await startFeed()
  folder = mkdtempSync(join(tmpdir(), 'depin-download-'))
})
afterEach(() => {
  feed.close()
  rmSync(folder, { recursive: true })
})

const bring = (patch: Partial<Parameters<typeof download>[0]> = {}) => download({ feed: feed.url, statement, path: path(), clock: createSystemClock(), onProgress: () => undefined, ...patch })
const isWhole = () => readFileSync(path()).equals(content) && readdirSync(folder).length === 1

describe('a package', () => {
  it('comes, is the one that was signed, and is not fetched twice', async () => {
    feed.put(statement.file, content)
    const done: number[] = []
    await bring({ onProgress: (bytes) => done.push(bytes) })
    expect([isWhole(), done.at(-1), done.toSorted((a, b) => a - b)]).toEqual([true, content.length, done])
    await bring()
    expect(feed.requests).toHaveLength(1)
  })

  it.each([[true, 'from where it was cut off', 200_000], [false, 'from the beginning, where the server knows no ranges', 400_000]])('goes on %s: %s', async (knowsRanges, _, mostBytes) => {
    feed.put(statement.file, content, { cutAfter: 120_000 })
    await expect(bring()).rejects.toMatchObject({ code: 'E_UPDATE', details: { reason: 'truncated' } })
    const came = statSync(`${path()}.part`).size
    expect(came).toBeGreaterThan(0)
    feed.put(statement.file, content)
    feed.knowsRanges = knowsRanges
    feed.sentBytes = 0
    await bring()
    expect([isWhole(), feed.requests.at(-1)?.range]).toEqual([true, `bytes=${came}-`])
    expect(feed.sentBytes).toBeLessThanOrEqual(Math.max(mostBytes, content.length - came))
  })

  it.each<[string, string, () => void]>([
    ['corrupt', 'corrupt', () => feed.put(statement.file, Buffer.concat([content.subarray(1), Buffer.alloc(1)]))],
    ['too short at the source', 'truncated', () => feed.put(statement.file, content.subarray(0, -1))],
    ['not there', 'unreachable', () => undefined],
  ])('that is %s is refused: %s', async (_, reason, serve) => {
    serve()
    await expect(bring()).rejects.toMatchObject({ code: 'E_UPDATE', details: { reason } })
    expect(readdirSync(folder).filter((name) => !name.endsWith('.part'))).toEqual([])
  })

  it('that never ends is left after the bytes that were signed for', async () => {
    feed.put(statement.file, Buffer.alloc(64 * 1024), { endless: true })
    await expect(bring()).rejects.toMatchObject({ details: { reason: 'too-long' } })
    // what was in one read beyond it may have come, and is not kept
    expect(statSync(`${path()}.part`).size).toBeLessThanOrEqual(content.length)
  })

  it('that stops coming is left after the deadline, and goes on at the next try', async () => {
    feed.put(statement.file, content, { stallAfter: 100_000 })
    const clock = new FakeClock()
    let came = 0
    const stalled = bring({ clock, onProgress: (bytes) => { came = bytes } })
    stalled.catch(() => undefined)
    await until('some of it has come', () => came === 100_000)
    clock.advance(feedDeadlineMs)
    await expect(stalled).rejects.toMatchObject({ details: { reason: 'stalled' } })
    feed.put(statement.file, content)
    await bring()
    expect([isWhole(), feed.requests.at(-1)?.range]).toEqual([true, 'bytes=100000-'])
  })

  it('of which wrong bytes were left by an earlier try is not believed, and comes anew at the next', async () => {
    writeFileSync(`${path()}.part`, Buffer.alloc(1000))
    feed.put(statement.file, content)
    await expect(bring()).rejects.toMatchObject({ details: { reason: 'corrupt' } })
    await bring()
    expect(isWhole()).toBe(true)
  })
})

describe('a feed', () => {
  const key = newKey()
  const look = (patch: Partial<Parameters<typeof lookForUpdate>[0]> = {}) => lookForUpdate({
    feed: feed.url, keys: [key.known], memory: loadMemory(join(folder, 'updates.json')), clock: new FakeClock(testNowMs), installed: '1.0.0', platform: 'linux-x64', ...patch,
  }, 'latest')
  const offer = (patch: Parameters<typeof statementOf>[1] = {}) => {
    for (const [name, body] of Object.entries(filesOf(statementOf(content, patch), content, key))) feed.put(name, body)
  }

  it('offers what is newer', async () => {
    offer()
    expect(await look()).toMatchObject({ kind: 'newer', statement, staged: false, refused: false })
    expect(await look({ installed: '1.1.0' })).toEqual({ kind: 'none' })
    expect(await look({ installed: '1.2.0-beta.1' })).toEqual({ kind: 'none' })
  })

  it('that goes back is noticed after a restart too', async () => {
    offer()
    await look()
    offer({ version: '1.0.5' })
    await expect(look()).rejects.toMatchObject({ details: { reason: 'rolled-back' } })
  })

  it('that stands still is noticed, though it offers what is installed', async () => {
    offer({ version: '1.0.0' })
    expect(await look()).toEqual({ kind: 'none' })
    await expect(look({ clock: new FakeClock(testNowMs + 31 * dayMs) })).rejects.toMatchObject({ details: { reason: 'expired' } })
  })

  it.each<[string, string, () => void]>([
    ['without a manifest', 'not-signed', () => undefined],
    ['whose manifest never ends', 'not-signed', () => feed.put('latest-linux-x64-tarball.release.json', Buffer.alloc(65_536, 0x20), { endless: true })],
    ['with another platform’s manifest in the place of ours', 'wrong-platform', () => feed.put('latest-linux-x64-tarball.release.json', filesOf(statementOf(content, { platform: 'linux-arm64' }), content, key)['latest-linux-arm64-tarball.release.json'] ?? '')],
    ['by another key', 'wrong-key', () => { for (const [name, body] of Object.entries(filesOf(statement, content, newKey()))) feed.put(name, body) }],
    ['that does not answer', 'unreachable', () => feed.close()],
  ])('%s: %s', async (_, reason, serve) => {
    serve()
    await expect(look()).rejects.toMatchObject({ code: 'E_UPDATE', details: { reason } })
  })

  it('gives a staged version to some first', async () => {
    offer({ rolloutPercent: 0 })
    expect(await look()).toMatchObject({ kind: 'newer', staged: true })
  })
})
