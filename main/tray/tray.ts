/** The icon in the tray, and its menu. */
import { join } from 'node:path'
import { Menu, type MenuItemConstructorOptions, nativeImage, nativeTheme, Tray } from 'electron'
import type { Clock } from '../base/clock.ts'
import { dueInMs } from '../base/pace.ts'
import { iconFile } from './icon.ts'
import type { TrayIcon, TrayItem, TrayOrder, TrayView } from './menu.ts'
import { isPanelDark } from './panel.ts'

/** Amounts in the menu move no more often than this, ms. */
const textEveryMs = 30_000

export interface TrayDeps {
  /** Folder of the icons, `resources/tray`. */
  icons: string
  platform: NodeJS.Platform
  clock: Clock
  read: () => TrayView
  act: (order: TrayOrder) => void
}

export interface AppTray {
  /** Something may have changed. */
  update(): void
}

export function createTray({ icons, platform, clock, read, act }: TrayDeps): AppTray {
  const tray = new Tray(imageOf('offline'))
  let shown: TrayView | null = null
  let shownAtMs = 0
  let isOpen = false
  let isDue = false
  let isTextDue = false

  function imageOf(icon: TrayIcon): Electron.NativeImage {
    return nativeImage.createFromPath(join(icons, iconFile(icon, platform, isPanelDark({
      platform, desktop: process.env['XDG_CURRENT_DESKTOP'], isAppDark: nativeTheme.shouldUseDarkColors, isSystemDark: platform === 'linux' ? false : nativeTheme.shouldUseDarkColorsForSystemIntegratedUI,
    }))))
  }

  function update(): void {
    const view = read()
    const before = shown
    if (before?.icon !== view.icon) tray.setImage(imageOf(view.icon))
    if (before?.tooltip !== view.tooltip) tray.setToolTip(view.tooltip)
    if (before !== null && JSON.stringify(before.items) === JSON.stringify(view.items)) return void (shown = view)
    // a menu that changes under the pointer is no menu; it is made anew when it has closed
    if (isOpen) return void (isDue = true)
    const waitMs = before !== null && outline(before.items) === outline(view.items) ? dueInMs(shownAtMs, textEveryMs, clock.nowMs()) : 0
    if (waitMs > 0) {
      shown = { ...view, items: before?.items ?? view.items }
      if (isTextDue) return
      isTextDue = true
      clock.after(waitMs, () => {
        isTextDue = false
        update()
      })
      return
    }
    shown = view
    shownAtMs = clock.nowMs()
    setMenu(view)
  }

  function setMenu(view: TrayView): void {
    const menu = Menu.buildFromTemplate(view.items.map((item) => templateOf(item, act)))
    // Linux shows a copy of the menu and tells of no closing: there it is set again after each change
    if (platform !== 'linux') {
      menu.on('menu-will-show', () => { isOpen = true })
      menu.on('menu-will-close', () => {
        isOpen = false
        if (isDue) setImmediate(update)
        isDue = false
      })
    }
    tray.setContextMenu(menu)
  }

  nativeTheme.on('updated', () => { if (shown !== null) tray.setImage(imageOf(shown.icon)) })
  // on macOS a click opens the menu, as everywhere there
  if (platform !== 'darwin') tray.on('click', () => act({ kind: 'open', path: null }))
  update()
  return { update }
}

/** What is there and what it does, whatever it says about money and time. */
function outline(items: readonly TrayItem[]): string {
  return JSON.stringify(items.map((item) => item.kind === 'line' ? '-' : item.kind === 'text' && item.id === 'earned' ? item.id : `${item.id} ${item.label}`))
}

function templateOf(item: TrayItem, act: (order: TrayOrder) => void): MenuItemConstructorOptions {
  switch (item.kind) {
    case 'line': return { type: 'separator' }
    case 'text': return { id: item.id, label: item.label, enabled: false }
    case 'order': return { id: item.id, label: item.label, click: () => act(item.order) }
    case 'menu': return { id: item.id, label: item.label, submenu: item.items.map((each) => templateOf(each, act)) }
  }
}
