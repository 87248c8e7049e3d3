import { EventEmitter } from 'node:events'
import { event } from '../base/events.ts'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import { app } from './app.ts'
import { BrowserWindowDouble } from './browser-window.ts'

let count = 0
type Role = NonNullable<Electron.MenuItem['role']>

/** The item's model: nothing is drawn. */
export class MenuItemDouble implements Some<Electron.MenuItem> {
  readonly commandId = ++count
  id: string
  label: string
  sublabel: string
  toolTip: string
  type: Electron.MenuItem['type']
  role?: Role
  accelerator: Electron.Accelerator | null
  icon?: Electron.NativeImage | string
  enabled: boolean
  visible: boolean
  checked: boolean
  registerAccelerator: boolean
  submenu?: Electron.Menu
  menu!: Electron.Menu
  click: (event?: unknown, window?: unknown) => void

  constructor(options: Electron.MenuItemConstructorOptions) {
    this.id = options.id ?? ''
    if (options.role !== undefined) this.role = options.role as Role
    this.label = options.label ?? roleLabels[options.role ?? ''] ?? ''
    this.sublabel = options.sublabel ?? ''
    this.toolTip = options.toolTip ?? ''
    this.accelerator = options.accelerator ?? null
    if (options.icon !== undefined) this.icon = options.icon
    if (options.submenu !== undefined) this.submenu = Array.isArray(options.submenu) ? MenuDouble.buildFromTemplate(options.submenu) : options.submenu
    this.type = options.type ?? (this.submenu === undefined ? 'normal' : 'submenu')
    if (this.type === 'submenu' && this.submenu === undefined) throw new Error('Invalid submenu')
    this.enabled = options.enabled ?? true
    this.visible = options.visible ?? true
    this.checked = options.checked ?? false
    this.registerAccelerator = options.registerAccelerator ?? true
    const { click } = options
    this.click = (pressed = {}, window) => {
      this.check()
      if (click !== undefined) click(whole(this), window as Electron.BaseWindow, pressed as Electron.KeyboardEvent)
      else if (this.role === 'quit') app.quit()
      else if (this.role === 'close') BrowserWindowDouble.getFocusedWindow()?.close()
    }
  }

  private check(): void {
    if (this.type === 'checkbox') this.checked = !this.checked
    if (this.type !== 'radio') return
    for (const each of group(this.menu.items, whole(this))) each.checked = false
    this.checked = true
  }
}

/** The radio items around one, up to a separator. */
function group(items: readonly Electron.MenuItem[], item: Electron.MenuItem): Electron.MenuItem[] {
  const index = items.indexOf(item)
  const isEdge = (each: Electron.MenuItem) => each.type === 'separator'
  const first = items.slice(0, index).findLastIndex(isEdge) + 1
  const after = items.findIndex((each, place) => place > index && isEdge(each))
  return items.slice(first, after < 0 ? undefined : after).filter(({ type }) => type === 'radio')
}

export class MenuDouble extends EventEmitter implements Some<Electron.Menu> {
  items: Electron.MenuItem[] = []

  static buildFromTemplate(template: (Electron.MenuItemConstructorOptions | Electron.MenuItem)[]): Electron.Menu {
    if (!Array.isArray(template)) throw new TypeError('Invalid template for Menu: Menu template must be an array')
    const menu = new MenuDouble()
    for (const item of template) {
      if (item.label === undefined && item.role === undefined && item.type !== 'separator') throw new TypeError('Invalid template for MenuItem: must have either label, role or type')
      menu.append(item instanceof MenuItemDouble ? item as unknown as Electron.MenuItem : whole(new MenuItemDouble(item as Electron.MenuItemConstructorOptions)))
    }
    return whole(menu)
  }

  static getApplicationMenu(): Electron.Menu | null { return app.applicationMenu }
  static setApplicationMenu(menu: Electron.Menu | null): void { app.applicationMenu = menu }

  append(item: Electron.MenuItem): void { this.insert(this.items.length, item) }
  insert(position: number, item: Electron.MenuItem): void {
    this.items.splice(position, 0, item)
    item.menu = whole(this)
  }

  popup(): void { this.emit('menu-will-show', event()) }
  closePopup(): void { this.emit('menu-will-close', event()) }

  getMenuItemById(id: string): Electron.MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found != null) return found
    }
    return null
  }
}

const roleLabels: Record<string, string> = { quit: process.platform === 'win32' ? 'Exit' : 'Quit', close: process.platform === 'darwin' ? 'Close Window' : 'Close', minimize: 'Minimize', copy: 'Copy', paste: 'Paste', cut: 'Cut', undo: 'Undo', redo: 'Redo', selectAll: 'Select All', reload: 'Reload', about: 'About' }
