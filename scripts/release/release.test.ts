import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { rawPublicKey, releaseKey, verifyManifest } from '../../release/index.ts'
import { artefactOf } from './artefacts.ts'
import { makeKeyFile, readKeyFile } from './key-file.ts'
import { signFolder } from './sign-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depin-sign-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a package, by its name', () => {
  it.each([
    ['depin-1.2.3-linux-x64.tar.gz', 'linux-x64', 'tarball'],
    ['depin-1.2.3-darwin-arm64.tar.gz', 'darwin-arm64', 'tarball'],
    ['Depin-Desktop-x86_64.AppImage', 'linux-x64', 'appimage'],
    ['Depin-Desktop-arm64.AppImage', 'linux-arm64', 'appimage'],
    ['depin-desktop_1.2.3_amd64.deb', 'linux-x64', 'deb'],
    ['depin-desktop-1.2.3.aarch64.rpm', 'linux-arm64', 'rpm'],
    ['Depin-Setup-x64.exe', 'win32-x64', 'nsis'],
    ['Depin-arm64-mac.zip', 'darwin-arm64', 'mac'],
  ])('%s is %s %s', (file, platform, kind) => {
    expect(artefactOf(file)).toEqual({ file, platform, package: kind })
  })

  it('is not a block map, a feed or a manifest', () => {
    expect(['Depin-Setup-x64.exe.blockmap', 'latest.yml', 'latest-linux-x64-tarball.release.json'].map(artefactOf)).toEqual([null, null, null])
  })

  it('says for which computers it is, or is refused', () => {
    expect(() => artefactOf('depin.tar.gz')).toThrow(/processor/)
    expect(() => artefactOf('depin-x64.tar.gz')).toThrow(/system/)
  })
})

describe('signing a folder', () => {
  const nowMs = Date.UTC(2026, 5, 1)
  const content = Buffer.from('package')
  const sha512 = createHash('sha512').update(content).digest('base64')
  const options = () => ({ folder, version: '1.2.3', channel: 'latest' as const, rolloutPercent: 25, nowMs, validForMs: 1000, keys: [readKeyFile(join(folder, 'key.pem'), undefined)] })

  it('writes what verification takes', async () => {
    const key = makeKeyFile(join(folder, 'key.pem'), undefined)
    writeFileSync(join(folder, 'Depin-x64.AppImage'), content)
    writeFileSync(join(folder, 'latest-linux.yml'), `version: 1.2.3\nfiles:\n  - url: Depin-x64.AppImage\n    sha512: ${sha512}\n    size: 7\n`)
    expect(await signFolder(options())).toEqual(['latest-linux-x64-appimage.release.json'])
    const bytes = readFileSync(join(folder, 'latest-linux-x64-appimage.release.json'))
    const keys = [releaseKey(rawPublicKey(key).toString('base64'))]
    expect(verifyManifest(bytes, { keys, nowMs, platform: 'linux-x64', package: 'appimage', channel: 'latest', seen: null })).toMatchObject({ version: '1.2.3', file: 'Depin-x64.AppImage', bytes: 7, rolloutPercent: 25, expiresAtMs: nowMs + 1000 })
  })

  it.each([
    ['version', `version: 1.2.4\nfiles: [{ url: Depin-x64.AppImage, sha512: ${sha512} }]`],
    ['hash', 'version: 1.2.3\nfiles: [{ url: Depin-x64.AppImage, sha512: other }]'],
    ['length', `version: 1.2.3\nfiles: [{ url: Depin-x64.AppImage, sha512: ${sha512}, size: 8 }]`],
    ['shape', 'hello'],
  ])('signs nothing when the feed beside it has another %s', async (_, feed) => {
    makeKeyFile(join(folder, 'key.pem'), undefined)
    writeFileSync(join(folder, 'Depin-x64.AppImage'), content)
    writeFileSync(join(folder, 'latest-linux.yml'), feed)
    await expect(signFolder(options())).rejects.toThrow(/Nothing was signed/)
    expect(readdirSync(folder).filter((name) => name.endsWith('.release.json'))).toEqual([])
  })
})

describe('a key file', () => {
  it('is its owner’s alone, and is not written over', () => {
    const path = join(folder, 'key.pem')
    makeKeyFile(path, undefined)
    expect(() => makeKeyFile(path, undefined)).toThrow(/EEXIST/)
    if (process.platform === 'win32') return
    chmodSync(path, 0o644)
    expect(() => readKeyFile(path, undefined)).toThrow(/chmod 600/)
  })

  it('is encrypted when there is a passphrase', () => {
    const path = join(folder, 'key.pem')
    const key = makeKeyFile(path, 'open sesame')
    expect(readKeyFile(path, 'open sesame').equals(key)).toBe(true)
    expect(() => readKeyFile(path, 'wrong')).toThrow()
  })
})
