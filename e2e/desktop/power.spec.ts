import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ShareStatus } from '../../contract/nouns/node.ts'
import { busOf } from '../harness/bus.ts'
import { expect, test } from './fixtures.ts'
import type { DesktopApp } from './models/app.ts'

declare global {
  // what the spec counts in main
  var looks: number
}

/** From now on nobody has touched anything for so long, and each look is counted. */
async function setIdle(app: DesktopApp, seconds: number): Promise<void> {
  await app.electron.evaluate(({ powerMonitor }, given) => {
    globalThis.looks = 0
    powerMonitor.getSystemIdleTime = () => {
      globalThis.looks++
      return given
    }
  }, seconds)
}

const happens = (app: DesktopApp, event: string): Promise<unknown> => app.electron.evaluate(({ powerMonitor }, name) => powerMonitor.emit(name), event)
const looks = (app: DesktopApp): Promise<number> => app.electron.evaluate(() => globalThis.looks)

test('the service learns what the desktop sees, not while the computer sleeps, and at once when it wakes', async ({ start, depin }) => {
  const app = await start({ args: ['--hidden', '--share'], env: { XDG_SESSION_TYPE: 'x11' } })
  await app.ready()
  const lastInput = async (): Promise<ShareStatus['owner']['signals']['lastInputMs']> => (await depin<ShareStatus>('share')).owner.signals.lastInputMs
  await expect.poll(async () => (await lastInput())?.source).toBe('desktop')
  expect(Date.now() - (await lastInput())!.value).toBeLessThan(60_000)

  await setIdle(app, 7_200)
  await happens(app, 'lock-screen')
  await expect.poll(async () => Date.now() - (await lastInput())!.value).toBeGreaterThan(7_000_000)
  await happens(app, 'unlock-screen')

  await happens(app, 'suspend')
  const asleep = await looks(app)
  await happens(app, 'on-battery')
  await happens(app, 'on-ac')
  expect(await looks(app)).toBe(asleep)
  await setIdle(app, 3)
  await happens(app, 'resume')
  expect(await looks(app)).toBe(1)
  await expect.poll(async () => Date.now() - (await lastInput())!.value).toBeLessThan(60_000)
  expect(app.log()).toMatch(/goes to sleep[\s\S]*woke up/)
})

test('what filled the screen is not taken for the present once nothing is shared', async ({ start, depin, place }) => {
  const xprop = join(busOf(place.folder, true), 'xprop')
  writeFileSync(xprop, '#!/bin/sh\necho "window id # 0x3a00007 _NET_WM_STATE_FULLSCREEN"\n', { mode: 0o755 })
  const app = await start({ args: ['--hidden', '--share'], env: { XDG_SESSION_TYPE: 'x11' } })
  await app.ready()
  const filled = async () => (await depin<ShareStatus>('share')).owner.signals.fullScreen?.value ?? null
  await happens(app, 'resume')
  await expect.poll(filled).toBe(true)
  await depin('share', 'off')
  await expect.poll(() => app.trayLabels()).toContain('Turn sharing on')
  await happens(app, 'resume')
  await expect.poll(filled).not.toBe(true)
})

test('nothing is said of the owner where the system does not tell: on Wayland', async ({ start, depin }) => {
  const app = await start({ args: ['--hidden'] })
  await app.ready()
  await setIdle(app, 0)
  await happens(app, 'unlock-screen')
  await expect.poll(() => looks(app)).toBeGreaterThan(0)
  expect((await depin<ShareStatus>('share')).owner.signals.lastInputMs?.source).not.toBe('desktop')
})

test('the system is asked to wait at the end of a session, until the service has stopped in order', async ({ start }) => {
  const app = await start({ args: ['--hidden'] })
  await app.ready()
  const isAsked = await app.electron.evaluate(({ powerMonitor }) => {
    let isAsked = false
    powerMonitor.emit('shutdown', { preventDefault: () => { isAsked = true } })
    return isAsked
  })
  expect([isAsked, await app.exited()]).toEqual([true, 0])
  expect(app.log()).toMatch(/the session ends[\s\S]*quit in order/)
})
