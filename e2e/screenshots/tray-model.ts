/** What main has given to the tray: the stand-in keeps it, and draws nothing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ElectronApplication } from '@playwright/test'
// `globalThis.probe`, in main
import '../desktop/models/app.ts'

export type Theme = 'light' | 'dark'

export interface MenuModel {
  kind: 'line' | 'text' | 'order' | 'menu'
  label: string
  items: MenuModel[]
}

export interface TrayModel {
  tooltip: string
  items: MenuModel[]
  /** The icon's file for a sharp screen. */
  icon: Buffer
}

export interface Look { tray: TrayModel, window: Buffer }

/** One state, as it looks in each theme, from right to left, and in the smallest window. */
export interface StateShot {
  name: string
  looks: Record<Theme, Look>
  arabic: Look
  narrow: Buffer
}

const icons = join(import.meta.dirname, '../../resources/icons/tray')

/** The tray as it is on a system of this theme. */
export async function readTray(electron: ElectronApplication, theme: Theme): Promise<TrayModel> {
  const { tooltip, items, png } = await electron.evaluate(({ nativeTheme }, wanted) => {
    nativeTheme.themeSource = wanted
    const tray = globalThis.probe.trays[0]!
    const read = (menu: Electron.Menu): MenuModel[] => menu.items.map(({ type, label, enabled, submenu }) => ({
      kind: type === 'separator' ? 'line' : submenu != null ? 'menu' : enabled ? 'order' : 'text', label, items: submenu == null ? [] : read(submenu),
    }))
    return { tooltip: tray.tooltip, items: read(tray.menu!), png: (tray.image as Electron.NativeImage).toPNG().toString('base64') }
  }, theme)
  return { tooltip, items, icon: sharp(Buffer.from(png, 'base64')) }
}

/** The file beside the one that main has shown: a screen of twice the pixels takes it by itself. */
function sharp(png: Buffer): Buffer {
  const name = readdirSync(icons).find((file) => readFileSync(join(icons, file)).equals(png))
  if (name === undefined) throw new Error('The tray shows a picture that is none of resources/icons/tray.')
  return readFileSync(join(icons, name.replace('.png', '@2x.png')))
}
