import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../testing/clock.ts'
import { hasTray, waitForTray } from './host.ts'
import { iconFile } from './icon.ts'
import type { TrayIcon } from './menu.ts'
import { isPanelDark } from './panel.ts'

const icons: TrayIcon[] = ['sharing', 'paused', 'attention', 'offline']
const resources = join(import.meta.dirname, '../../resources/icons/tray')

describe('the icons', () => {
  it.each(icons)('%s is there for every system and panel', (icon) => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      for (const isDark of [true, false]) expect(existsSync(join(resources, iconFile(icon, platform, isDark))), `${platform} ${icon}`).toBe(true)
    }
  })

  it('are templates on macOS, which tints them, and the panel’s contrast elsewhere', () => {
    expect([iconFile('paused', 'darwin', true), iconFile('paused', 'win32', true), iconFile('paused', 'linux', false)]).toEqual(['pausedTemplate.png', 'paused-white.ico', 'paused-black.png'])
  })
})

describe('the panel', () => {
  const panel = { platform: 'linux', desktop: 'KDE', isAppDark: false, isSystemDark: false } as const

  it('is as dark as apps are, or always, by the desktop', () => {
    expect([isPanelDark(panel), isPanelDark({ ...panel, isAppDark: true })]).toEqual([false, true])
    for (const desktop of ['GNOME', 'ubuntu:GNOME', 'Unity']) expect(isPanelDark({ ...panel, desktop }), desktop).toBe(true)
    expect(isPanelDark({ ...panel, desktop: undefined })).toBe(false)
  })

  it('has a setting of its own on Windows: light apps, dark taskbar', () => {
    expect(isPanelDark({ ...panel, platform: 'win32', desktop: undefined, isSystemDark: true })).toBe(true)
    expect(isPanelDark({ ...panel, platform: 'win32', desktop: undefined, isAppDark: true })).toBe(false)
  })
})

describe('whether there is a tray', () => {
  const asking = (answers: Record<string, string>) => (program: string): Promise<string | null> => Promise.resolve(answers[program] ?? null)

  it('is a matter of course but on Linux', async () => {
    expect(await hasTray('win32', asking({}))).toBe(true)
    expect(await hasTray('darwin', asking({}))).toBe(true)
  })

  it('is asked of the session’s bus, by whatever can ask', async () => {
    expect(await hasTray('linux', asking({ gdbus: '(true,)\n' }))).toBe(true)
    expect(await hasTray('linux', asking({ gdbus: '(false,)\n', busctl: 'b true' }))).toBe(false)
    expect(await hasTray('linux', asking({ 'busctl': 'b true\n' }))).toBe(true)
    expect(await hasTray('linux', asking({ 'dbus-send': 'method return time=1 sender=org.freedesktop.DBus\n   boolean true\n' }))).toBe(true)
  })

  it('is asked again for a while: at login the app may be there before the panel', async () => {
    const clock = manualClock(0)
    let looks = 0
    let found = 0
    waitForTray(() => Promise.resolve(++looks === 3), clock, () => found++)
    await clock.advance(600_000)
    expect([looks, found]).toEqual([3, 1])
  })

  it('is not asked for ever', async () => {
    const clock = manualClock(0)
    let looks = 0
    waitForTray(() => {
      looks++
      return Promise.resolve(false)
    }, clock, () => undefined)
    await clock.advance(86_400_000)
    expect(looks).toBe(8)
  })

  it('is taken not to be where nobody answers: the window stays then', async () => {
    expect(await hasTray('linux', asking({}))).toBe(false)
  })
})
