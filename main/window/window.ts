/** The one window. Where there is a tray to bring it back it is hidden rather than closed; elsewhere closing it quits. */
import { app, BrowserWindow, screen } from 'electron'
import { channelOf, type DesktopNews } from '../../contract/desktop/channels.ts'
import type { DesktopNewsItems, ScreenPath } from '../../contract/desktop/shell.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { isOurs, pageUrl } from '../security/origin.ts'
import type { SettingsFile } from '../settings.ts'
import { minimumSize, placeWindow } from './bounds.ts'

/** A page that ended is loaded again after a second; one that ends again within this, ms, twice as late each time: it must not keep the computer busy. */
const steadyAfterMs = 60_000

export interface MainWindowDeps {
  settings: SettingsFile
  preload: string
  icon: string | null
  clock: Clock
  log: Log
  /** Whether closing hides: there is a tray to come back by. */
  hides: () => boolean
  onHidden: () => void
  /** It would close for good: it stays until the app quits. */
  onClose: () => void
  /** The session of this user ends, now. */
  onSessionEnd: () => void
}

export class MainWindow {
  readonly #deps: MainWindowDeps
  #window: BrowserWindow | null = null
  #isFree = false
  /** Its page is drawn; before, it would be shown empty. */
  #isDrawn = false
  #isWanted = false
  #endings = 0
  #endedAtMs = 0

  constructor(deps: MainWindowDeps) {
    this.#deps = deps
  }

  get electron(): BrowserWindow | null {
    return this.#window
  }

  get isVisible(): boolean {
    return this.#window?.isVisible() === true
  }

  get isLookedAt(): boolean {
    return this.isVisible && this.#window?.isFocused() === true
  }

  /** Loads the page and shows nothing: a click in the tray finds it ready. */
  prepare(): void {
    this.#window ??= this.#make('/')
  }

  show(path?: ScreenPath): void {
    const before = this.#window
    const window = this.#window ??= this.#make(path ?? '/')
    if (before !== null && path !== undefined) this.send('go', path)
    this.#isWanted = true
    if (this.#isDrawn) this.#reveal(window)
  }

  send<News extends DesktopNews>(news: News, item: DesktopNewsItems[News]): void {
    const contents = this.#window?.webContents
    if (contents !== undefined && isOurs(contents.getURL())) contents.send(channelOf(news), item)
  }

  /** Closing closes from now on. */
  letGo(): void {
    this.#isFree = true
  }

  #make(path: ScreenPath): BrowserWindow {
    const { settings, icon, preload, log } = this.#deps
    const left = settings.get().window
    const displays = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()]
    const window = new BrowserWindow({
      ...placeWindow(left, displays.map(({ workArea }) => workArea)),
      minWidth: minimumSize.width, minHeight: minimumSize.height,
      show: false, title: app.getName(), ...icon !== null && { icon },
      webPreferences: {
        preload, sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false,
        webSecurity: true, allowRunningInsecureContent: false, webviewTag: false, navigateOnDragDrop: false, devTools: !app.isPackaged,
      },
    })
    if (left?.isMaximized === true) window.maximize()
    this.#listen(window)
    window.loadURL(`${pageUrl}#${path}`).catch((error: unknown) => log('the page did not load', { error }))
    return window
  }

  #listen(window: BrowserWindow): void {
    const { clock, log, hides, onClose, onSessionEnd } = this.#deps
    window.on('close', (event) => {
      this.#remember(window)
      if (this.#isFree) return
      event.preventDefault()
      if (hides()) this.#hide(window)
      else onClose()
    })
    window.once('closed', () => {
      this.#window = null
      this.#isDrawn = false
    })
    window.once('ready-to-show', () => {
      this.#isDrawn = true
      if (this.#isWanted) this.#reveal(window)
    })
    // Windows ends a session without asking the app to quit
    window.on('session-end', onSessionEnd)
    window.webContents.on('render-process-gone', (_event, details) => {
      log('the page ended', { ...details })
      if (details.reason !== 'clean-exit') clock.after(this.#reloadDelayMs(), () => { if (!window.isDestroyed()) window.reload() })
    })
    window.webContents.on('preload-error', (_event, _path, error) => log('the preload failed', { error }))
  }

  #reloadDelayMs(): number {
    const nowMs = this.#deps.clock.nowMs()
    this.#endings = nowMs - this.#endedAtMs < steadyAfterMs ? Math.min(this.#endings + 1, 5) : 0
    this.#endedAtMs = nowMs
    return 1_000 * 2 ** this.#endings
  }

  #hide(window: BrowserWindow): void {
    this.#isWanted = false
    window.hide()
    app.dock?.hide()
    this.#deps.onHidden()
  }

  #reveal(window: BrowserWindow): void {
    void app.dock?.show()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  #remember(window: BrowserWindow): void {
    this.#deps.settings.set({ window: { ...window.getNormalBounds(), isMaximized: window.isMaximized() } })
  }
}
