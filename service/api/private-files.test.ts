import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSeededRng } from '../testing/deps.ts'
import { localSocketPath } from './adapters/local-socket.ts'
import { ensurePrivateFolder } from './private-files.ts'
import { isSameToken, openToken } from './token.ts'

const rng = createSeededRng('token')
let dir: string
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'depin-token-')) })
afterEach(() => rmSync(dir, { recursive: true }))

describe('the token', () => {
  it('is made once, 32 bytes, for this user alone', () => {
    const token = openToken(dir, rng)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(statSync(join(dir, 'api-token')).mode & 0o777).toBe(0o600)
    expect(openToken(dir, rng)).toBe(token)
  })

  it('is made anew when the file holds none', () => {
    writeFileSync(join(dir, 'api-token'), 'cut o', { mode: 0o600 })
    const token = openToken(dir, rng)
    expect(readFileSync(join(dir, 'api-token'), 'utf8')).toBe(`${token}\n`)
  })

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o666])('is refused when others can reach it (%i)', (mode) => {
    openToken(dir, rng)
    chmodSync(join(dir, 'api-token'), mode)
    expect(() => openToken(dir, rng)).toThrow(expect.objectContaining({ code: 'E_DATA_DIR_PERMISSIONS', next: expect.stringContaining('chmod') as string }) as Error)
  })

  it.skipIf(process.platform === 'win32')('is not read through a link', () => {
    writeFileSync(join(dir, 'elsewhere'), 'A'.repeat(43), { mode: 0o600 })
    symlinkSync(join(dir, 'elsewhere'), join(dir, 'api-token'))
    expect(() => openToken(dir, rng)).toThrow(expect.objectContaining({ code: 'E_DATA_DIR_PERMISSIONS' }) as Error)
  })

  it('is the same only when it is the same', () => {
    expect(isSameToken('abc', 'abc')).toBe(true)
    for (const other of ['', 'ab', 'abcd', 'abC']) expect(isSameToken(other, 'abc')).toBe(false)
  })
})

describe.skipIf(process.platform === 'win32')('a private folder', () => {
  it('is made for this user alone', () => {
    ensurePrivateFolder(join(dir, 'socket'))
    expect(statSync(join(dir, 'socket')).mode & 0o777).toBe(0o700)
  })

  it('is refused when it is looser, a link or a file', () => {
    mkdirSync(join(dir, 'loose'), { mode: 0o777 })
    chmodSync(join(dir, 'loose'), 0o755)
    symlinkSync(dir, join(dir, 'link'))
    writeFileSync(join(dir, 'file'), '')
    for (const name of ['loose', 'link', 'file']) {
      expect(() => ensurePrivateFolder(join(dir, name)), name).toThrow(expect.objectContaining({ code: 'E_DATA_DIR_PERMISSIONS' }) as Error)
    }
  })
})

describe('the local socket’s path', () => {
  it('is in the data directory, or, when that is too long for a socket, in a folder named after it', () => {
    expect(localSocketPath('/home/ada/.local/share/depin', 'linux', '/tmp')).toBe('/home/ada/.local/share/depin/api.sock')
    const long = `/home/${'ü'.repeat(60)}`
    expect(localSocketPath(long, 'linux', '/tmp')).toMatch(/^\/tmp\/depin-[0-9a-f]{20}\/api\.sock$/)
    expect(localSocketPath(long, 'linux', '/tmp')).not.toBe(localSocketPath(`${long}x`, 'linux', '/tmp'))
    expect(localSocketPath(String.raw`C:\Users\ada\AppData\Roaming\Depin`, 'win32')).toMatch(/^\\\\\.\\pipe\\depin-[0-9a-f]{20}$/)
  })
})
