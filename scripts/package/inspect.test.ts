import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flipFuses, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contentProblems, fuseProblems } from './inspect.ts'
import { makeStubDist } from './stub-dist.ts'

const whole = ['package.json', 'dist/main/main.mjs', 'dist/main/service.mjs', 'dist/preload/preload.cjs', 'dist/service/entry.mjs', 'dist/service/watchdog.mjs', 'dist/renderer/index.html', 'dist/renderer/assets/app-D_x9.js', 'dist/release.json', 'dist/icons/app.png', 'dist/icons/tray/sharing-black@2x.png']

describe('what is in a package', () => {
  it('is what the app needs', () => {
    expect(contentProblems(whole)).toEqual([])
  })

  it.each(whole.filter((path) => !/assets|tray/.test(path)))('is missed without %s', (path) => {
    expect(contentProblems(whole.filter((each) => each !== path))).toEqual([`${path} is not in it`])
  })

  it.each([
    'service/entry.ts', 'dist/service/entry.mjs.map', 'node_modules/zod/index.js', '.env', 'dist/cli/depin.mjs', 'dist/renderer/gallery.html', 'dist/renderer/assets/gallery-I7.js', 'dist/main/main.test.ts', 'e2e/README.md', 'dist/icons/../../x',
  ])('is never %s', (path) => {
    expect(contentProblems([...whole, path])).toEqual([`${path} does not belong in it`])
  })
})

const fuseCount = 7

describe('fuses', () => {
  let folder: string
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'depin-fuses-')) })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('are as Electron ships them in a stand-in, which is not as a package has them', async () => {
    const executable = join(makeStubDist(folder, 'linux', '45.0.0'), 'electron')
    expect(fuseProblems(await getCurrentFuseWire(executable))).toHaveLength(fuseCount)
    await flipFuses(executable, {
      version: FuseVersion.V1, [FuseV1Options.RunAsNode]: false, [FuseV1Options.EnableCookieEncryption]: true, [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
      [FuseV1Options.EnableNodeCliInspectArguments]: false, [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true, [FuseV1Options.OnlyLoadAppFromAsar]: true,
    })
    expect(fuseProblems(await getCurrentFuseWire(executable))).toEqual(['the fuse GrantFileProtocolExtraPrivileges is not off'])
  })
})
