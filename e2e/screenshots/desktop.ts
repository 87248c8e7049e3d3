/** The desktop app on the demo's computer, brought into each state, and what main, its tray and its window then are. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, expect, type Page } from '@playwright/test'
import { minimumSize } from '../../main/window/bounds.ts'
import { DesktopApp } from '../desktop/models/app.ts'
import { HomeScreen } from '../dashboard/models/home.ts'
import { busOf } from '../harness/bus.ts'
import type { Demo } from '../harness/demo.ts'
import { launchElectron } from '../harness/electron.ts'
import { EngineGate } from '../harness/engine-gate.ts'
import { watchdogPid } from '../harness/processes.ts'
import { collectNotices } from './notices.ts'
import { rest } from './dashboard.ts'
import { drawNotices, drawTrays, drawWindows } from './sheets.ts'
import { type Look, readTray, type StateShot, type Theme } from './tray-model.ts'

const patience = { timeout: 90_000 }
const rootArgs = process.getuid?.() === 0 ? ['--no-sandbox'] : []

export async function takeDesktop(browser: Browser, demo: Demo): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'depin-pictures-'))
  const gate = new EngineGate(join(folder, 'engine.sock'))
  const shots: StateShot[] = []
  try {
    const fresh = await launch(folder, 'fresh', ['--engine', 'none', '--share', '--data-dir', join(folder, 'fresh/data'), '--listen', '/ip4/127.0.0.1/tcp/0'])
    shots.push(await shoot(fresh, 'missing', 'Depin Desktop. One more thing to install'))
    await fresh.end()

    await gate.open()
    await demo.home.stop()
    const app = await launch(folder, 'home', ['--engine', gate.path, '--data-dir', demo.home.dataDir, '--bootstrap', demo.renter.address, '--listen', '/ip4/127.0.0.1/tcp/0'])
    const notices = await takeStates(app, demo, gate, shots)
    await app.end()
    await drawTrays(browser, shots)
    await drawWindows(browser, shots)
    await drawNotices(browser, notices)
  } finally {
    gate.close()
    for (const dataDir of [demo.home.dataDir, join(folder, 'fresh/data')]) {
      const watchdog = watchdogPid(dataDir)
      if (watchdog !== null) process.kill(watchdog, 'SIGKILL')
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

/** From one state to the next. Leaves the demo's home alone in the world. */
async function takeStates(app: DesktopApp, demo: Demo, gate: EngineGate, shots: StateShot[]) {
  const { home, renter } = demo
  const take = async (name: string, tooltip: string | RegExp): Promise<void> => void shots.push(await shoot(app, name, tooltip))
  await setIdle(app, 7_200)
  await setNotices(app, false)
  await home.json('share', 'set', '--in-use', 'asleep')
  await take('sharing', 'Depin Desktop, sharing, 2 guest apps')
  await app.clickTray('pause-60')
  await take('paused', /Paused until \d/)
  await app.clickTray('resume')
  await setIdle(app, 0)
  await take('in-use', 'Depin Desktop. Paused while you use this PC')
  await setIdle(app, 7_200)
  await expect.poll(() => app.tooltip(), patience).toContain('sharing')
  await app.clickTray('turn-off')
  await take('off', 'Depin Desktop. Sharing is off')
  await app.clickTray('turn-on')
  gate.close()
  await take('stopped', 'Depin Desktop. Sharing stopped: the engine isn’t running')
  await gate.open()
  await expect.poll(() => app.tooltip(), patience).toContain('sharing')
  await setNotices(app, true)
  const notices = await collectNotices(app, {
    pause: () => setIdle(app, 0),
    resume: () => setIdle(app, 7_200),
    stopEngine: () => gate.close(),
    startEngine: () => gate.open(),
    endGuest: () => renter.json('rm', 'radio-archive'),
  })
  await setNotices(app, false)
  await renter.json('rm', 'village-site')
  await take('ready', 'Depin Desktop, sharing, no guests yet')
  await demo.leave()
  await take('offline', 'Depin Desktop. Waiting for other computers')
  return notices
}

async function launch(folder: string, name: string, args: readonly string[]): Promise<DesktopApp> {
  const place = { folder, dataDir: '', userData: join(folder, name, 'user'), config: '', env: {} }
  const electron = await launchElectron({
    app: join(import.meta.dirname, '../..'), userData: place.userData, args: ['--no-mdns', '--http', '127.0.0.1:0', ...args, ...rootArgs],
    env: { HOME: folder, XDG_SESSION_TYPE: 'x11', DEPIN_STATE_DIR: join(folder, 'state'), PATH: `${busOf(folder, true)}:${process.env['PATH'] ?? ''}` },
  })
  const app = new DesktopApp(electron, place)
  const page = await app.ready()
  await page.emulateMedia({ reducedMotion: 'reduce' })
  return app
}

async function shoot(app: DesktopApp, name: string, tooltip: string | RegExp): Promise<StateShot> {
  const seen = expect.poll(() => app.tooltip(), { ...patience, message: `the tray says ${String(tooltip)}` })
  await (typeof tooltip === 'string' ? seen.toBe(tooltip) : seen.toMatch(tooltip))
  const page = await app.electron.firstWindow()
  await settle(page)
  const look = async (theme: Theme): Promise<Look> => {
    const tray = await readTray(app.electron, theme)
    await rest(page)
    await showUsualPlaces(page)
    return { tray, window: await page.screenshot() }
  }
  const looks = { light: await look('light'), dark: await look('dark') }
  const size = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }))
  await page.setViewportSize(minimumSize)
  const { window: narrow } = await look('light')
  await page.setViewportSize(size)
  await setLanguage(page, 'العربية', 'rtl')
  const arabic = await look('light')
  await setLanguage(page, 'English', 'ltr')
  return { name, looks, arabic, narrow }
}

/** The engine is behind a gate of ours; a reader has it in its usual place. */
async function showUsualPlaces(page: Page): Promise<void> {
  await page.getByRole('main').evaluate((main) => {
    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) text.nodeValue = (text.nodeValue ?? '').replaceAll(/\/(?:tmp|var\/folders)\/\S*\/engine\.sock/g, '/var/run/docker.sock')
  })
  expect(await page.getByRole('main').innerText()).not.toMatch(/engine\.sock|\/tmp\//)
}

/** What follows from the state has been looked up and is shown: the page says the same as a moment ago. */
async function settle(page: Page): Promise<void> {
  await expect(new HomeScreen(page).headline).toBeVisible(patience)
  let before = ''
  await expect.poll(async () => {
    // figures go on
    const text = (await page.getByRole('main').innerText()).replaceAll(/[\d.:,]+/g, '')
    const isSame = text === before
    before = text
    return isSame
  }, { ...patience, intervals: [4_000] }).toBe(true)
}

async function setIdle(app: DesktopApp, seconds: number): Promise<void> {
  await app.electron.evaluate(({ powerMonitor }, given) => {
    powerMonitor.getSystemIdleTime = () => given
    powerMonitor.emit('unlock-screen')
  }, seconds)
}

/** As the window's settings do. */
async function setNotices(app: DesktopApp, on: boolean): Promise<void> {
  await (await app.electron.firstWindow()).evaluate(async (wanted) => {
    for (const kind of ['needs-you', 'paid', 'paused'] as const) await (globalThis as unknown as { depin: { setNotify: (input: object) => Promise<void> } }).depin.setNotify({ kind, on: wanted })
  }, on)
}

/** As somebody chooses it, which the tray follows. */
async function setLanguage(page: Page, language: string, direction: 'ltr' | 'rtl'): Promise<void> {
  await page.getByRole('button', { name: /^(Language and display|اللغة والعرض)$/ }).click()
  await page.getByRole('menuitemradio', { name: language }).click()
  await expect(page.locator('html')).toHaveAttribute('dir', direction)
  await expect(page.getByRole('menu')).toBeHidden()
}
