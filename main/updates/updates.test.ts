import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildBlockMap } from 'app-builder-lib/out/targets/blockmap/blockmap.js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dayMs, filesOf, newKey, statementOf, testNowMs } from '../../release/testing/release.ts'
import { settled } from '../testing/clock.ts'
import { plainAppImageUpdater } from '../testing/electron-updater.ts'
import { openUpdateBench, testContent as content, testFile as file, testKey as key, testWanted as wanted, type UpdateBench } from '../testing/updates.ts'
import { createFeed } from './feed.ts'
import { createFetcher, stallMs } from './fetcher.ts'

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000 })
let bench: UpdateBench
let folder: string
let feed: UpdateBench['feed']
let clock: UpdateBench['clock']
let offer: UpdateBench['offer']
let desktop: UpdateBench['desktop']
beforeEach(async () => {
  bench = await openUpdateBench()
  vi.stubEnv('APPIMAGE', bench.appImage)
  ;({ folder, feed, clock, offer, desktop } = bench)
})
afterEach(() => {
  vi.unstubAllEnvs()
  bench.close()
})

describe('a good update', () => {
  it('is found and fetched, and waits until nobody is here', async () => {
    offer()
    const { updater, installs, states } = desktop()
    await updater.think()
    expect(updater.state).toEqual({ kind: 'ready', version: '1.1.0', waitsFor: 'nobody-uses-it' })
    expect([...new Set(states)]).toEqual(['checking', 'available', 'downloading', 'ready'])
    expect(installs).toEqual([])
  })

  it('is announced and installed when they have gone, and is what was signed', async () => {
    offer()
    const { updater, installs, announced } = desktop({ lastInputMs: testNowMs - 3_600_000, isLookedAt: false })
    await updater.think()
    expect([updater.state.kind, announced, installs.length]).toEqual(['installing', ['1.1.0'], 1])
    expect(readFileSync(installs[0]!).equals(content)).toBe(true)
  })

  it('is installed at once when the owner asks', async () => {
    offer()
    const { updater, installs } = desktop({ isMetered: true })
    await updater.think()
    expect(updater.state.kind).toBe('available')
    updater.order({ kind: 'install' })
    await eventually(() => expect(installs).toHaveLength(1))
  })

  it('moves only the blocks that changed', async () => {
    const base = randomBytes(4_000_000)
    const changed = Buffer.concat([base.subarray(0, 1_000_000), randomBytes(40_000), base.subarray(1_030_000)])
    const [old, next] = [join(folder, 'app', 'Depin.AppImage'), join(folder, 'new.AppImage')]
    writeFileSync(old, base)
    writeFileSync(next, changed)
    await buildBlockMap(old, 'deflate')
    await buildBlockMap(next, 'deflate')
    const bytes = readFileSync(next)
    offer({}, bytes)
    const { updater, installs } = desktop({ lastInputMs: 0, isLookedAt: false })
    await updater.think()
    expect(readFileSync(installs[0]!).equals(bytes)).toBe(true)
    expect(feed.sentBytes).toBeLessThan(bytes.length / 10)
  })

  it('comes whole from a server that knows no ranges', async () => {
    feed.knowsRanges = false
    offer()
    const { updater } = desktop()
    await updater.think()
    expect(updater.state.kind).toBe('ready')
  })
})

it('an app that quits while its update is looked at once more is not replaced, nor started again', async () => {
  offer()
  const { updater, installs, announced } = desktop()
  const stop = updater.start()
  await eventually(() => expect(updater.state.kind).toBe('ready'))
  updater.order({ kind: 'install' })
  stop()
  await eventually(() => expect(updater.state.kind).toBe('failed'))
  expect([announced, installs]).toEqual([[], []])
})

it('electron-updater does nothing by itself, and nothing that is not signed for', () => {
  const updater = plainAppImageUpdater(folder, '1.0.0')
  createFetcher({ updater, url: feed.url, feed: { readEnd: () => Promise.resolve(null) }, clock, log: () => undefined })
  const { autoDownload, autoInstallOnAppQuit, allowDowngrade, disableWebInstaller, channel } = updater
  expect({ autoDownload, autoInstallOnAppQuit, allowDowngrade, disableWebInstaller, channel }).toEqual({ autoDownload: false, autoInstallOnAppQuit: false, allowDowngrade: false, disableWebInstaller: true, channel: null })
})

it('an electron-updater that throws at once, instead of failing, is a failure like another', async () => {
  offer()
  const throwing = Object.assign(plainAppImageUpdater(folder, '1.0.0'), { downloadUpdate: () => { throw new Error('at once') } })
  const source = createFeed({ feed: feed.url, fetch: (url, init) => fetch(url, init), clock })
  const { updater } = desktop({}, '1.0.0', undefined, { fetcher: createFetcher({ updater: throwing, url: feed.url, feed: source, clock, log: () => undefined }) })
  await updater.think()
  expect(updater.state).toMatchObject({ kind: 'failed', version: '1.1.0' })
})

describe('what is refused, and leaves the app as it is', () => {
  it.each<[string, string, () => void]>([
    ['corrupt', 'corrupt', () => { offer(); feed.put(file, Buffer.concat([content.subarray(1), Buffer.alloc(1)])) }],
    ['truncated at its source', 'corrupt', () => { offer(); feed.put(file, content.subarray(0, 200_000)) }],
    ['cut off', 'truncated', () => { offer(); feed.put(file, content, { cutAfter: 150_000 }) }],
    ['not there', 'unreachable', () => { offer(); feed.files.delete(file) }],
    ['signed by another', 'wrong-key', () => offer({}, content, newKey())],
    ['expired', 'expired', () => offer({ signedAtMs: testNowMs - 60 * dayMs, expiresAtMs: testNowMs - dayMs })],
    ['for another platform', 'wrong-platform', () => feed.put('latest-linux-x64-appimage.release.json', filesOf(statementOf(content, { ...wanted, platform: 'linux-arm64', file }), content, key)['latest-linux-arm64-appimage.release.json'] ?? '')],
    ['without a signature', 'not-signed', () => undefined],
  ])('%s: %s', async (_, reason, serve) => {
    serve()
    const { updater, installs } = desktop({ lastInputMs: 0, isLookedAt: false })
    await updater.think()
    expect(updater.state).toMatchObject({ kind: 'failed', reason })
    expect(installs).toEqual([])
    expect(readFileSync(join(folder, 'app', 'Depin.AppImage'), 'utf8')).toBe('the old one')
  })

  it('rolled back, also after a restart', async () => {
    offer({ version: '1.2.0' })
    await desktop().updater.think()
    offer({ version: '1.1.0' })
    const { updater } = desktop()
    await updater.think()
    expect(updater.state).toMatchObject({ kind: 'failed', reason: 'rolled-back' })
  })

  it('stalled: it is left, and the next try gets it', async () => {
    offer()
    feed.put(file, content, { stallAfter: 50_000 })
    const { updater } = desktop()
    const thinking = updater.think()
    await eventually(() => expect(feed.requests.filter(({ name, range }) => name === file && range === undefined)).toHaveLength(1))
    await clock.advance(stallMs)
    await thinking
    expect(updater.state).toMatchObject({ kind: 'failed', reason: 'stalled' })
    feed.put(file, content)
    updater.order({ kind: 'check' })
    await eventually(() => expect(updater.state.kind).toBe('ready'))
  })

  it('endless: it is left after the bytes that were signed for', async () => {
    offer()
    feed.put(file, Buffer.alloc(64 * 1024), { endless: true })
    const { updater } = desktop()
    await updater.think()
    expect(updater.state).toMatchObject({ kind: 'failed', reason: 'too-long' })
  })

  it('changed on the disk after it was fetched', async () => {
    offer()
    const { updater, installs } = desktop()
    await updater.think()
    writeFileSync(join(folder, 'cache/depin-updater/pending', file), Buffer.alloc(content.length))
    updater.order({ kind: 'install' })
    await eventually(() => expect(updater.state).toMatchObject({ kind: 'failed', reason: 'corrupt' }))
    expect(installs).toEqual([])
  })

  it('expired while it waited', async () => {
    offer()
    const { updater, installs } = desktop({ lastInputMs: null })
    await updater.think()
    await clock.advance(31 * dayMs)
    updater.order({ kind: 'install' })
    await eventually(() => expect(updater.state).toMatchObject({ kind: 'failed', reason: 'expired' }))
    expect(installs).toEqual([])
  })

  it('not healthy before', async () => {
    offer()
    const { updater, memory } = desktop()
    memory().refuse('1.1.0', 5)
    await updater.think()
    expect(updater.state).toMatchObject({ kind: 'failed', version: '1.1.0', reason: 'unhealthy' })
  })
})

describe('who gets it, and of which channel', () => {
  it('waits while it is for others first', async () => {
    offer({ rolloutPercent: 0 })
    const { updater } = desktop()
    await updater.think()
    expect(updater.state).toMatchObject({ kind: 'available', staged: true })
  })

  it('a channel that is behind what is installed is waited for: never down', async () => {
    offer({ version: '1.4.9' })
    const { updater } = desktop({}, '1.5.0-beta.1')
    await updater.think()
    expect(updater.state.kind).toBe('idle')
  })

  it('another channel is looked into at once', async () => {
    offer({ version: '1.0.0' })
    offer({ version: '1.5.0-beta.1', channel: 'beta', file: 'beta.AppImage' })
    const { updater, memory } = desktop()
    await updater.think()
    expect(updater.state.kind).toBe('idle')
    updater.order({ kind: 'channel', channel: 'beta' })
    await eventually(() => expect(updater.state).toMatchObject({ kind: 'ready', version: '1.5.0-beta.1' }))
    expect(memory().channel).toBe('beta')
  })

  it.each(['checking', 'downloading', 'installing'])('another channel that is chosen while it is %s, and ordered at once, is the one that is installed', async (at) => {
    offer()
    offer({ version: '1.5.0-beta.1', channel: 'beta', file: 'beta.AppImage' })
    let isDue = true
    const { updater, announced } = desktop({ lastInputMs: 0, isLookedAt: false }, '1.0.0', (kind) => {
      if (kind !== at || !isDue) return
      isDue = false
      updater.order({ kind: 'channel', channel: 'beta' })
      updater.order({ kind: 'install' })
    })
    await updater.think()
    expect(announced).toEqual(['1.5.0-beta.1'])
  })

  it('a channel that cannot be remembered is told, and the next order is heard', async () => {
    offer()
    const { updater, memory } = desktop()
    await updater.think()
    rmSync(join(folder, 'updates.json'))
    mkdirSync(join(folder, 'updates.json'))
    updater.order({ kind: 'channel', channel: 'beta' })
    expect([updater.state.kind, memory().channel]).toEqual(['failed', 'latest'])
    rmSync(join(folder, 'updates.json'), { recursive: true })
    await settled()
    updater.order({ kind: 'check' })
    await eventually(() => expect(updater.state.kind).toBe('ready'))
  })
})
