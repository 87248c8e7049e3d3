import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadMemory } from '../../release/index.ts'
import { dayMs, statementOf, testNowMs } from '../../release/testing/release.ts'
import { manualClock } from '../testing/clock.ts'
import { createAppImageInstaller } from './appimage.ts'
import { announce, readVainTry } from './journal.ts'
import { createMacInstaller } from './mac.ts'
import { createNsisInstaller } from './nsis.ts'
import { packageKindOf } from './platform.ts'
import { beginProbation, settleMs, wellByMs } from './probation.ts'
import type { Installer } from './types.ts'

let folder = ''
const at = (name: string): string => join(folder, name)
const text = (name: string): string => readFileSync(at(name), 'utf8')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depin-appimage-'))
  writeFileSync(at('Depin.AppImage'), 'old', { mode: 0o755 })
  writeFileSync(at('package'), 'new')
})
afterEach(() => rmSync(folder, { recursive: true }))

const installer = (started: string[] = []) => createAppImageInstaller({ appImage: at('Depin.AppImage'), relaunch: (path) => started.push(path) })
const signed = statementOf(Buffer.from('new'))
async function install(its: Installer, { path = at('package'), signal = new AbortController().signal } = {}): Promise<void> {
  await its.prepare(path, signed, signal)
  its.install()
}

describe('an AppImage', () => {
  it('is replaced in one step, can be started, and the one before is kept until it is not needed', async () => {
    const started: string[] = []
    const appImage = installer(started)
    await install(appImage)
    expect([text('Depin.AppImage'), text('Depin.AppImage.before'), started]).toEqual(['new', 'old', [at('Depin.AppImage')]])
    expect(statSync(at('Depin.AppImage')).mode & 0o111).toBe(0o111)
    appImage.settle()
    expect(readdirSync(folder).toSorted()).toEqual(['Depin.AppImage', 'package'])
  })

  it('comes back', async () => {
    const appImage = installer()
    await install(appImage)
    expect([appImage.goBack(), text('Depin.AppImage'), appImage.goBack()]).toEqual([true, 'old', false])
  })

  it.each(['copied', 'kept', 'replaced'])('is the old one or the new one, whole, when the power goes at “%s”, and the next try ends it', async (step) => {
    const { signal } = spawnSync(process.execPath, [join(import.meta.dirname, '../testing/appimage-main.ts'), at('Depin.AppImage'), at('package'), step])
    expect(signal).toBe('SIGKILL')
    expect(['old', 'new']).toContain(text('Depin.AppImage'))
    await install(installer())
    expect(text('Depin.AppImage')).toBe('new')
  })

  it('is not written through a link that stands where the new one comes', async () => {
    writeFileSync(at('other'), 'of somebody else')
    symlinkSync(at('other'), at('Depin.AppImage.next'))
    await install(installer())
    expect([text('other'), text('Depin.AppImage'), lstatSync(at('Depin.AppImage')).isFile()]).toEqual(['of somebody else', 'new', true])
  })

  it('stays as it is where it cannot be replaced', async () => {
    await expect(install(installer(), { path: at('gone') })).rejects.toMatchObject({ code: 'E_UPDATE', details: { reason: 'install-failed' } })
    expect(readdirSync(folder).toSorted()).toEqual(['Depin.AppImage', 'package'])
  })

  it('stays as it is when its copy is not what was signed, though the package was: a disk may give other bytes than it was given', async () => {
    const appImage = createAppImageInstaller({ appImage: at('Depin.AppImage'), relaunch: () => undefined, onStep: (step) => { if (step === 'copied') writeFileSync(at('Depin.AppImage.next'), 'nEw') } })
    await expect(install(appImage)).rejects.toMatchObject({ code: 'E_UPDATE', details: { reason: 'corrupt' } })
    expect([text('Depin.AppImage'), readdirSync(folder).toSorted()]).toEqual(['old', ['Depin.AppImage', 'package']])
  })

  it('stays as it is when the app quits meanwhile', async () => {
    const quitting = new AbortController()
    const appImage = createAppImageInstaller({ appImage: at('Depin.AppImage'), relaunch: () => undefined, onStep: () => quitting.abort() })
    await expect(install(appImage, quitting)).rejects.toThrow()
    expect([text('Depin.AppImage'), readdirSync(folder).toSorted()]).toEqual(['old', ['Depin.AppImage', 'package']])
  })
})

describe('the first minutes of a version', () => {
  /** @param pidAt of the service that is well, by the time, ms; true: always, false: never */
  function begin(pidAt: boolean | ((nowMs: number) => number | null), installed = '1.1.0') {
    const clock = manualClock(0)
    const wellPid = (): number | null => typeof pidAt === 'boolean' ? pidAt ? 7 : null : pidAt(clock.nowMs())
    const memory = loadMemory(at('updates.json'))
    const { isOver, isHidden, fail, quit } = beginProbation({ path: at('update.json'), installed, dataDir: folder, installer: installer(), remembered: { memory: () => memory }, clock, log: () => undefined, wellPid })
    return { clock, memory, isOver, isHidden, fail, quit }
  }
  beforeEach(async () => {
    announce(at('update.json'), { from: '1.0.0', to: '1.1.0', isHidden: true, nowMs: testNowMs })
    await install(installer())
  })

  it('end well when its service runs: the one before goes', async () => {
    const { clock } = begin(true)
    await clock.advance(settleMs + 1_000)
    expect([text('Depin.AppImage'), existsSync(at('Depin.AppImage.before')), existsSync(at('update.json'))]).toEqual(['new', false, false])
  })

  it('are not over as soon as it is well: one that breaks a little later gives way', async () => {
    const { clock } = begin((nowMs) => nowMs < settleMs ? 7 : null)
    await clock.advance(settleMs)
    expect(existsSync(at('Depin.AppImage.before'))).toBe(true)
    await clock.advance(wellByMs)
    expect(text('Depin.AppImage')).toBe('old')
  })

  it('end with the one before when its service ends again and again, though it runs at most moments', async () => {
    const { clock } = begin((nowMs) => Math.floor(nowMs / 20_000))
    await clock.advance(wellByMs + 20_000)
    expect(text('Depin.AppImage')).toBe('old')
  })

  it('may go on for one that becomes well just in time', async () => {
    const { clock } = begin((nowMs) => nowMs >= wellByMs - 5_000 ? 7 : null)
    await clock.advance(wellByMs + settleMs)
    expect([text('Depin.AppImage'), existsSync(at('update.json'))]).toEqual(['new', false])
  })

  it('end with the one before when it does not, and its service is told to put the database back', async () => {
    const { clock, memory } = begin(false)
    await clock.advance(wellByMs)
    expect([text('Depin.AppImage'), JSON.parse(text('put-back.json')), memory.isRefused('1.1.0')]).toEqual(['old', { version: '1.1.0' }, true])
    // the one that is back finds its own end of the story
    expect([begin(true, '1.0.0').isOver, existsSync(at('update.json'))]).toEqual([false, false])
  })

  it('are three starts at most: one that ends each time gives way at the fourth', () => {
    expect([begin(true).isOver, begin(true).isOver, begin(true).isOver, begin(true).isOver]).toEqual([false, false, false, true])
    expect(text('Depin.AppImage')).toBe('old')
  })

  it('are not held against a version that an owner quits while it is well, however often', async () => {
    for (let start = 1; start <= 6; start++) {
      const { isOver, clock, quit } = begin(true)
      expect(isOver).toBe(false)
      quit()
      // the service stops meanwhile
      await clock.advance(wellByMs)
    }
    expect([text('Depin.AppImage'), existsSync(at('update.json'))]).toEqual(['new', true])
  })

  it('of the next one begin with the update that makes this one quit', () => {
    const { quit } = begin(true)
    announce(at('update.json'), { from: '1.1.0', to: '1.2.0', isHidden: true, nowMs: testNowMs })
    quit()
    expect(JSON.parse(text('update.json'))).toMatchObject({ to: '1.2.0', starts: 0 })
  })

  it('count a start that is quit while its service has not come to run, and a quit is not the time to go back', async () => {
    const starts = [1, 2, 3].map(() => begin(false))
    for (const { clock, quit } of starts) {
      quit()
      await clock.advance(wellByMs)
    }
    expect([text('Depin.AppImage'), begin(false).isOver, text('Depin.AppImage')]).toEqual(['new', true, 'old'])
  })

  it('end at once for one that does not start at all', async () => {
    const { clock, memory, fail } = begin(false)
    expect([fail(), text('Depin.AppImage'), memory.isRefused('1.1.0'), fail()]).toEqual([true, 'old', true, false])
    await clock.advance(wellByMs)
    expect(text('Depin.AppImage')).toBe('old')
  })

  it('are over once it is well: what fails later is no reason to go back', async () => {
    const { clock, fail } = begin(true)
    await clock.advance(wellByMs)
    expect([fail(), text('Depin.AppImage')]).toEqual([false, 'new'])
  })

  it('open no window that nobody had open: at its first start, and at that of the one that comes back', async () => {
    const { clock, isHidden } = begin(false)
    await clock.advance(wellByMs)
    expect([isHidden, begin(true, '1.0.0').isHidden, begin(true, '1.0.0').isHidden]).toEqual([true, true, null])
    announce(at('update.json'), { from: '1.0.0', to: '1.1.0', isHidden: false, nowMs: testNowMs })
    // put in place; started once more by its owner; and one that was never put in place
    expect([begin(true).isHidden, begin(true).isHidden]).toEqual([false, null])
    announce(at('update.json'), { from: '1.1.0', to: '1.2.0', isHidden: true, nowMs: testNowMs })
    expect(begin(true).isHidden).toBeNull()
  })

  it('are none for a version that was never put in place, which is remembered until it is', async () => {
    const vain = (installed = '1.0.0') => readVainTry(at('update.json'), installed)
    for (let start = 1; start <= 2; start++) expect([begin(true, '1.0.0').isOver, vain()]).toEqual([false, { version: '1.1.0', tries: 1, atMs: testNowMs }])
    announce(at('update.json'), { from: '1.0.0', to: '1.1.0', isHidden: true, nowMs: testNowMs + dayMs })
    expect([begin(true, '1.0.0').isOver, vain()]).toEqual([false, { version: '1.1.0', tries: 2, atMs: testNowMs + dayMs }])
    // it came about after all
    const { clock } = begin(true)
    await clock.advance(wellByMs)
    expect([vain('1.1.0'), existsSync(at('update.json'))]).toEqual([null, false])
  })

  it('are forgotten when a newer one was put in place by hand', () => {
    begin(true, '1.2.0')
    expect(existsSync(at('update.json'))).toBe(false)
  })

  it('do not lock their owner out where the version before does not come back', () => {
    // another program is to bring it back, and does not
    const silent = { goBack: () => true, settle: () => undefined }
    const start = () => beginProbation({ path: at('update.json'), installed: '1.1.0', dataDir: folder, installer: silent, remembered: { memory: () => null }, clock: manualClock(0), log: () => undefined, wellPid: () => null }).isOver
    for (let times = 1; times <= 3; times++) start()
    expect([start(), start(), start(), existsSync(at('put-back.json'))]).toEqual([true, true, false, false])
  })
})

describe('on Windows', () => {
  const nsis = (handed: unknown[] = []) => createNsisInstaller({
    installer: at('cache/installer.exe'), before: at('before/installer.exe'), hand: (...args) => handed.push(args),
    // as an installer does: its own copy takes the place of the one before
    install: () => {
      if (!existsSync(at('cache'))) return
      writeFileSync(at('cache/next'), 'new')
      renameSync(at('cache/next'), at('cache/installer.exe'))
    },
  })

  it('the installer of the version that ran is kept, and puts it back', () => {
    mkdirSync(at('cache'))
    writeFileSync(at('cache/installer.exe'), 'old')
    const handed: unknown[] = []
    nsis().install()
    expect([text('cache/installer.exe'), text('before/installer.exe')]).toEqual(['new', 'old'])
    expect([nsis(handed).goBack(), handed]).toEqual([true, [[at('before/installer.exe'), ['--updated', '/S', '--force-run']]]])
    nsis().settle()
    expect(nsis().goBack()).toBe(false)
  })

  it('a version whose installer is not there any more is gone: the new one goes on', () => {
    mkdirSync(at('before'))
    writeFileSync(at('before/installer.exe'), 'of long ago')
    nsis().install()
    expect(nsis().goBack()).toBe(false)
  })
})

describe('on macOS', () => {
  const app = (file = 'Applications/Depin.app/Contents/Info.plist'): string => text(file)
  const mac = (patch: Partial<Parameters<typeof createMacInstaller>[0]> = {}) => createMacInstaller({
    bundle: at('Applications/Depin.app'), before: at('before/Depin.app'), clone: (from, to) => cpSync(from, to, { recursive: true }), relaunch: () => undefined,
    install: () => writeFileSync(at('Applications/Depin.app/Contents/Info.plist'), 'new'), ...patch,
  })
  beforeEach(() => {
    mkdirSync(at('Applications/Depin.app/Contents'), { recursive: true })
    writeFileSync(at('Applications/Depin.app/Contents/Info.plist'), 'old')
  })

  it('the bundle that ran is kept, and comes back with two renames', () => {
    const started: string[] = []
    mac().install()
    expect([app(), app('before/Depin.app/Contents/Info.plist')]).toEqual(['new', 'old'])
    expect([mac({ relaunch: () => started.push(app()) }).goBack(), app(), started]).toEqual([true, 'old', ['old']])
    mac().settle()
    expect([existsSync(at('before/Depin.app.not-well')), mac().goBack(), app()]).toEqual([false, false, 'old'])
  })

  it('a bundle that cannot be kept is updated all the same, and half of one never comes back', () => {
    mac({ clone: (_from, to) => {
      mkdirSync(to)
      throw new Error('no room')
    } }).install()
    expect([app(), mac().goBack(), app()]).toEqual(['new', false, 'new'])
  })

  it('the new one stays in its place when the one before cannot take it', () => {
    mac().install()
    rmSync(at('Applications/Depin.app'), { recursive: true })
    expect(mac().goBack()).toBe(false)
  })
})

describe('what this copy is updated with', () => {
  it.each<[string, Parameters<typeof packageKindOf>[0]['platform'], Record<string, string>, boolean, string | null]>([
    ['an AppImage', 'linux', { APPIMAGE: '/x' }, true, 'appimage'], ['a folder', 'linux', {}, true, null], ['a snap', 'linux', { APPIMAGE: '/x', SNAP: '/s' }, true, null],
    ['Windows', 'win32', { ProgramFiles: 'C:\\Program Files' }, true, 'nsis'], ['macOS', 'darwin', {}, true, 'mac'], ['a checkout', 'darwin', {}, false, null],
  ])('%s', (_, platform, env, isPackaged, kind) => {
    expect(packageKindOf({ platform, env, isPackaged, resources: folder })).toBe(kind)
  })

  it('is the fleet’s, where it was installed for all users of a Windows computer', () => {
    const copy = { platform: 'win32', env: { ProgramFiles: 'C:\\Program Files' }, isPackaged: true } as const
    expect(packageKindOf({ ...copy, resources: 'C:\\Program Files\\Depin Desktop\\resources' })).toBeNull()
    expect(packageKindOf({ ...copy, resources: 'C:\\Users\\amina\\AppData\\Local\\Programs\\depin-desktop\\resources' })).toBe('nsis')
  })

  it('is the package manager’s, from a deb or an rpm', () => {
    writeFileSync(at('package-type'), 'deb')
    expect(packageKindOf({ platform: 'linux', env: { APPIMAGE: '/x' }, isPackaged: true, resources: folder })).toBeNull()
  })
})
