import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'
import { needReady } from '../base/runtime.ts'
import { NativeImageDouble } from './native-image.ts'

/** The icon's model: nothing is drawn. */
export class TrayDouble extends EventEmitter implements Some<Electron.Tray> {
  private title = ''
  private menu: Electron.Menu | null = null
  private destroyed = false
  private ignoresDoubleClick = false
  private readonly guid: string | null

  constructor(image: Electron.NativeImage | string, guid?: string) {
    super()
    needReady('Cannot create Tray before app is ready')
    mustLoad(image)
    this.guid = guid ?? null
  }

  setImage(image: Electron.NativeImage | string): void {
    this.mustExist()
    mustLoad(image)
  }

  setPressedImage(image: Electron.NativeImage | string): void { this.setImage(image) }
  setToolTip(_toolTip: string): void { this.mustExist() }
  setTitle(title: string): void {
    this.mustExist()
    this.title = title
  }

  getTitle(): string { return this.title }
  getGUID(): string | null { return this.guid }
  setContextMenu(menu: Electron.Menu | null): void {
    this.mustExist()
    this.menu = menu
  }

  popUpContextMenu(menu?: Electron.Menu): void { (menu ?? this.menu)?.popup() }
  closeContextMenu(): void { this.menu?.closePopup() }
  displayBalloon(_options: Electron.DisplayBalloonOptions): void { this.mustExist() }
  removeBalloon(): void { this.mustExist() }
  focus(): void { this.mustExist() }
  setIgnoreDoubleClickEvents(isIgnored: boolean): void { this.ignoresDoubleClick = isIgnored }
  getIgnoreDoubleClickEvents(): boolean { return this.ignoresDoubleClick }
  getBounds(): Electron.Rectangle { return { x: 0, y: 0, width: 0, height: 0 } }
  isDestroyed(): boolean { return this.destroyed }
  destroy(): void { this.destroyed = true }

  private mustExist(): void {
    if (this.destroyed) throw new TypeError('Object has been destroyed')
  }
}

function mustLoad(image: Electron.NativeImage | string): void {
  if (typeof image === 'string' ? NativeImageDouble.createFromPath(image).isEmpty() : !(image instanceof NativeImageDouble)) {
    throw new TypeError(typeof image === 'string' ? `Failed to load image from path '${image}'` : 'Argument must be a file path or a NativeImage')
  }
}
