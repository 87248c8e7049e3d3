import { EventEmitter } from 'node:events'
import { event } from '../base/events.ts'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import { needReady, notHere, type QuittingWindow, runtime } from '../base/runtime.ts'
import { app } from './app.ts'
import { display } from './screen.ts'
import { session } from './session.ts'
import { targetOf, WebContentsDouble } from './web-contents.ts'

let count = 0
const all = new Set<BrowserWindowDouble>()
let focused: BrowserWindowDouble | undefined

/** Settings that make another kind of window: it would not be what the app asked for. */
const otherWindows = ['parent', 'modal', 'simpleFullscreen', 'type'] as const
const wanted: Partial<Record<keyof Electron.WebPreferences, unknown>> = {
  sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, webSecurity: true,
  webviewTag: false, offscreen: false, allowRunningInsecureContent: false, experimentalFeatures: false, plugins: false, javascript: true, partition: '',
}

export class BrowserWindowDouble extends EventEmitter implements Some<Electron.BrowserWindow>, QuittingWindow {
  readonly id = ++count
  readonly webContents: Electron.WebContents
  title: string
  autoHideMenuBar: boolean
  private readonly contents: WebContentsDouble
  private readonly options: Electron.BrowserWindowConstructorOptions
  private bounds: Electron.Rectangle
  private minimumSize: number[]
  private maximumSize: number[]
  private shown: boolean
  private state: 'normal' | 'minimized' | 'maximized' | 'fullscreen' = 'normal'
  private onTop = false
  private canResize: boolean
  private background: string

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    needReady('Cannot create BrowserWindow before app is ready')
    refuse(options)
    const { width = 800, height = 600, minWidth = 0, minHeight = 0, maxWidth = 0, maxHeight = 0 } = options
    const { workArea } = display
    this.options = options
    this.bounds = { x: options.x ?? Math.round((workArea.width - width) / 2), y: options.y ?? Math.round((workArea.height - height) / 2), width, height }
    this.minimumSize = [minWidth, minHeight]
    this.maximumSize = [maxWidth, maxHeight]
    this.shown = options.show !== false
    this.title = options.title ?? app.name
    this.autoHideMenuBar = options.autoHideMenuBar ?? false
    this.canResize = options.resizable ?? true
    this.background = options.backgroundColor ?? '#FFFFFF'
    all.add(this)
    runtime.windows.add(this)
    this.contents = new WebContentsDouble({
      width, height,
      isVisible: () => this.shown, isFocused: () => this.isFocused(), focus: () => this.focus(), close: () => this.close(),
      open: (details, overrides) => this.open(details, overrides),
      onReadyToShow: () => void this.emit('ready-to-show'),
      onTitle: (title) => this.onTitle(title),
    }, options.webPreferences ?? {})
    this.webContents = whole(this.contents)
    app.emit('browser-window-created', event(), this)
    if (this.shown) setFocused(this)
  }

  static getAllWindows(): Electron.BrowserWindow[] { return [...all].map((each) => whole(each)) }
  static getFocusedWindow(): Electron.BrowserWindow | null { return focused === undefined ? null : whole(focused) }
  static fromId(id: number): Electron.BrowserWindow | null { return find((each) => each.id === id) }
  static fromWebContents(contents: Electron.WebContents): Electron.BrowserWindow | null { return find((each) => each.webContents === contents) }

  async loadURL(url: string): Promise<void> { await this.contents.loadURL(url) }
  async loadFile(path: string, options?: Electron.LoadFileOptions): Promise<void> { await this.contents.loadFile(path, options) }
  reload(): void { this.contents.reload() }
  capturePage(): Promise<Electron.NativeImage> { return this.contents.capturePage() }

  show(): void {
    this.showInactive()
    this.focus()
  }

  showInactive(): void {
    this.mustExist()
    if (this.shown) return
    this.shown = true
    this.apply({ windowState: 'normal' })
    this.emit('show')
  }

  hide(): void {
    this.mustExist()
    if (!this.shown) return
    this.shown = false
    this.apply({ windowState: 'minimized' })
    if (focused === this) setFocused(undefined)
    this.emit('hide')
  }

  focus(): void {
    this.mustExist()
    if (this.isVisible()) setFocused(this)
  }

  blur(): void { if (focused === this) setFocused(undefined) }
  isFocused(): boolean { return focused === this }
  isDestroyed(): boolean { return this.contents.isDestroyed() }
  isVisible(): boolean {
    this.mustExist()
    return this.shown && this.state !== 'minimized'
  }

  minimize(): void { this.become('minimized', 'minimize') }
  maximize(): void {
    if (!this.shown) this.show()
    this.become('maximized', 'maximize')
  }

  unmaximize(): void { if (this.state === 'maximized') this.become('normal', 'unmaximize') }
  restore(): void { if (this.state === 'minimized') this.become('normal', 'restore') }
  setFullScreen(isOn: boolean): void {
    if (isOn && this.state !== 'fullscreen') this.become('fullscreen', 'enter-full-screen')
    if (!isOn && this.state === 'fullscreen') this.become('normal', 'leave-full-screen')
  }

  get fullScreen(): boolean { return this.isFullScreen() }
  isMinimized(): boolean { return this.state === 'minimized' }
  isMaximized(): boolean { return this.state === 'maximized' }
  isFullScreen(): boolean { return this.state === 'fullscreen' }
  isNormal(): boolean { return this.state === 'normal' }

  /** The app may keep it open; a page's `beforeunload` is not asked. */
  close(): void {
    if (this.isDestroyed()) return
    const asked = event()
    this.emit('close', asked)
    if (!asked.defaultPrevented) this.destroy()
  }

  destroy(): void {
    if (this.isDestroyed()) return
    all.delete(this)
    runtime.windows.delete(this)
    if (focused === this) setFocused(undefined)
    WebContentsDouble.destroy(this.contents)
    this.emit('closed')
    if (all.size === 0 && runtime.quitting === 'no') app.emit('window-all-closed')
  }

  getBounds(): Electron.Rectangle { return this.state === 'maximized' ? { ...display.workArea } : this.state === 'fullscreen' ? { ...display.bounds } : { ...this.bounds } }
  getNormalBounds(): Electron.Rectangle { return { ...this.bounds } }
  getContentBounds(): Electron.Rectangle { return this.getBounds() }
  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.mustExist()
    const before = this.bounds
    const [minimumWidth = 0, minimumHeight = 0] = this.minimumSize
    const asked = { ...before, ...bounds }
    this.bounds = { ...asked, width: Math.max(asked.width, minimumWidth), height: Math.max(asked.height, minimumHeight) }
    if (this.shown) this.apply({ left: this.bounds.x, top: this.bounds.y, width: this.bounds.width, height: this.bounds.height })
    if (before.width !== this.bounds.width || before.height !== this.bounds.height) this.emit('resize')
    if (before.x !== this.bounds.x || before.y !== this.bounds.y) this.emit('move')
  }

  getSize(): number[] { return [this.getBounds().width, this.getBounds().height] }
  setSize(width: number, height: number): void { this.setBounds({ width, height }) }
  getContentSize(): number[] { return this.getSize() }
  setContentSize(width: number, height: number): void { this.setSize(width, height) }
  getPosition(): number[] { return [this.getBounds().x, this.getBounds().y] }
  setPosition(x: number, y: number): void { this.setBounds({ x, y }) }
  center(): void { this.setPosition(Math.round((display.workArea.width - this.bounds.width) / 2), Math.round((display.workArea.height - this.bounds.height) / 2)) }
  getMinimumSize(): number[] { return [...this.minimumSize] }
  setMinimumSize(width: number, height: number): void { this.minimumSize = [width, height] }
  getMaximumSize(): number[] { return [...this.maximumSize] }
  setMaximumSize(width: number, height: number): void { this.maximumSize = [width, height] }
  isResizable(): boolean { return this.canResize }
  setResizable(isResizable: boolean): void { this.canResize = isResizable }
  isAlwaysOnTop(): boolean { return this.onTop }
  setAlwaysOnTop(isOnTop: boolean): void { this.onTop = isOnTop }
  isModal(): boolean { return false }
  getParentWindow(): null { return null }
  getChildWindows(): Electron.BrowserWindow[] { return [] }
  getTitle(): string { return this.title }
  setTitle(title: string): void { this.title = title }
  getBackgroundColor(): string { return this.background }
  setBackgroundColor(color: string): void { this.background = color }
  isMenuBarAutoHide(): boolean { return this.autoHideMenuBar }
  setAutoHideMenuBar(isHidden: boolean): void { this.autoHideMenuBar = isHidden }

  // What only a system with a screen could show.
  setMenu(_menu: Electron.Menu | null): void { /* a menu bar */ }
  removeMenu(): void { /* a menu bar */ }
  setMenuBarVisibility(_isVisible: boolean): void { /* a menu bar */ }
  setIcon(_icon: Electron.NativeImage | string): void { /* a frame */ }
  setSkipTaskbar(_isSkipped: boolean): void { /* a taskbar */ }
  setProgressBar(_progress: number): void { /* a taskbar */ }
  setOverlayIcon(_overlay: Electron.NativeImage | null, _description: string): void { /* a taskbar */ }
  flashFrame(_isFlashing: boolean): void { /* a frame */ }
  moveTop(): void { /* a stack of windows */ }
  setTitleBarOverlay(_options: Electron.TitleBarOverlayOptions): void { /* a frame */ }
  setVisibleOnAllWorkspaces(_isVisible: boolean): void { /* workspaces */ }
  setContentProtection(_isProtected: boolean): void { /* a screen */ }

  private open({ url }: Electron.HandlerDetails, overrides: Electron.BrowserWindowConstructorOptions): void {
    const opened = new BrowserWindowDouble({ ...overrides, webPreferences: { ...this.options.webPreferences, ...overrides.webPreferences } })
    this.contents.emit('did-create-window', opened, { url, frameName: '', options: overrides, disposition: 'foreground-tab', referrer: { url: this.contents.getURL(), policy: 'strict-origin-when-cross-origin' } })
    opened.loadURL(url).catch(() => undefined)
  }

  private onTitle(title: string): void {
    const updated = event()
    this.emit('page-title-updated', updated, title, true)
    this.contents.emit('page-title-updated', event(), title, true)
    if (!updated.defaultPrevented) this.title = title
  }

  private become(state: typeof this.state, name: string): void {
    this.mustExist()
    if (this.state === state) return
    this.state = state
    this.apply({ windowState: state })
    this.emit(name)
  }

  private apply(bounds: object): void {
    void targetOf(this.contents).setWindow(bounds).catch(() => undefined)
  }

  private mustExist(): void {
    if (this.isDestroyed()) throw new TypeError('Object has been destroyed')
  }
}

function find(matches: (window: BrowserWindowDouble) => boolean): Electron.BrowserWindow | null {
  const found = [...all].find(matches)
  return found === undefined ? null : whole(found)
}

function setFocused(window: BrowserWindowDouble | undefined): void {
  const before = focused
  if (before === window) return
  focused = window
  if (before !== undefined) {
    before.emit('blur', event())
    app.emit('browser-window-blur', event(), before)
  }
  if (window !== undefined) {
    window.emit('focus', event())
    app.emit('browser-window-focus', event(), window)
  }
}

function refuse(options: Electron.BrowserWindowConstructorOptions): void {
  for (const name of otherWindows) if (options[name] !== undefined && options[name] !== false) throw notHere(`make a window with “${name}”`)
  for (const [name, value] of Object.entries(options.webPreferences ?? {})) {
    if (name === 'session' && value !== session.defaultSession) throw notHere('give a page a session of its own')
    if (name in wanted && value !== undefined && value !== wanted[name as keyof typeof wanted]) throw notHere(`make a page with “${name}: ${String(value)}”`)
  }
}
