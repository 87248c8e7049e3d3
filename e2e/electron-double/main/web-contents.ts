import { EventEmitter } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { event } from '../base/events.ts'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import { refuseEvents } from '../base/missing.ts'
import { takePorts } from '../base/ports.ts'
import { runtime } from '../base/runtime.ts'
import { Target } from '../page/target.ts'
import { app } from './app.ts'
import { IpcMainDouble } from './ipc-main.ts'
import { createFrame } from './frame.ts'
import { loadError } from './load-error.ts'
import { createNavigationHistory } from './navigation-history.ts'
import { NativeImageDouble } from './native-image.ts'
import { PageEvents } from './page-events.ts'
import { fromPage } from './renderer-messages.ts'
import { toInner, toOuter } from './protocol.ts'
import { session, sessionOf } from './session.ts'

/** The window around a page. */
export interface PageHost {
  readonly width: number
  readonly height: number
  isVisible(): boolean
  isFocused(): boolean
  focus(): void
  close(): void
  /** For a page that may open another: a new window on that address. */
  open(details: Electron.HandlerDetails, options: Electron.BrowserWindowConstructorOptions): void
  onReadyToShow(): void
  onTitle(title: string): void
}

type WindowOpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

const untold = [
  'before-input-event', 'before-mouse-event', 'context-menu', 'cursor-changed', 'did-change-theme-color', 'did-fail-provisional-load', 'did-frame-navigate', 'did-redirect-navigation',
  'did-start-navigation', 'found-in-page', 'frame-created', 'input-event', 'media-paused', 'media-started-playing', 'page-favicon-updated', 'update-target-url', 'will-prevent-unload', 'zoom-changed',
]

let count = 0
const all = new Set<WebContentsDouble>()
const targets = new WeakMap<WebContentsDouble, Target>()

export function targetOf(contents: WebContentsDouble): Target {
  const target = targets.get(contents)
  if (target === undefined) throw new Error('These web contents have no page.')
  return target
}

export class WebContentsDouble extends EventEmitter implements Some<Electron.WebContents> {
  readonly id = ++count
  readonly session = session.defaultSession
  readonly ipc = whole<Electron.IpcMain>(new IpcMainDouble())
  readonly mainFrame: Electron.WebFrameMain
  readonly navigationHistory: Electron.NavigationHistory
  readonly hostWebContents = null
  readonly opener = null
  backgroundThrottling: boolean
  private readonly host: PageHost
  private readonly preferences: Electron.WebPreferences
  private readonly page: PageEvents
  private windowOpenHandler: WindowOpenHandler = () => ({ action: 'allow' })
  private destroyed = false
  private zoom = 1

  constructor(host: PageHost, preferences: Electron.WebPreferences) {
    super()
    refuseEvents(this, 'WebContents', untold)
    this.host = host
    this.preferences = preferences
    this.backgroundThrottling = preferences.backgroundThrottling ?? true
    const self = whole<Electron.WebContents>(this)
    const target = new Target({
      preload: preferences.preload, additionalArguments: preferences.additionalArguments ?? [], width: host.width, height: host.height, isVisible: host.isVisible(),
      onMessage: (message, contextId) => fromPage(message, contextId, { contents: self, target, session: sessionOf(), open: (details) => this.open(details), onTitle: (title) => this.page.setTitle(title) }),
      onEvent: (each) => this.page.on(each),
    })
    targets.set(this, target)
    all.add(this)
    this.page = new PageEvents(self, target, { onReadyToShow: () => host.onReadyToShow(), onTitle: (title) => host.onTitle(title) })
    this.mainFrame = createFrame(self)
    this.navigationHistory = createNavigationHistory(target)
    target.attached.then(
      () => { if (target.preloadError !== undefined) this.emit('preload-error', event(), preferences.preload, target.preloadError) },
      (error: unknown) => { if (!this.destroyed && runtime.quitting !== 'over') console.error('A page could not be opened:', error) },
    )
    app.emit('web-contents-created', event(), this)
  }

  async loadURL(url: string): Promise<void> {
    const target = targetOf(this)
    await target.attached
    const loaded = this.page.expect(toInner(url))
    const { errorText, loaderId } = await target.send('Page.navigate', { url: toInner(url) })
    if (errorText !== undefined) {
      const error = loadError(errorText, url)
      this.page.forget()
      if (error.code !== 'ERR_ABORTED') this.emit('did-fail-load', event(), error.errno, error.code, url, true)
      throw error
    }
    // Without a loader it went to another place of the same document.
    if (loaderId !== undefined) await loaded
  }

  async loadFile(path: string, { hash = '', search = '', query = {} }: Electron.LoadFileOptions = {}): Promise<void> {
    const url = pathToFileURL(resolve(app.getAppPath(), path))
    url.hash = hash
    url.search = search
    for (const [name, value] of Object.entries(query)) url.search += `${url.search === '' ? '?' : '&'}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
    await this.loadURL(url.href)
  }

  reload(): void {
    void this.page.expect(toInner(this.getURL()))
    void targetOf(this).send('Page.reload').catch(() => undefined)
  }

  reloadIgnoringCache(): void { this.reload() }
  stop(): void { void targetOf(this).send('Page.stopLoading').catch(() => undefined) }
  getURL(): string { return toOuter(this.page.url) }
  getTitle(): string { return this.page.title }
  isLoading(): boolean { return this.page.isLoading }
  isLoadingMainFrame(): boolean { return this.page.isLoading }
  isCrashed(): boolean { return this.page.isCrashed }
  isDestroyed(): boolean { return this.destroyed }
  getType(): 'window' { return 'window' }
  getOSProcessId(): number { return runtime.browser?.pid ?? 0 }
  getProcessId(): number { return this.mainFrame.processId }
  isFocused(): boolean { return this.host.isFocused() }
  focus(): void { this.host.focus() }
  getUserAgent(): string { return this.userAgent }
  get userAgent(): string { return app.userAgentFallback }

  send(channel: string, ...args: unknown[]): void {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument')
    targetOf(this).toPage({ kind: 'ipc', channel, args, ports: [] })
  }

  postMessage(channel: string, message: unknown, transfer: Electron.MessagePortMain[] = []): void {
    const target = targetOf(this)
    const ends = takePorts(transfer)
    for (const end of ends) end.moveTo(target)
    target.toPage({ kind: 'ipc', channel, args: [message], ports: ends.map(({ id }) => id) })
  }

  async executeJavaScript(code: string): Promise<unknown> {
    const target = targetOf(this)
    await target.attached
    if (this.page.isLoading) await new Promise((done) => this.once('did-stop-loading', done))
    const { result, exceptionDetails: thrown } = await target.send('Runtime.evaluate', { expression: code, awaitPromise: true, returnByValue: true, userGesture: true })
    if (thrown !== undefined) throw new Error(thrown.exception?.description ?? thrown.text)
    return result.value
  }

  async insertCSS(css: string): Promise<string> {
    await this.executeJavaScript(`document.head.append(Object.assign(document.createElement('style'), { textContent: ${JSON.stringify(css)} }))`)
    return String(++count)
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void { this.windowOpenHandler = handler }
  getZoomFactor(): number { return this.zoom }
  get zoomFactor(): number { return this.zoom }
  set zoomFactor(factor: number) { this.setZoomFactor(factor) }
  setZoomFactor(factor: number): void {
    if (!(factor > 0)) throw new Error('\'zoomFactor\' must be a double greater than 0.0')
    this.zoom = factor
    void targetOf(this).send('Emulation.setPageScaleFactor', { pageScaleFactor: factor }).catch(() => undefined)
  }

  setVisualZoomLevelLimits(_minimum: number, _maximum: number): Promise<void> { return Promise.resolve() }
  setBackgroundThrottling(isAllowed: boolean): void { this.backgroundThrottling = isAllowed }
  getBackgroundThrottling(): boolean { return this.backgroundThrottling }
  setAudioMuted(_isMuted: boolean): void { /* nothing sounds */ }
  setIgnoreMenuShortcuts(_isIgnored: boolean): void { /* no menu has the keyboard */ }
  openDevTools(): void { /* no screen to show them on */ }
  closeDevTools(): void { /* none are open */ }
  isDevToolsOpened(): boolean { return false }

  async capturePage(): Promise<Electron.NativeImage> {
    const { data } = await targetOf(this).send('Page.captureScreenshot')
    return whole(NativeImageDouble.createFromBuffer(Buffer.from(data, 'base64')))
  }

  async printToPDF(_options: Electron.PrintToPDFOptions): Promise<Buffer> {
    return Buffer.from((await targetOf(this).send('Page.printToPDF')).data, 'base64')
  }

  forcefullyCrashRenderer(): void { void targetOf(this).send('Page.crash').catch(() => undefined) }
  close(): void { this.host.close() }

  /** Not in Electron's types, and what its own tests look for. */
  getLastWebPreferences(): Electron.WebPreferences {
    return { contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, ...this.preferences }
  }

  static getAllWebContents(): Electron.WebContents[] { return [...all].map((each) => whole(each)) }
  static fromId(id: number): Electron.WebContents | undefined { return find((each) => each.id === id) }
  static fromDevToolsTargetId(targetId: string): Electron.WebContents | undefined { return find((each) => targetOf(each).id === targetId) }
  static getFocusedWebContents(): Electron.WebContents | null { return find((each) => each.isFocused()) ?? null }
  static fromFrame(frame: Electron.WebFrameMain): Electron.WebContents | undefined { return find((each) => each.mainFrame === frame) }

  /** The window is gone: so is the page. */
  static destroy(contents: WebContentsDouble): void {
    contents.destroyed = true
    all.delete(contents)
    const closing = targetOf(contents).close()
    runtime.closing.add(closing)
    void closing.finally(() => runtime.closing.delete(closing))
    contents.emit('destroyed')
  }

  /** The page asks for another window, by script or by a link. */
  private open(details: Electron.HandlerDetails): void {
    const { action, overrideBrowserWindowOptions = {} } = this.windowOpenHandler(details)
    if (action === 'allow') this.host.open(details, overrideBrowserWindowOptions)
  }

  static open(contents: Electron.WebContents, details: Electron.HandlerDetails): void {
    [...all].find((each) => each.id === contents.id)?.open(details)
  }
}

function find(matches: (contents: WebContentsDouble) => boolean): Electron.WebContents | undefined {
  const found = [...all].find(matches)
  return found === undefined ? undefined : whole(found)
}
