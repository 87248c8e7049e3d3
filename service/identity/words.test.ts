import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DepinError } from '../../contract/errors.ts'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { openDataDir, restoreDataDir, type RestoreOptions, seedFromWords, wordsOf } from './index.ts'

const refusal = (run: () => unknown): DepinError => {
  try {
    run()
  } catch (error) {
    if (error instanceof DepinError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('words', () => {
  it('are those of BIP-39: its own test vectors', () => {
    expect(wordsOf(new Uint8Array(16)).join(' ')).toBe('abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about')
    expect(wordsOf(Buffer.from('9e885d952ad362caeb4efe34a8e91bd2', 'hex')).join(' ')).toBe('ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic')
    expect(wordsOf(new Uint8Array(32).fill(0xff))).toHaveLength(24)
  })

  it('bring back the seed, however they were written', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), (seed, long) => {
      const given = long ? new Uint8Array([...seed, ...seed]) : seed
      const words = wordsOf(given)
      const numbered = `# Depin: peer 12D3KooW\r\n${words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join('\r\n')}\n`
      expect(Buffer.from(seedFromWords(words.join('  ')))).toEqual(Buffer.from(given))
      expect(Buffer.from(seedFromWords(numbered))).toEqual(Buffer.from(given))
    }), { numRuns: 50 })
  })

  it.each([
    ['too few', 'ozone drill grab', /3 words.*12/],
    ['nothing', '', /0 words/],
    ['an unknown word', 'ozone drill grab fibre curtain grace pudding thank cruise elder eight picnic', /^Word 4 /],
    ['two that changed places', 'drill ozone grab fiber curtain grace pudding thank cruise elder eight picnic', /do not belong together/],
  ])('are refused with %s, and never repeated', (_, text, message) => {
    const error = refusal(() => seedFromWords(text))
    expect(error.code).toBe('E_BAD_INPUT')
    expect(error.message).toMatch(message)
    expect(JSON.stringify(error.toReport())).not.toMatch(/ozone|fibre/)
    expect(error.cause).toBeUndefined()
  })
})

describe('restoring', () => {
  let root: string
  beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'depin-restore-')) })
  afterEach(() => rmSync(root, { recursive: true, force: true }))
  const base = (overrides: Partial<RestoreOptions> = {}) => ({
    path: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, clock: createSystemClock(), rng: createSystemRng(), ...overrides,
  })
  const unused = () => null
  /** A directory that was in use; its words. */
  function used(path = join(root, 'data')): { words: string, peerId: string } {
    const dir = openDataDir(base({ path }))
    writeFileSync(dir.databasePath, 'rows', { mode: 0o600 })
    dir.markReady()
    dir.close()
    return { words: dir.identity.words().join(' '), peerId: dir.identity.peerId }
  }
  const restore = (words: string, overrides: Partial<RestoreOptions> = {}) => restoreDataDir({ ...base(), seed: seedFromWords(words), usedFor: unused, ...overrides })
  const peerIdNow = (): string => {
    const dir = openDataDir(base())
    dir.close()
    return dir.identity.peerId
  }

  it('on an empty machine makes the identity that the words are of', () => {
    const lost = used(join(root, 'old'))
    expect(lost.words.split(' ')).toHaveLength(12)
    expect(restore(lost.words)).toEqual({ peerId: lost.peerId, outcome: 'restored' })
    expect(peerIdNow()).toBe(lost.peerId)
  })

  it('where the disk was lost needs no leave: it is the identity that was here', () => {
    const lost = used()
    rmSync(join(root, 'data'), { recursive: true })
    expect(refusal(peerIdNow).code).toBe('E_DATA_DIR_MISSING')
    expect(restore(lost.words).outcome).toBe('restored')
    expect(peerIdNow()).toBe(lost.peerId)
  })

  it('where another was lost, asks first', () => {
    const mine = used(join(root, 'old'))
    used()
    rmSync(join(root, 'data'), { recursive: true })
    expect(refusal(() => restore(mine.words)).code).toBe('E_DATA_DIR_MISSING')
    expect(restore(mine.words, { newIdentity: true }).peerId).toBe(mine.peerId)
  })

  it('over itself changes nothing', () => {
    const mine = used()
    const before = readFileSync(join(root, 'data/identity.json'), 'utf8')
    expect(restore(mine.words, { usedFor: () => 'leases' })).toEqual({ peerId: mine.peerId, outcome: 'same' })
    expect(readFileSync(join(root, 'data/identity.json'), 'utf8')).toBe(before)
  })

  it('replaces an identity on which nothing hangs, and remembers it', () => {
    const mine = used(join(root, 'old'))
    const here = used()
    restore(mine.words)
    const dir = openDataDir(base())
    expect([dir.identity.peerId, dir.formerPeerIds]).toEqual([mine.peerId, [here.peerId]])
    dir.close()
  })

  it('never replaces one that something hangs on', () => {
    const mine = used(join(root, 'old'))
    const here = used()
    const error = refusal(() => restore(mine.words, { usedFor: () => 'accounts with 2 others' }))
    expect([error.code, error.message.includes('accounts with 2 others')]).toEqual(['E_CONFLICT', true])
    expect(peerIdNow()).toBe(here.peerId)
  })

  it('never while a service runs on it', () => {
    const mine = used(join(root, 'old'))
    used()
    const running = openDataDir(base())
    expect(refusal(() => restore(mine.words)).code).toBe('E_DATA_DIR_LOCKED')
    running.close()
  })

  it('leaves a directory with something else in it alone', () => {
    const mine = used(join(root, 'old'))
    writeFileSync(join(root, 'thesis'), 'x')
    expect(refusal(() => restore(mine.words, { path: root })).code).toBe('E_DATA_DIR_FOREIGN')
  })
})

describe('an identity of an older version', () => {
  it('has 32 bytes, stays who it is, and has 24 words', () => {
    const root = mkdtempSync(join(tmpdir(), 'depin-old-'))
    const seed = Buffer.alloc(32, 7)
    const restored = restoreDataDir({ path: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, clock: createSystemClock(), rng: createSystemRng(), seed, usedFor: () => null })
    const dir = openDataDir({ path: join(root, 'data'), stateDir: join(root, 'state'), newIdentity: false, clock: createSystemClock(), rng: createSystemRng() })
    expect(dir.identity.words()).toHaveLength(24)
    expect(Buffer.from(seedFromWords(dir.identity.words().join(' ')))).toEqual(seed)
    // as it was made before there were words: HKDF over the seed as it is
    expect([restored.peerId, dir.identity.peerId]).toEqual(Array(2).fill('12D3KooWG2bxxPwZZu3W1CquTXXivhctN7EkAsSncXG74kbeCsbx'))
    dir.close()
    rmSync(root, { recursive: true, force: true })
  })
})
