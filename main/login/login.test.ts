import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LoginItemSettings, LoginItemSettingsOptions, Settings } from 'electron'
import { afterEach, describe, expect, it } from 'vitest'
import { createAutostartFile, desktopEntry } from './autostart.ts'
import { ownCommand } from './command.ts'
import { systemLoginItem } from './system.ts'

const home = mkdtempSync(join(tmpdir(), 'depin-login-'))
afterEach(() => rmSync(join(home, '.config'), { recursive: true, force: true }))
const path = join(home, '.config/autostart/depin-desktop.desktop')
const item = createAutostartFile({ env: {}, home, name: 'Depin Desktop', command: ['/opt/Depin Desktop/depin-desktop'] })

describe('opening at login on Linux', () => {
  it('is a file that starts the app without a window', () => {
    expect(item.isOn()).toBe(false)
    item.set(true)
    expect(item.isOn()).toBe(true)
    expect(readFileSync(path, 'utf8')).toMatch(/^\[Desktop Entry\]\nType=Application\nName=Depin Desktop\nExec="\/opt\/Depin Desktop\/depin-desktop" --hidden$/m)
    item.set(false)
    item.set(false)
    expect(item.isOn()).toBe(false)
  })

  it('is off when the desktop’s own settings turned it off', () => {
    item.set(true)
    writeFileSync(path, readFileSync(path, 'utf8').replace('enabled=true', 'enabled=false'))
    expect(item.isOn()).toBe(false)
  })

  it('is off for a copy that was moved, until it is set again', () => {
    item.set(true)
    const moved = createAutostartFile({ env: {}, home, name: 'Depin Desktop', command: ['/home/amina/Apps/Depin.AppImage'] })
    expect([item.isOn(), moved.isOn()]).toEqual([true, false])
    moved.set(true)
    expect([item.isOn(), moved.isOn()]).toEqual([false, true])
  })

  it('goes where the user keeps such things; a relative place does not count', () => {
    const elsewhere = createAutostartFile({ env: { XDG_CONFIG_HOME: 'config' }, home, name: 'Depin Desktop', command: ['/opt/Depin Desktop/depin-desktop'] })
    elsewhere.set(true)
    expect(item.isOn()).toBe(true)
  })

  it.each([
    ['/home/a$b/"x"/`y`/Depin', String.raw`Exec="/home/a\\$b/\\"x\\"/\\` + '`' + String.raw`y\\` + '`/Depin"'],
    ['/tmp/100%/app', 'Exec=/tmp/100%%/app'],
    ['/plain/app-1.0_x', 'Exec=/plain/app-1.0_x'],
  ])('quotes %s', (program, line) => expect(desktopEntry('Depin', [program]).split('\n')).toContain(line))
})

/** As the systems keep it: Windows by path and arguments, with a switch of its own. */
function keeping(platform: 'win32' | 'darwin') {
  const state = { isSwitchedOff: false, given: null as Settings | null }
  const system = {
    setLoginItemSettings: (settings: Settings) => void (state.given = settings),
    getLoginItemSettings: (asked?: LoginItemSettingsOptions) => {
      const isSame = platform === 'darwin' || (asked?.path === state.given?.path && JSON.stringify(asked?.args) === JSON.stringify(state.given?.args))
      const openAtLogin = state.given?.openAtLogin === true && isSame
      return { openAtLogin, executableWillLaunchAtLogin: platform === 'win32' && openAtLogin && !state.isSwitchedOff } as LoginItemSettings
    },
  }
  return { state, item: systemLoginItem({ platform, command: ['C:\\depin.exe', 'app'] }, system) }
}

describe('opening at login on Windows and macOS', () => {
  it.each(['win32', 'darwin'] as const)('is set, known, and taken back: %s', (platform) => {
    const { item: kept } = keeping(platform)
    const seen = [kept.isOn()]
    for (const on of [true, false]) {
      kept.set(on)
      seen.push(kept.isOn())
    }
    expect(seen).toEqual([false, true, false])
  })

  it('is without a window on Windows, by an argument; macOS says so by itself', () => {
    const [windows, mac] = [keeping('win32'), keeping('darwin')]
    for (const { item: kept } of [windows, mac]) kept.set(true)
    expect([windows.state.given, mac.state.given]).toEqual([{ openAtLogin: true, path: 'C:\\depin.exe', args: ['app', '--hidden'] }, { openAtLogin: true }])
  })

  it('is off when Windows’ own settings turned it off', () => {
    const { state, item: kept } = keeping('win32')
    kept.set(true)
    state.isSwitchedOff = true
    expect(kept.isOn()).toBe(false)
  })
})

describe('what starts this copy again', () => {
  it('is the image itself, not what it is mounted as', () => {
    expect(ownCommand({ exe: '/tmp/.mount_x/depin', appPath: '/tmp/.mount_x/resources/app.asar', isPackaged: true, env: { APPIMAGE: '/home/a/Depin.AppImage' } })).toEqual(['/home/a/Depin.AppImage'])
  })

  it('is the program, in a checkout with the checkout', () => {
    expect(ownCommand({ exe: '/opt/depin', appPath: '/opt/resources/app.asar', isPackaged: true, env: {} })).toEqual(['/opt/depin'])
    expect(ownCommand({ exe: '/x/electron', appPath: '/x', isPackaged: false, env: { APPIMAGE: '/other.AppImage' } })).toEqual(['/x/electron', '/x'])
  })
})
