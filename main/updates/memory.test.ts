import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openUpdateBench, type UpdateBench } from '../testing/updates.ts'

let bench: UpdateBench
const path = (): string => join(bench.folder, 'updates.json')
beforeEach(async () => {
  bench = await openUpdateBench()
  vi.stubEnv('APPIMAGE', bench.appImage)
})
afterEach(() => {
  vi.unstubAllEnvs()
  bench.close()
})

it('a memory that is damaged is said to be, and no feed is believed', async () => {
  bench.offer()
  writeFileSync(path(), '{"seen":{')
  const { updater, installs } = bench.desktop({ lastInputMs: 0, isLookedAt: false })
  await updater.think()
  expect([updater.state, installs]).toMatchObject([{ kind: 'failed', version: null, reason: 'memory-damaged' }, []])
  updater.order({ kind: 'channel', channel: 'beta' })
  expect(updater.state).toMatchObject({ kind: 'failed', reason: 'memory-damaged' })
  expect(readFileSync(path(), 'utf8')).toBe('{"seen":{')
})

it('an owner who looks by hand begins anew, and what was damaged is kept beside', async () => {
  bench.offer()
  writeFileSync(path(), 'x')
  const { updater, memory } = bench.desktop()
  await updater.think()
  updater.order({ kind: 'check' })
  await vi.waitFor(() => expect(updater.state).toMatchObject({ kind: 'ready', version: '1.1.0' }), { timeout: 10_000 })
  expect([memory().seen('latest')?.version, readFileSync(`${path()}.damaged`, 'utf8')]).toEqual(['1.1.0', 'x'])
})

it('one that has lost nothing that counts is mended: what was offered before still counts', async () => {
  bench.offer({ version: '1.2.0' })
  await bench.desktop().updater.think()
  writeFileSync(path(), readFileSync(path(), 'utf8').replace('"channel":"latest"', '"channel":"of tomorrow"'))
  bench.offer({ version: '1.1.0' })
  const { updater } = bench.desktop()
  await updater.think()
  expect(updater.state).toMatchObject({ kind: 'failed', reason: 'rolled-back' })
})
