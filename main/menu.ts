/** The menu bar: macOS has one for every app, and its shortcuts for copying come from it. Elsewhere the window has all there is. */
import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { Format } from '../renderer/format/format.ts'

export function setAppMenu(platform: NodeJS.Platform, f: Format, requestQuit: () => void): void {
  Menu.setApplicationMenu(platform === 'darwin' ? Menu.buildFromTemplate(macMenu(f, requestQuit)) : null)
}

function macMenu(f: Format, requestQuit: () => void): MenuItemConstructorOptions[] {
  return [
    {
      label: f.t('app.name'), submenu: [
        { label: f.t('menu.about'), role: 'about' }, { type: 'separator' },
        { label: f.t('menu.hide'), role: 'hide' }, { label: f.t('menu.hideOthers'), role: 'hideOthers' }, { type: 'separator' },
        { id: 'quit', label: f.t('tray.quit'), accelerator: 'Command+Q', click: requestQuit },
      ],
    },
    {
      label: f.t('menu.edit'), submenu: [
        { label: f.t('menu.undo'), role: 'undo' }, { label: f.t('menu.redo'), role: 'redo' }, { type: 'separator' },
        { label: f.t('menu.cut'), role: 'cut' }, { label: f.t('menu.copy'), role: 'copy' }, { label: f.t('menu.paste'), role: 'paste' },
        { label: f.t('menu.selectAll'), role: 'selectAll' },
      ],
    },
    { label: f.t('menu.window'), submenu: [{ label: f.t('menu.minimize'), role: 'minimize' }, { label: f.t('menu.close'), role: 'close' }] },
  ]
}
