import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { inspectDataDir, openDataDir, restoreDataDir, sealKeyBytes, seedFromWords } from './index.ts'

const key = randomBytes(sealKeyBytes)
let root: string
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'depin-seal-')) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

const options = (sealKey: Uint8Array | null = null, name = 'data') =>
  ({ path: join(root, name), stateDir: join(root, 'state'), newIdentity: false, sealKey, clock: createSystemClock(), rng: createSystemRng() })
const fileOf = (name = 'data'): string => readFileSync(join(root, name, 'identity.json'), 'utf8')
const refused = (code: string) => expect.objectContaining({ code }) as Error

/** A node in use, whose key is sealed. */
function sealedNode(name = 'data') {
  const dir = openDataDir(options(null, name))
  writeFileSync(dir.databasePath, 'rows', { mode: 0o600 })
  dir.markReady()
  const { identity } = dir
  const plain = fileOf(name)
  dir.seal(key)
  dir.close()
  return { peerId: identity.peerId, words: identity.words(), plain }
}

describe('a key that is sealed', () => {
  it('is not on the disk, and opens with what sealed it alone', () => {
    const { peerId, plain } = sealedNode()
    const { seed } = JSON.parse(plain) as { seed: string }
    expect(fileOf()).not.toContain(seed)
    const dir = openDataDir(options(key))
    expect([dir.identity.peerId, dir.isSealed()]).toEqual([peerId, true])
    dir.close()
    for (const other of [null, randomBytes(sealKeyBytes)]) expect(() => openDataDir(options(other))).toThrow(refused('E_KEY_SEALED'))
    // and a refusal lets go of the directory
    openDataDir(options(key)).close()
  })

  it('is one that the doctor finds in order', () => {
    sealedNode()
    expect(inspectDataDir(join(root, 'data'))).toBeNull()
  })

  it('is as it was when the seal is taken off: whoever may read it starts without a desktop', () => {
    const { plain } = sealedNode()
    const dir = openDataDir(options(key))
    dir.seal(null)
    dir.close()
    expect(JSON.parse(fileOf())).toEqual(JSON.parse(plain))
    openDataDir(options()).close()
  })

  it('can be sealed anew with another', () => {
    sealedNode()
    const next = randomBytes(sealKeyBytes)
    const dir = openDataDir(options(key))
    dir.seal(next)
    dir.close()
    expect(() => openDataDir(options(key))).toThrow(refused('E_KEY_SEALED'))
    openDataDir(options(next)).close()
  })

  it('comes back with its words, where the keychain is lost', () => {
    const { peerId, words } = sealedNode()
    expect(restoreDataDir({ ...options(), seed: seedFromWords(words.join(' ')), usedFor: () => 'leases' })).toEqual({ peerId, outcome: 'same' })
    const dir = openDataDir(options())
    expect([dir.identity.peerId, dir.isSealed()]).toEqual([peerId, false])
    dir.close()
  })

  it('cannot be passed off as another’s, or be changed', () => {
    const one = sealedNode()
    const other = sealedNode('other')
    const mine = JSON.parse(fileOf()) as { sealed: { data: string } }
    writeFileSync(join(root, 'other/identity.json'), JSON.stringify({ ...mine, peerId: other.peerId }))
    expect(() => openDataDir(options(key, 'other'))).toThrow(refused('E_KEY_SEALED'))
    writeFileSync(join(root, 'data/identity.json'), JSON.stringify({ ...mine, sealed: { ...mine.sealed, data: randomBytes(16).toString('base64') } }))
    expect(() => openDataDir(options(key))).toThrow(refused('E_KEY_SEALED'))
    // both at once, and neither, are no identity
    for (const file of [{ ...mine, seed: (JSON.parse(one.plain) as { seed: string }).seed }, { ...mine, sealed: undefined }]) {
      writeFileSync(join(root, 'data/identity.json'), JSON.stringify(file))
      expect(() => openDataDir(options(key))).toThrow(refused('E_DATA_DIR_DAMAGED'))
    }
  })
})
