import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { type DataDir, openDataDir } from './index.ts'

let root: string
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'depin-identity-')) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

const options = (overrides: object = {}) => ({
  path: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, clock: createSystemClock(), rng: createSystemRng(), ...overrides,
})
/** As the service does: the database appears, and then the directory counts as ready. */
function settle(dir: DataDir): void {
  writeFileSync(dir.databasePath, 'rows', { mode: 0o600 })
  dir.markReady()
  dir.close()
}
const refusal = (run: () => unknown): string => {
  try {
    run()
    return 'opened'
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('the lock of a data directory', () => {
  it('that is damaged is held by nobody', () => {
    openDataDir(options()).close()
    writeFileSync(join(root, 'data/service.lock'), 'not a lock')
    const dir = openDataDir(options())
    expect(refusal(() => openDataDir(options()))).toBe('E_DATA_DIR_LOCKED')
    dir.close()
  })

  it('that cannot be had is no other service', () => {
    openDataDir(options()).close()
    rmSync(join(root, 'data/service.lock'))
    mkdirSync(join(root, 'data/service.lock'))
    expect(refusal(() => openDataDir(options()))).toBe('E_DATA_DIR_PERMISSIONS')
  })

  it('leaves nothing held where its pid cannot be written', () => {
    mkdirSync(join(root, 'data/service.pid'), { recursive: true })
    expect(refusal(() => openDataDir(options({ newIdentity: true })))).toMatch(/E_DATA_DIR_(PERMISSIONS|FOREIGN)/)
    rmSync(join(root, 'data'), { recursive: true })
    openDataDir(options()).close()
  })

  it.runIf(existsSync('/dev/full'))('on a full disk says that it is full', () => {
    openDataDir(options()).close()
    rmSync(join(root, 'data/service.pid'), { force: true })
    symlinkSync('/dev/full', join(root, 'data/service.pid'))
    expect(refusal(() => openDataDir(options()))).toBe('E_DISK_FULL')
  })
})

describe('a new data directory', () => {
  it.runIf(process.platform === 'linux')('is refused at once where no directory can be made', () => {
    expect(refusal(() => openDataDir(options({ path: '/proc/no/depin' })))).toBe('E_DATA_DIR_PERMISSIONS')
  })

  it('is private, and keeps its identity', () => {
    const first = openDataDir(options())
    expect(first.isNew).toBe(true)
    expect(first.identity.peerId).toMatch(/^12D3KooW/)
    expect([statSync(first.path), statSync(join(first.path, 'identity.json'))].map((stat) => stat.mode & 0o777)).toEqual([0o700, 0o600])
    settle(first)
    const second = openDataDir(options())
    expect([second.isNew, second.identity.peerId]).toEqual([false, first.identity.peerId])
    second.close()
  })

  it('may be an empty directory that was made for it', () => {
    mkdirSync(join(root, 'data'), { mode: 0o755 })
    const dir = openDataDir(options())
    expect(statSync(dir.path).mode & 0o777).toBe(0o700)
    dir.close()
  })

  it('cut off before its database existed goes on with the key it had begun with', () => {
    const first = openDataDir(options())
    first.close()
    const second = openDataDir(options())
    expect(second.identity.peerId).toBe(first.identity.peerId)
    second.close()
  })
})

describe('never silently becomes a new identity', () => {
  const cases: [string, string, (path: string) => void][] = [
    ['the directory is gone', 'E_DATA_DIR_MISSING', (path) => rmSync(path, { recursive: true })],
    ['the directory is empty: its disk is not mounted', 'E_DATA_DIR_MISSING', (path) => { rmSync(path, { recursive: true }); mkdirSync(path) }],
    ['the identity is gone', 'E_DATA_DIR_DAMAGED', (path) => rmSync(join(path, 'identity.json'))],
    ['the identity is half-written', 'E_DATA_DIR_DAMAGED', (path) => writeFileSync(join(path, 'identity.json'), readFileSync(join(path, 'identity.json')).subarray(0, 40))],
    ['the database is gone', 'E_DATA_DIR_DAMAGED', (path) => rmSync(join(path, 'depin.db'))],
    ['the database was cut to nothing', 'E_DATA_DIR_DAMAGED', (path) => writeFileSync(join(path, 'depin.db'), '')],
    ['the key was exchanged', 'E_DATA_DIR_DAMAGED', (path) => {
      const file = JSON.parse(readFileSync(join(path, 'identity.json'), 'utf8')) as object
      writeFileSync(join(path, 'identity.json'), JSON.stringify({ ...file, seed: Buffer.alloc(32, 1).toString('base64') }))
    }],
    ['others can read the key', 'E_DATA_DIR_PERMISSIONS', (path) => chmodSync(join(path, 'identity.json'), 0o644)],
    ['others can enter the directory', 'E_DATA_DIR_PERMISSIONS', (path) => chmodSync(path, 0o750)],
  ]
  it.each(cases)('%s: %s', (_, code, harm) => {
    settle(openDataDir(options()))
    harm(join(root, 'data'))
    expect(refusal(() => openDataDir(options()))).toBe(code)
  })

  it('a directory with something else in it is refused and left alone', () => {
    mkdirSync(join(root, 'data'))
    writeFileSync(join(root, 'data', 'thesis.odt'), 'x')
    expect(refusal(() => openDataDir(options()))).toBe('E_DATA_DIR_FOREIGN')
    expect(existsSync(join(root, 'data', 'identity.json'))).toBe(false)
  })

  it('but does when its owner says so, remembering who it was', () => {
    const first = openDataDir(options())
    settle(first)
    rmSync(first.path, { recursive: true })
    const second = openDataDir(options({ newIdentity: true }))
    expect(second.formerPeerIds).toEqual([first.identity.peerId])
    second.close()
  })
})

describe('one service per data directory', () => {
  it('refuses a second with the pid of the first, and lets it in once the first was killed', async () => {
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', `
      const { openDataDir } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
      const { createSystemClock, createSystemRng } = await import(${JSON.stringify(join(import.meta.dirname, '../base/index.ts'))})
      openDataDir({ path: ${JSON.stringify(join(root, 'data'))}, stateDir: ${JSON.stringify(join(root, 'state'))}, newIdentity: false, clock: createSystemClock(), rng: createSystemRng() })
      console.log('open'); setInterval(() => {}, 1000)
    `], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    expect(() => openDataDir(options())).toThrow(expect.objectContaining({ code: 'E_DATA_DIR_LOCKED', details: { pid: holder.pid } }))
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    openDataDir(options()).close()
  })
})
