import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ElectronApplication, expect, type Page } from '@playwright/test'
import type { DesktopBridge } from '../../../contract/desktop/shell.ts'
import type { Probe } from '../../harness/electron.ts'
import type { Place } from './place.ts'

declare global {
  // set by instrument.cjs, in main
  var probe: Probe
}

/** The app as somebody at the screen has it: its window, its tray, its end. */
export class DesktopApp {
  readonly electron: ElectronApplication
  readonly #place: Place
  readonly #child: ChildProcess
  readonly #exit: Promise<number | null>

  constructor(electron: ElectronApplication, place: Place) {
    this.electron = electron
    this.#place = place
    // asked for now: Playwright forgets it with the app
    this.#child = electron.process()
    this.#exit = new Promise((resolve) => this.#child.once('exit', resolve))
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** The window, once it shows how things are. Setup, which a first start begins with, is put off. */
  async ready(): Promise<Page> {
    const page = await this.electron.firstWindow()
    const [later, sharing] = [page.getByRole('button', { name: 'Set up later' }), page.getByRole('region', { name: 'Sharing', exact: true })]
    await expect(later.or(sharing)).toBeVisible()
    // a window that is hidden takes no pointer
    if (await later.isVisible()) await later.dispatchEvent('click')
    await expect(sharing).toBeVisible()
    return page
  }

  isVisible(): Promise<boolean> {
    return this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible() === true)
  }

  /** As its cross does. */
  async closeWindow(): Promise<void> {
    await this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close()).catch(ignoreEnd)
  }

  /** Pid of the service's process; null: none runs. */
  servicePid(): Promise<number | null> {
    return this.electron.evaluate(({ app }) => app.getAppMetrics().find(({ type, name }) => type === 'Utility' && name === 'depin-service')?.pid ?? null)
  }

  /** The same once it takes calls, as main tells the window. */
  async runningPid(): Promise<number | null> {
    const page = await this.electron.firstWindow()
    const { service } = await page.evaluate(() => (globalThis as unknown as { depin: DesktopBridge }).depin.state())
    return service.kind === 'running' ? service.pid : null
  }

  trayLabels(): Promise<string[]> {
    return this.electron.evaluate(() => globalThis.probe.trays[0]?.menu?.items.filter(({ type }) => type !== 'separator').map(({ label }) => label) ?? [])
  }

  tooltip(): Promise<string> {
    return this.electron.evaluate(() => globalThis.probe.trays[0]?.tooltip ?? '')
  }

  /** Clicks an entry of the tray's menu, in a submenu or not. */
  async clickTray(id: string): Promise<void> {
    await expect.poll(() => this.electron.evaluate((_electron, wanted) => globalThis.probe.trays[0]?.menu?.getMenuItemById(wanted) != null, id), { message: `the tray has “${id}”` }).toBe(true)
    await this.electron.evaluate((_electron, wanted) => {
      globalThis.probe.trays[0]?.menu?.getMenuItemById(wanted)?.click()
    }, id).catch(ignoreEnd)
  }

  /** Clicks the icon itself. */
  async clickIcon(): Promise<void> {
    await this.electron.evaluate(() => globalThis.probe.trays[0]?.tray.emit('click'))
  }

  /** A switch is flipped by the keyboard, or by what is drawn of it. */
  async flip(page: Page, name: string): Promise<void> {
    await page.getByRole('switch', { name }).press('Space')
  }

  /** Dialogs are answered with this button from now on. */
  async answer(response: number): Promise<void> {
    await this.electron.evaluate((_electron, given) => {
      globalThis.probe.answer = given
    }, response)
  }

  asked(): Promise<{ message?: string }[]> {
    return this.electron.evaluate(() => globalThis.probe.asked)
  }

  notices(): Promise<string[]> {
    return this.electron.evaluate(() => globalThis.probe.notifications.map(({ title }) => title))
  }

  opened(): Promise<string[]> {
    return this.electron.evaluate(() => globalThis.probe.opened)
  }

  /** Resolves with the exit code. */
  exited(): Promise<number | null> {
    return this.#exit
  }

  log(): string {
    return readFileSync(join(this.#place.userData, 'logs/main.log'), 'utf8')
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    await this.electron.evaluate(({ app }) => app.quit()).catch(ignoreEnd)
    await this.#exit
  }
}

/** The app may end before it has answered. */
function ignoreEnd(error: unknown): void {
  if (!/closed|destroyed|crashed/i.test(String(error))) throw error
}
