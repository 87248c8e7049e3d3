import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMemory } from '../../release/index.ts'
import { startFeed, type TestFeed } from '../../release/testing/feed.ts'
import { filesOf, newKey, statementOf, testNowMs } from '../../release/testing/release.ts'
import { FakeClock } from '../testing/clock.ts'
import { fakeDeps } from '../testing/deps.ts'
import { until } from '../testing/wait.ts'
import { createUpdates, type Installation, type Updates } from './index.ts'
import { findInstallation, wayOf } from './installation.ts'

let folder = ''
let feed: TestFeed
const key = newKey()
const content = Buffer.from('package')
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'depin-updates-'))
  feed = await startFeed()
})
afterEach(() => {
  feed.close()
  rmSync(folder, { recursive: true })
})

const server = (): Installation => ({ kind: 'tarball', root: join(folder, 'opt'), version: '1.0.0', platform: 'linux-x64' })
function part(installation = server()): Updates {
  return createUpdates({ ...fakeDeps(), clock: new FakeClock(testNowMs), installation, installed: '1.0.0', feed: feed.url, keys: [key.known], memoryPath: join(folder, 'updates.json') })
}
const commandMemory = () => loadMemory(join(folder, 'opt/update/updates.json'))
const offer = (): void => {
  for (const [name, body] of Object.entries(filesOf(statementOf(content), content, key))) feed.put(name, body)
}

describe('on a server', () => {
  it('the feed is asked at the start, and what it offers is shown with the command that gets it', async () => {
    offer()
    const updates = part()
    void updates.start()
    await until('it knows of it', () => updates.status().state.kind === 'available')
    expect(updates.status()).toEqual({ installed: '1.0.0', channel: 'latest', way: { kind: 'command', command: 'depin update' }, state: { kind: 'available', version: '1.1.0', bytes: 7, staged: false } })
    expect(() => updates.install()).toThrow(expect.objectContaining({ code: 'E_CONFLICT', next: 'On that computer: depin update' }))
    await updates.stop()
  })

  it('what is wrong is shown with its reason, and thrown to who asked', async () => {
    const updates = part()
    await expect(updates.check()).rejects.toMatchObject({ details: { reason: 'not-signed' } })
    expect(updates.status().state).toMatchObject({ kind: 'failed', reason: 'not-signed', atMs: testNowMs })
  })

  it('a channel is remembered', () => {
    const updates = part()
    updates.setChannel('beta')
    expect(part().status().channel).toBe('beta')
  })

  it('a channel that was chosen here is what the command is told, unless it remembers the same', () => {
    const updates = part()
    const command = (): unknown => updates.status().way
    expect(command()).toEqual({ kind: 'command', command: 'depin update' })
    updates.setChannel('beta')
    expect(command()).toEqual({ kind: 'command', command: 'depin update --channel beta' })
    commandMemory().setChannel('beta')
    expect(command()).toEqual({ kind: 'command', command: 'depin update' })
    updates.setChannel('latest')
    expect(command()).toEqual({ kind: 'command', command: 'depin update --channel latest' })
  })

  it('a version that the command has taken back is said not to be well, and is not offered again', async () => {
    offer()
    commandMemory().refuse('1.1.0', testNowMs)
    const updates = part()
    await expect(updates.check()).rejects.toMatchObject({ details: { reason: 'unhealthy' } })
    expect(updates.status().state).toMatchObject({ kind: 'failed', version: '1.1.0', reason: 'unhealthy' })
  })

  it('nothing is believed when what was remembered is damaged, which is said, until somebody looks by hand', async () => {
    offer()
    writeFileSync(join(folder, 'updates.json'), '{')
    const updates = part()
    void updates.start()
    await until('it is said', () => updates.status().state.kind === 'failed')
    expect(updates.status().state).toMatchObject({ reason: 'memory-damaged', message: expect.stringContaining(join(folder, 'updates.json')) as string })
    expect(updates.damage()?.fix).toContain('dashboard')
    await updates.check()
    expect([updates.status().state.kind, updates.damage(), readFileSync(join(folder, 'updates.json.damaged'), 'utf8')]).toEqual(['available', null, '{'])
    await updates.stop()
  })

  it('what the command remembers and has lost is said, with the command that begins anew', async () => {
    offer()
    const path = join(folder, 'opt/update/updates.json')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, 'x')
    const updates = part()
    await updates.check()
    expect(updates.status()).toMatchObject({ state: { kind: 'failed', reason: 'memory-damaged' }, way: { kind: 'command', command: 'depin update --again' } })
    expect(updates.damage()).toMatchObject({ message: expect.stringContaining(path) as string, fix: expect.stringContaining('depin update --again') as string })
  })

  it('a memory that has lost nothing that counts is mended without a word', async () => {
    offer()
    writeFileSync(join(folder, 'updates.json'), JSON.stringify({ channel: 'of tomorrow', seen: {}, refused: [] }))
    const updates = part()
    await updates.check()
    expect([updates.status().state.kind, updates.damage()]).toEqual(['available', null])
  })
})

describe('a desktop that updates this copy', () => {
  it('gets orders, reports, and is gone when it leaves', async () => {
    const updates = part({ kind: 'elsewhere', owner: 'unknown' })
    await expect(updates.check()).rejects.toMatchObject({ code: 'E_CONFLICT' })
    const leaves = new AbortController()
    const orders = updates.drive(leaves.signal)[Symbol.asyncIterator]()
    const first = orders.next()
    await updates.check()
    updates.setChannel('beta')
    expect((await first).value).toEqual({ kind: 'check' })
    expect((await orders.next()).value).toEqual({ kind: 'channel', channel: 'beta' })
    updates.report({ channel: 'beta', state: { kind: 'ready', version: '1.1.0', waitsFor: 'nobody-uses-it' } })
    expect(updates.status()).toMatchObject({ channel: 'beta', way: { kind: 'desktop' }, state: { kind: 'ready' } })
    updates.install()
    expect((await orders.next()).value).toEqual({ kind: 'install' })
    leaves.abort()
    expect((await orders.next()).done).toBe(true)
    expect(updates.status()).toMatchObject({ way: { kind: 'elsewhere' }, state: { kind: 'idle' } })
    expect(() => updates.report({ channel: 'beta', state: { kind: 'checking' } })).toThrow(/No desktop/)
  })
})

describe('how this copy was installed', () => {
  const packageOf = (note: unknown, version = '1.0.0'): string => {
    const path = join(folder, 'versions', version)
    mkdirSync(path, { recursive: true })
    if (note !== null) writeFileSync(join(path, 'install.json'), typeof note === 'string' ? note : JSON.stringify(note))
    return path
  }
  const note = { kind: 'tarball', version: '1.0.0', platform: 'linux-x64' }

  it('is read from beside the programs', () => {
    const path = packageOf(note)
    expect(findInstallation(path)).toEqual({ kind: 'elsewhere', owner: 'unknown' })
    symlinkSync('versions/1.0.0', join(folder, 'current'))
    expect(findInstallation(path)).toEqual({ kind: 'tarball', root: folder, version: '1.0.0', platform: 'linux-x64' })
  })

  it.each([
    [{ ...note, kind: 'deb' }, 'deb', /apt-get/], [{ ...note, kind: 'rpm' }, 'rpm', /dnf/], [{ ...note, kind: 'container' }, 'container', /image/], ['{', 'unknown', /user guide/], [null, 'unknown', /user guide/],
  ])('%j: %s', (given, owner, command) => {
    const installation = findInstallation(packageOf(given))
    expect(installation).toEqual({ kind: 'elsewhere', owner })
    expect(wayOf(installation, true)).toMatchObject({ kind: 'elsewhere', command: expect.stringMatching(command) as string })
  })

  it('is a checkout here', () => {
    expect(findInstallation(join(import.meta.dirname, '../..'))).toEqual({ kind: 'elsewhere', owner: 'checkout' })
  })
})
