/** Each notification of the app, brought about in earnest. */
import { expect } from '@playwright/test'
import type { DesktopApp } from '../desktop/models/app.ts'

export interface NoticeModel { title: string, text: string }

export interface Causes {
  pause: () => Promise<void>
  resume: () => Promise<void>
  stopEngine: () => void
  startEngine: () => Promise<void>
  endGuest: () => Promise<unknown>
}

const hourMs = 3_600_000
const patience = { timeout: 90_000 }

declare global {
  // how far the clock of main is ahead, while pictures are taken
  var skewMs: number | undefined
}

export async function collectNotices(app: DesktopApp, { pause, resume, stopEngine, startEngine, endGuest }: Causes): Promise<NoticeModel[]> {
  const notices: NoticeModel[] = []
  const take = async (): Promise<void> => {
    await expect.poll(async () => (await app.notices()).length, { ...patience, message: `notification ${notices.length + 1}` }).toBe(notices.length + 1)
    notices.push(await app.electron.evaluate((_electron, index) => ({ title: globalThis.probe.notifications[index]!.title, text: globalThis.probe.notifications[index]!.body }), notices.length))
  }
  const isSharing = (): Promise<void> => expect.poll(() => app.tooltip(), patience).toContain('sharing')
  await app.closeWindow()
  await take()
  await pause()
  await take()
  await resume()
  await isSharing()
  await later(app, hourMs)
  stopEngine()
  await expect.poll(() => app.tooltip(), patience).toContain('stopped')
  await later(app, hourMs + 30_000)
  await take()
  await startEngine()
  await isSharing()
  await later(app, 2 * hourMs + 60_000)
  await endGuest()
  await take()
  await later(app, 0)
  await app.clickTray('open')
  await expect.poll(() => app.isVisible()).toBe(true)
  return notices
}

/** The clock of main is so much ahead: an hour between two notifications is not waited for. */
async function later(app: DesktopApp, ms: number): Promise<void> {
  await app.electron.evaluate((_electron, skewMs) => {
    if (globalThis.skewMs === undefined) {
      const real = Date.now.bind(Date)
      Date.now = () => real() + (globalThis.skewMs ?? 0)
    }
    globalThis.skewMs = skewMs
  }, ms)
}
