import type { Some } from '../base/faithful.ts'

/** macOS's dock, as a model. */
export class DockDouble implements Some<Electron.Dock> {
  private menu: Electron.Menu | null = null
  private badge = ''
  private visible = true
  private bounces = 0

  getMenu(): Electron.Menu | null { return this.menu }
  setMenu(menu: Electron.Menu): void { this.menu = menu }
  getBadge(): string { return this.badge }
  setBadge(text: string): void { this.badge = text }
  setIcon(_image: Electron.NativeImage | string): void { /* nothing is drawn */ }
  isVisible(): boolean { return this.visible }
  hide(): void { this.visible = false }
  show(): Promise<void> {
    this.visible = true
    return Promise.resolve()
  }

  bounce(): number { return ++this.bounces }
  cancelBounce(_id: number): void { /* nothing bounces */ }
}
