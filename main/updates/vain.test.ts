import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dayMs, testNowMs } from '../../release/testing/release.ts'
import { openUpdateBench, type UpdateBench } from '../testing/updates.ts'
import { installDeadlineMs } from './updater.ts'

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000 })
let bench: UpdateBench
let clock: UpdateBench['clock']
let offer: UpdateBench['offer']
let desktop: UpdateBench['desktop']
beforeEach(async () => {
  bench = await openUpdateBench()
  vi.stubEnv('APPIMAGE', bench.appImage)
  ;({ clock, offer, desktop } = bench)
})
afterEach(() => {
  vi.unstubAllEnvs()
  bench.close()
})

describe('a version that could not be put in place', () => {
  const hourMs = 3_600_000
  const away = { lastInputMs: testNowMs - hourMs, isLookedAt: false }
  const notInstalled = { kind: 'failed', version: '1.1.0', reason: 'install-failed' }

  it('is seen at the next start, and said while it is not tried again', async () => {
    offer()
    await desktop(away).updater.think()
    const { updater, installs } = desktop(away)
    expect(updater.state).toMatchObject({ ...notInstalled, atMs: testNowMs })
    await updater.think()
    expect([updater.state, installs]).toMatchObject([notInstalled, []])
  })

  it('is tried again later, and later each time', async () => {
    offer({ expiresAtMs: testNowMs + 300 * dayMs })
    const waits: number[] = []
    for (let start = 1; start <= 7; start++) {
      const { updater, installs } = desktop(away)
      const beganMs = clock.nowMs()
      await updater.think()
      while (installs.length === 0) {
        await clock.advance(hourMs)
        await updater.think()
      }
      waits.push((clock.nowMs() - beganMs) / hourMs)
    }
    expect(waits).toEqual([0, 1, 4, 16, 64, 168, 168])
  })

  it('is tried at once when the owner asks', async () => {
    offer()
    await desktop(away).updater.think()
    const { updater, installs } = desktop()
    await updater.think()
    expect(updater.state.kind).toBe('failed')
    updater.order({ kind: 'install' })
    await eventually(() => expect([updater.state.kind, installs.length]).toEqual(['installing', 1]))
  })

  it('does not keep a newer one away', async () => {
    offer()
    await desktop(away).updater.think()
    offer({ version: '1.2.0' })
    const { updater, announced } = desktop(away)
    await updater.think()
    expect([updater.state.kind, announced]).toEqual(['installing', ['1.2.0']])
  })

  it('is seen in the app that goes on: when whoever does it says so, or when nothing happens', async () => {
    offer()
    const { updater } = desktop(away)
    await updater.think()
    updater.installFailed(new Error('spawn EPERM'))
    expect(updater.state).toMatchObject(notInstalled)
    updater.order({ kind: 'install' })
    await eventually(() => expect(updater.state.kind).toBe('installing'))
    await clock.advance(installDeadlineMs)
    expect(updater.state).toMatchObject(notInstalled)
  })

  it('counts as tried when it failed before anything was changed, but not when the app quits', async () => {
    offer()
    const broken = { prepare: () => Promise.reject(new Error('EACCES')), install: () => undefined, goBack: () => false, settle: () => undefined }
    const { updater, announced } = desktop(away, '1.0.0', undefined, { installer: broken })
    await updater.think()
    expect([updater.state, announced]).toMatchObject([notInstalled, ['1.1.0']])
    const quits: (() => void)[] = []
    const leaving = desktop({}, '1.0.0', undefined, { installer: { ...broken, prepare: (_path, _statement, signal) => {
      for (const quit of quits) quit()
      return Promise.reject(signal.reason as Error)
    } } })
    quits.push(leaving.updater.start())
    leaving.updater.order({ kind: 'install' })
    await eventually(() => expect(leaving.states).toContain('installing'))
    await eventually(() => expect(leaving.updater.state.kind).toBe('failed'))
    expect(leaving.announced).toEqual([])
  })
})
