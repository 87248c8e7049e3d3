import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { assertIsPackage } from './file.ts'
import { healMemory, loadMemory } from './memory.ts'
import { isInRollout } from './rollout.ts'
import { statementOf } from './testing/release.ts'

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'depin-release-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

describe('what is remembered of updates', () => {
  it('is there after a restart, and the highest version does not fall', () => {
    const path = join(newFolder(), 'deep', 'updates.json')
    const statement = statementOf(Buffer.from('x'))
    const memory = loadMemory(path)
    memory.see(statement)
    memory.see({ ...statement, version: '1.0.9' })
    memory.refuse('1.1.0', 5)
    memory.setChannel('beta')
    const again = loadMemory(path)
    expect(again.seen('latest')).toEqual({ version: '1.1.0', sha512: statement.sha512 })
    expect([again.seen('beta'), again.channel, again.isRefused('1.1.0'), again.rolloutId]).toEqual([null, 'beta', true, memory.rolloutId])
  })

  it('knows when a version was taken back, and is read by versions that do not keep that', () => {
    const path = join(newFolder(), 'updates.json')
    loadMemory(path).refuse('1.1.0', 7)
    expect([loadMemory(path).refusedAtMs('1.1.0'), loadMemory(path).refusedAtMs('1.2.0')]).toEqual([7, null])
    const kept = JSON.parse(readFileSync(path, 'utf8')) as { refused: unknown, refusedAtMs?: unknown }
    expect(kept.refused).toEqual(['1.1.0'])
    delete kept.refusedAtMs
    writeFileSync(path, JSON.stringify(kept))
    expect([loadMemory(path).isRefused('1.1.0'), loadMemory(path).refusedAtMs('1.1.0')]).toEqual([true, null])
  })

  it('is never taken for nothing when it is damaged', () => {
    const path = join(newFolder(), 'updates.json')
    writeFileSync(path, '{"seen":{}')
    expect(() => loadMemory(path)).toThrow()
    writeFileSync(path, '{}')
    expect(() => loadMemory(path)).toThrow()
  })
})

describe('a damaged memory', () => {
  const seen = { latest: { version: '1.1.0', sha512: 'ab' } }
  const refused = ['1.0.5']
  const rolloutId = 'a place in rollouts'
  it.each([
    ['has lost its place in rollouts', { channel: 'beta', seen, refused }, '1.0.0', { channel: 'beta', seen, refused }],
    ['knows a channel that is of a later version', { rolloutId, channel: 'nightly', seen: { ...seen, nightly: 7 }, refused }, '1.0.0', { rolloutId, channel: 'latest', seen, refused }],
    ['has lost its channel on an early version', { rolloutId, seen, refused }, '1.0.0-beta.2', { rolloutId, channel: 'beta', seen, refused }],
  ])('that %s is mended, and nothing that counts is lost', (_, damaged, installed, healed) => {
    const path = join(newFolder(), 'updates.json')
    writeFileSync(path, JSON.stringify(damaged))
    expect(healMemory(path, installed)).toBe(true)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject(healed)
    expect(loadMemory(path).rolloutId.length).toBeGreaterThan(15)
  })

  it.each([
    ['does not know what was offered', { rolloutId, channel: 'latest', refused }], ['has half of what was offered', { rolloutId, channel: 'latest', seen: { latest: { version: '1.1' } }, refused }],
    ['does not know what was taken back', { rolloutId, channel: 'latest', seen }],
  ])('that %s is left as it is', (_, damaged) => {
    const path = join(newFolder(), 'updates.json')
    const text = JSON.stringify(damaged)
    writeFileSync(path, text)
    expect([healMemory(path, '1.0.0'), readFileSync(path, 'utf8')]).toEqual([false, text])
  })

  it('that cannot be read at all is left as it is', () => {
    const path = join(newFolder(), 'updates.json')
    writeFileSync(path, '{"seen"')
    expect([healMemory(path, '1.0.0'), readFileSync(path, 'utf8')]).toEqual([false, '{"seen"'])
  })
})

describe('a staged rollout', () => {
  const ids = Array.from({ length: 2_000 }, (_, index) => `computer-${index}-of-many`)

  it('takes about as many as it says, and the same ones each time', () => {
    const first = ids.filter((id) => isInRollout(id, '1.1.0', 10))
    expect(first.length).toBeGreaterThan(140)
    expect(first.length).toBeLessThan(260)
    expect(ids.filter((id) => isInRollout(id, '1.1.0', 10))).toEqual(first)
    expect(ids.filter((id) => isInRollout(id, '1.2.0', 10))).not.toEqual(first)
  })

  it('only adds computers as it rises, from none to all', () => {
    fc.assert(fc.property(fc.uuid(), fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }), (id, a, b) => {
      if (isInRollout(id, '1.1.0', Math.min(a, b))) expect(isInRollout(id, '1.1.0', Math.max(a, b))).toBe(true)
      expect([isInRollout(id, '1.1.0', 0), isInRollout(id, '1.1.0', 100)]).toEqual([false, true])
    }))
  })
})

describe('a file', () => {
  const content = Buffer.from('the package')
  it.each([
    ['that is the one', content, null],
    ['with another byte', Buffer.from('the packagE'), 'corrupt'],
    ['that is too short', content.subarray(1), 'truncated'],
    ['that is too long', Buffer.concat([content, content]), 'too-long'],
  ])('%s: %s', async (_, bytes, reason) => {
    const path = join(newFolder(), 'package')
    writeFileSync(path, bytes)
    const outcome = assertIsPackage(path, statementOf(content))
    if (reason === null) await expect(outcome).resolves.toBeUndefined()
    else await expect(outcome).rejects.toMatchObject({ code: 'E_UPDATE', details: { reason } })
  })
})
