import { expect, test } from './fixtures.ts'
import type { DesktopApp } from './models/app.ts'

/** The clock of main goes forward. */
async function later(app: DesktopApp, ms: number): Promise<void> {
  await app.electron.evaluate((_electron, added) => {
    const real = Date.now.bind(Date)
    Date.now = () => real() + added
  }, ms)
}

test('what needs the owner is told once, when it lasts, and a click on it leads there', async ({ start }) => {
  const app = await start({ args: ['--hidden', '--share'] })
  await app.ready()
  await expect.poll(() => app.tooltip()).toBe('Depin Desktop. One more thing to install')
  expect(await app.notices()).toEqual([])
  await later(app, 20_000)
  await expect.poll(() => app.notices()).toEqual(['One more thing to install'])
  await later(app, 7_200_000)
  await app.electron.evaluate(() => globalThis.probe.notifications[0]!.emit('click'))
  await expect.poll(() => app.isVisible()).toBe(true)
  expect(await app.notices()).toHaveLength(1)
})

test('an update that quits closes the window, tray or not', async ({ start }) => {
  const app = await start()
  await app.ready()
  // on macOS the windows go first, and only then comes before-quit
  await app.electron.evaluate(({ autoUpdater, BrowserWindow }) => {
    autoUpdater.emit('before-quit-for-update')
    BrowserWindow.getAllWindows()[0]!.close()
  })
  await expect.poll(() => app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(0)
  expect(await app.servicePid()).not.toBeNull()
})
