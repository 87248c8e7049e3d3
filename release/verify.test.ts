import fc from 'fast-check'
import { valid } from 'semver'
import { describe, expect, it } from 'vitest'
import { Version } from '../contract/nouns/updates.ts'
import type { Manifest } from './manifest.ts'
import { problemOf } from './problem.ts'
import { signStatement } from './sign.ts'
import { PackageKind, Statement, statementText } from './statement.ts'
import { dayMs, encode, newKey, statementOf, testNowMs } from './testing/release.ts'
import { type Expectation, isNewer, nextSeen, verifyManifest } from './verify.ts'

const key = newKey()
const other = newKey()
const content = Buffer.from('a package')
const statement = statementOf(content)
const expected: Expectation = { keys: [key.known], nowMs: testNowMs, platform: 'linux-x64', package: 'tarball', channel: 'latest', seen: null }

const signed = (patch: Partial<Statement> = {}, by = key): Manifest => signStatement({ ...statement, ...patch }, [by.privateKey])
const reasonOf = (bytes: Uint8Array, patch: Partial<Expectation> = {}): string => {
  try {
    return verifyManifest(bytes, { ...expected, ...patch }).version
  } catch (error) {
    return problemOf(error) ?? String(error)
  }
}

describe('a release that is signed for this computer', () => {
  it('is believed', () => {
    expect(verifyManifest(encode(signed()), expected)).toEqual(statement)
  })

  it('is one text, which anybody can check with openssl', () => {
    expect(statementText({ ...statement, sha512: '0'.repeat(128) })).toBe(`depin/release/v1
version=1.1.0
platform=linux-x64
package=tarball
channel=latest
file=depin-linux-x64.tar.gz
sha512=${'0'.repeat(128)}
bytes=9
rolloutPercent=100
signedAtMs=${testNowMs - dayMs}
expiresAtMs=${testNowMs + 30 * dayMs}
`)
  })
})

describe('what is refused', () => {
  const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))
  it.each<[string, Uint8Array, Partial<Expectation>, string]>([
    ['another key', encode(signed({}, other)), {}, 'wrong-key'],
    ['another key that takes the name of ours', json({ ...signed({}, other), signatures: [{ ...signed({}, other).signatures[0], key: key.known.id }] }), {}, 'wrong-key'],
    ['no key at all is known', encode(signed()), { keys: [] }, 'wrong-key'],
    ['a version changed after it was signed', json({ ...signed(), statement: { ...statement, version: '9.0.0' } }), {}, 'wrong-key'],
    ['a longer life given to it', json({ ...signed(), statement: { ...statement, expiresAtMs: statement.expiresAtMs + 1 } }), {}, 'wrong-key'],
    ['a hash of another file', json({ ...signed(), statement: { ...statement, sha512: 'f'.repeat(128) } }), {}, 'wrong-key'],
    ['freeze: it has expired', encode(signed()), { nowMs: statement.expiresAtMs }, 'expired'],
    ['from the future', encode(signed({ signedAtMs: testNowMs + 2 * dayMs })), {}, 'expired'],
    ['another platform', encode(signed({ platform: 'linux-arm64' })), {}, 'wrong-platform'],
    ['another kind of package', encode(signed({ package: 'deb' })), {}, 'wrong-platform'],
    ['another channel', encode(signed({ channel: 'beta' })), {}, 'wrong-channel'],
    ['rollback: less than was offered before', encode(signed()), { seen: { version: '1.1.1', sha512: statement.sha512 } }, 'rolled-back'],
    ['rollback from a release to its candidate', encode(signed({ version: '1.1.0-rc.1' })), { seen: { version: '1.1.0', sha512: statement.sha512 } }, 'rolled-back'],
    ['mix and match: the same version with another content', encode(signed()), { seen: { version: '1.1.0', sha512: 'e'.repeat(128) } }, 'mixed'],
    ['no signature', json({ ...signed(), signatures: [] }), {}, 'not-signed'],
    ['a key that does not belong there', json({ ...signed(), extra: 1 }), {}, 'not-signed'],
    ['a key in the statement that is not signed', json({ ...signed(), statement: { ...statement, url: 'https://example.org' } }), {}, 'not-signed'],
    ['a path for a file name', json({ ...signed(), statement: { ...statement, file: '../../bin/sh' } }), {}, 'not-signed'],
    ['nothing', new Uint8Array(), {}, 'not-signed'],
    ['a page', Buffer.from('<html>'), {}, 'not-signed'],
    ['endless data', Buffer.alloc(1 << 20, 0x20), {}, 'not-signed'],
  ])('%s', (_, bytes, patch, reason) => {
    expect(reasonOf(bytes, patch)).toBe(reason)
  })

  it('is known again: the same version, unchanged, may be offered once more, and signed anew', () => {
    expect(reasonOf(encode(signed({ expiresAtMs: statement.expiresAtMs + dayMs })), { seen: { version: '1.1.0', sha512: statement.sha512 } })).toBe('1.1.0')
  })
})

describe('a key takes the place of another', () => {
  const both = encode(signStatement(statement, [key.privateKey, other.privateKey]))
  it.each([['those who know the old one', [key]], ['those who know both', [key, other]], ['those who know the new one', [other]]])('%s believe what both have signed', (_, keys) => {
    expect(reasonOf(both, { keys: keys.map(({ known }) => known) })).toBe('1.1.0')
  })

  it('and who knows the new one alone believes nothing by the old one', () => {
    expect(reasonOf(encode(signed()), { keys: [other.known] })).toBe('wrong-key')
  })
})

describe('any release', () => {
  const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.option(fc.constantFrom('rc.1', 'beta.12', 'a-b'))).map(([a, b, c, pre]) => `${a}.${b}.${c}${pre === null ? '' : `-${pre}`}`)
  const statements = fc.record({
    version, platform: fc.constantFrom('linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64'), package: fc.constantFrom(...PackageKind.options), channel: fc.constantFrom('latest' as const, 'beta' as const),
    file: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,40}$/), sha512: fc.stringMatching(/^[0-9a-f]{128}$/), bytes: fc.integer({ min: 1, max: 2 ** 31 }), rolloutPercent: fc.integer({ min: 0, max: 100 }),
    signedAtMs: fc.integer({ min: 0, max: 2 ** 42 }), expiresAtMs: fc.integer({ min: 0, max: 2 ** 42 }),
  })

  it('has a version that comes before or after any other', () => {
    const part = fc.stringMatching(/^[0-9]{1,3}$|^[0-9a-]{1,4}$/)
    const texts = fc.tuple(part, part, part, fc.option(fc.array(part, { minLength: 1 }), { nil: [] })).map(([a, b, c, pre]) => `${a}.${b}.${c}${pre.length === 0 ? '' : `-${pre.join('.')}`}`)
    fc.assert(fc.property(texts, (text) => Version.safeParse(text).success === (valid(text) === text)), { numRuns: 5_000 })
  })

  it('has a text of its own', () => {
    fc.assert(fc.property(statements, statements, (one, two) => {
      expect(statementText(one) === statementText(two)).toBe(JSON.stringify(Statement.parse(one)) === JSON.stringify(Statement.parse(two)))
    }))
  })

  it('is not believed after any change of any byte', () => {
    const bytes = encode(signed())
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ change
      // whatever else is wrong with it is not looked at before its signature
      expect(['wrong-key', 'not-signed']).toContain(reasonOf(changed))
    }), { numRuns: 2_000 })
  })

  it('once seen, is a floor that never falls', () => {
    fc.assert(fc.property(fc.array(version, { minLength: 1 }), (versions) => {
      let seen: ReturnType<typeof nextSeen> | null = null
      for (const each of versions) {
        const next = nextSeen(seen, { ...statement, version: each })
        if (seen !== null) expect(isNewer(seen, next.version)).toBe(false)
        expect(isNewer({ version: each }, next.version)).toBe(false)
        seen = next
      }
    }))
  })
})
