import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { isAlive } from '../harness/processes.ts'

test('the first start shows a window with the real state, and lives on in the tray', async ({ start, startAgain }) => {
  const app = await start()
  const page = await app.ready()
  await expect(page.getByRole('heading', { name: 'One more thing to install' })).toBeVisible()
  await expect.poll(() => app.isVisible()).toBe(true)
  await expect.poll(() => app.tooltip()).toBe('Depin Desktop. One more thing to install')

  await app.closeWindow()
  await expect.poll(() => app.isVisible()).toBe(false)
  expect(await app.servicePid()).not.toBeNull()
  expect(await app.notices()).toEqual(['Depin Desktop goes on'])

  await app.clickIcon()
  await expect.poll(() => app.isVisible()).toBe(true)
  await app.closeWindow()
  await expect.poll(() => app.isVisible()).toBe(false)
  expect(await app.notices()).toHaveLength(1)

  expect(await startAgain()).toBe(0)
  await expect.poll(() => app.isVisible()).toBe(true)

  await app.clickTray('settings')
  await expect(page.getByRole('heading', { name: 'How much to share' })).toBeAttached()
  await page.getByRole('link', { name: 'This app' }).click()
  await expect(page.getByText('has no tray')).toBeHidden()
})

test('the tray leads to where earnings are shown, also while sharing is stopped; opening leaves the window where it was', async ({ start }) => {
  const app = await start()
  const page = await app.ready()
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setBounds({ x: 0, y: 0, width: 960, height: 640 }))
  const earnings = page.getByRole('region', { name: 'Earnings' })
  await app.clickTray('guests')
  await app.clickTray('earnings')
  await expect(earnings).toBeFocused()
  await expect(earnings).toBeInViewport({ ratio: 1 })
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home' })).toHaveAttribute('aria-current', 'page')
  // sharing that is stopped has other things to say first
  await expect(page.getByRole('heading', { name: 'One more thing to install' })).toBeAttached()

  await app.clickTray('settings')
  await expect(earnings).toBeHidden()
  await app.closeWindow()
  await expect.poll(() => app.isVisible()).toBe(false)
  await app.clickIcon()
  await expect.poll(() => app.isVisible()).toBe(true)
  await expect(page.getByRole('heading', { name: 'How much to share' })).toBeVisible()
})

test('the window quits too: some trays are seen by nobody', async ({ start }) => {
  const app = await start()
  const page = await app.ready()
  await page.goto(`${page.url().split('#')[0]!}#/settings/app`)
  await page.getByRole('button', { name: 'Quit', exact: true }).press('Enter')
  expect(await app.exited()).toBe(0)
  expect(app.log()).toContain('quit in order')
})

test('quitting drains the service and ends all of it; it is all there at the next start', async ({ start, place }) => {
  const app = await start()
  const page = await app.ready()
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Guest apps' }).click()
  const service = (await app.servicePid())!
  const identity = readFileSync(join(place.dataDir, 'identity.json'), 'utf8')
  await app.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.setBounds({ x: 40, y: 50, width: 1100, height: 700 }))
  await app.clickTray('quit')
  expect(await app.exited()).toBe(0)
  expect(isAlive(service)).toBe(false)
  // in order: what it left says so
  expect(existsSync(join(place.dataDir, 'service.json'))).toBe(false)
  expect(app.log()).toContain('quit in order')

  const again = await start()
  await again.ready()
  expect(await again.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getNormalBounds())).toEqual({ x: 40, y: 50, width: 1100, height: 700 })
  expect(readFileSync(join(place.dataDir, 'identity.json'), 'utf8')).toBe(identity)
})

test('a hidden start shows nothing until it is asked to', async ({ start, startAgain }) => {
  const app = await start({ args: ['--hidden'] })
  await app.ready()
  expect(await app.isVisible()).toBe(false)
  expect(await startAgain('--hidden')).toBe(0)
  expect(await app.isVisible()).toBe(false)
  await app.clickTray('open')
  await expect.poll(() => app.isVisible()).toBe(true)
})

test('without a tray the window says so, and closing it never hides: it quits', async ({ start }) => {
  const app = await start({ tray: false })
  const page = await app.ready()
  await page.goto(`${page.url().split('#')[0]!}#/settings/app`)
  await expect(page.getByText('This desktop has no tray')).toBeVisible()
  expect(await app.trayLabels()).toEqual([])
  await app.closeWindow()
  expect(await app.exited()).toBe(0)
})

test('a page that ends comes back, later each time when it ends again and again', async ({ start }) => {
  const app = await start()
  await app.ready()
  const waits = await app.electron.evaluate(async ({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!
    const seen: number[] = []
    for (let times = 0; times < 3; times++) {
      const beganMs = performance.now()
      const isBack = new Promise<void>((resolve) => webContents.once('did-finish-load', () => resolve()))
      webContents.forcefullyCrashRenderer()
      await isBack
      seen.push(performance.now() - beganMs)
    }
    return seen
  })
  for (const [times, waitedMs] of waits.entries()) expect(waitedMs).toBeGreaterThan(1_000 * 2 ** times - 50)
  expect(app.log().match(/the page ended/g)).toHaveLength(3)
})

test('a tray that comes after the app, as at login, is used all the same', async ({ start, place }) => {
  const app = await start({ args: ['--hidden'], tray: false })
  const page = await app.ready()
  expect(await app.trayLabels()).toEqual([])
  await page.goto(`${page.url().split('#')[0]!}#/settings/app`)
  await expect(page.getByText('This desktop has no tray')).toBeAttached()
  writeFileSync(join(place.folder, 'without-tray/gdbus'), '#!/bin/sh\necho "(true,)"\n')
  await expect.poll(() => app.tooltip()).toContain('Depin Desktop')
  await expect(page.getByText('This desktop has no tray')).toBeHidden()
})

test('the app opens at login when that is wanted, and says what it is told to', async ({ start, place }) => {
  const app = await start()
  const page = await app.ready()
  await page.goto(`${page.url().split('#')[0]!}#/settings/app`)
  const file = join(place.config, 'autostart/depin-desktop.desktop')
  await app.flip(page, 'Open when this computer starts')
  await expect.poll(() => existsSync(file)).toBe(true)
  expect(readFileSync(file, 'utf8')).toMatch(/^Exec=.* --hidden$/m)
  await expect(page.getByRole('switch', { name: 'Open when this computer starts' })).toBeChecked()
  await app.flip(page, 'Open when this computer starts')
  await expect.poll(() => existsSync(file)).toBe(false)
  await app.flip(page, 'A renter signed')
  await expect.poll(() => readFileSync(join(place.userData, 'desktop.json'), 'utf8')).toContain('"paid":false')
})

test('the tray speaks the language that was chosen in the window', async ({ start }) => {
  const app = await start()
  const page = await app.ready()
  await page.getByRole('button', { name: 'Language and display' }).click()
  await page.getByRole('menuitemradio', { name: 'العربية' }).click()
  await expect.poll(async () => (await app.trayLabels()).at(-1)).toBe('إنهاء')
})

test('a link is shown to the owner and joins nothing by itself', async ({ start, startAgain }) => {
  const app = await start({ args: ['--hidden'] })
  const page = await app.ready()
  expect(await startAgain('depin://join/pGFhSGVsbG8')).toBe(0)
  await expect.poll(() => app.isVisible()).toBe(true)
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox')).toHaveValue('depin://join/pGFhSGVsbG8')
  await page.reload()
  await expect(dialog.getByRole('textbox')).toHaveValue('depin://join/pGFhSGVsbG8')
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(dialog).toBeHidden()
  await page.reload()
  await app.ready()
  await expect(dialog).toBeHidden()
})
