/** Puts the app together: what each part is given, and what follows from what. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { app, Notification, protocol } from 'electron'
import type { DesktopHandlers, ScreenPath, ShellState } from '../contract/desktop/shell.ts'
import { DepinError } from '../contract/errors.ts'
import type { Format } from '../renderer/format/format.ts'
import type { Arguments } from './arguments.ts'
import { type Clock, every } from './base/clock.ts'
import { createLogFile, type Log } from './base/log.ts'
import { listenToWindow } from './ipc.ts'
import { ownCommand } from './login/command.ts'
import { createLoginItem } from './login/login.ts'
import { Keychain } from './keychain.ts'
import type { LoginItem } from './login/types.ts'
import { setAppMenu } from './menu.ts'
import { startNotices } from './notices/notices.ts'
import { handleQuit, type Quit } from './quit.ts'
import { hardenSession } from './security/harden.ts'
import { scheme } from './security/origin.ts'
import { createPages } from './security/pages.ts'
import { type Client, createServiceClient, type ServiceClient } from './service/client.ts'
import { attachToService } from './service/elsewhere.ts'
import { startOwnService } from './service/own.ts'
import { Supervisor } from './service/supervisor.ts'
import { openSettings, type SettingsFile } from './settings.ts'
import { createFullScreenReader } from './signals/full-screen.ts'
import { startSignals } from './signals/signals.ts'
import { hasTray, waitForTray } from './tray/host.ts'
import { trayOf, type TrayOrder, type TrayView } from './tray/menu.ts'
import { type AppTray, createTray } from './tray/tray.ts'
import { watchdogArguments } from './watchdog.ts'
import { MainWindow } from './window/window.ts'
import type { UpdateCopy } from './updates/copy.ts'
import { type DesktopUpdates, startUpdates } from './updates/start.ts'
import { createWords } from './words.ts'

const { platform, env } = process
/** Sums in the tray grow, and a day ends, without any news: looked at this often, ms. */
const trayEveryMs = 30_000
/** The built folder: this file is `dist/main/main.mjs`. */
const dist = join(import.meta.dirname, '..')

export interface ShellDeps {
  started: Arguments
  clock: Clock
  log: Log
  copy: UpdateCopy | null
}

/** Everything that lives as long as the app. */
export class Shell {
  readonly #deps: ShellDeps
  readonly #settings: SettingsFile
  readonly #supervisor: Supervisor
  readonly #client: ServiceClient
  readonly #window: MainWindow
  readonly #login: LoginItem
  readonly #keychain: Keychain
  #hasKeychain = false
  readonly #command: string[]
  #quit: Quit | null = null
  #words: Format
  #tray: AppTray | null = null
  #join: string | null
  #isReady = false
  #hasPage = false
  #updates: DesktopUpdates | null = null
  #serviceLog: ((text: string) => void) | null = null

  constructor(deps: ShellDeps) {
    const { clock, log } = deps
    this.#deps = deps
    this.#join = deps.started.join
    this.#settings = openSettings(join(app.getPath('userData'), 'desktop.json'))
    this.#command = ownCommand({ exe: app.getPath('exe'), appPath: app.getAppPath(), isPackaged: app.isPackaged, env })
    this.#keychain = new Keychain({ folder: app.getPath('userData'), dataDir: deps.started.serve.dataDir, log })
    this.#supervisor = new Supervisor({ open: (quit, force) => this.#openService(quit, force), clock, log })
    this.#client = createServiceClient({ supervisor: this.#supervisor, clock, log })
    this.#login = createLoginItem({ platform, env, home: homedir(), command: this.#command, name: app.getName() })
    this.#window = new MainWindow({
      settings: this.#settings, clock, log, preload: join(dist, 'preload/preload.cjs'), icon: platform === 'linux' ? join(dist, 'icons/app.png') : null,
      hides: () => this.#tray !== null,
      onHidden: () => this.#tellOfTray(),
      onClose: () => this.#quit?.request(),
      onSessionEnd: () => this.#quit?.atOnce(),
    })
    this.#words = this.#makeWords()
  }

  async start(): Promise<void> {
    const { clock, log, started } = this.#deps
    const tray = hasTray(platform)
    hardenSession()
    protocol.handle(scheme, createPages(join(dist, 'renderer')))
    this.#quit = handleQuit({
      supervisor: this.#supervisor, client: this.#client, log, words: () => this.#words, window: () => this.#window.electron, onQuitting: () => this.#window.letGo(),
    })
    listenToWindow({ handlers: this.#handlers(), supervisor: this.#supervisor, log, onPage: () => { this.#hasPage = true } })
    this.#supervisor.subscribe(() => this.#changed())
    this.#supervisor.start()
    if (app.isPackaged && platform !== 'linux') app.setAsDefaultProtocolClient('depin')
    setAppMenu(platform, this.#words, () => this.#quit?.request())
    this.#isReady = true
    if (isHidden(started) && this.#join === null) {
      app.dock?.hide()
      this.#window.prepare()
    } else this.show()
    if (await tray) this.#addTray()
    else waitForTray(() => hasTray(platform), clock, () => this.#addTray())
    startNotices({
      client: this.#client, settings: this.#settings, clock, words: () => this.#words, isLookedAt: () => this.#window.isLookedAt, open: (path) => this.show(path),
    })
    const sessionType = env['XDG_SESSION_TYPE']
    startSignals({ client: this.#client, clock, log, platform, sessionType, fullScreen: createFullScreenReader(platform, sessionType) })
    await this.#startUpdates()
  }

  /** An app that cannot update itself is one all the same. */
  async #startUpdates(): Promise<void> {
    const { clock, log, copy } = this.#deps
    try {
      this.#updates = await startUpdates({ copy, clock, log, client: this.#client, isLookedAt: () => this.#window.isLookedAt, isVisible: () => this.#window.isVisible, onState: () => this.#tray?.update() })
    } catch (error) {
      log('updates do not work', { error })
    }
  }

  /** Of the service that runs and has answered, while the page works too; null: it is not well. */
  get wellPid(): number | null {
    const { service } = this.#supervisor
    return this.#hasPage && this.#client.known().node !== null ? service?.pid ?? null : null
  }

  show(path?: ScreenPath): void {
    if (this.#isReady) this.#window.show(path)
  }

  /** A link that somebody opened: the window asks the owner about it. */
  offerJoin(link: string): void {
    this.#join = link
    this.#changed()
    this.show()
  }

  async #openService(quit: AbortSignal, force: AbortSignal): ReturnType<typeof startOwnService> {
    const { started, clock } = this.#deps
    const { dataDir } = started.serve
    const attached = await attachToService(dataDir)
    if (attached !== null) return attached
    const onOutput = this.#serviceLog ??= createLogFile(join(app.getPath('userData'), 'logs', 'service.log'))
    const watchdogProgram = watchdogArguments(this.#command, platform, process.getuid?.() === 0)
    this.#hasKeychain = await this.#keychain.isThere()
    const sealKey = this.#hasKeychain ? await this.#keychain.read() : null
    return await startOwnService({ program: join(dist, 'main/service.mjs'), options: started.serve, watchdogProgram, sealKey, clock, onOutput }, quit, force)
  }

  #handlers(): DesktopHandlers {
    return {
      state: () => this.#state(),
      retryService: () => {
        this.#supervisor.retryNow()
      },
      setLanguage: (language) => {
        this.#settings.set({ language })
        this.#words = this.#makeWords()
        setAppMenu(platform, this.#words, () => this.#quit?.request())
        this.#tray?.update()
      },
      setOpenAtLogin: (on) => {
        if (this.#openAtLogin() === null) throw new DepinError('E_CONFLICT', 'This copy of the app cannot be opened at login.')
        this.#login.set(on)
        this.#changed()
      },
      setNotify: ({ kind, on }) => {
        this.#settings.set({ notify: { ...this.#settings.get().notify, [kind]: on } })
        this.#changed()
      },
      setKeySealed: (on) => this.#seal(on),
      joinSeen: () => {
        this.#join = null
        this.#changed()
      },
      quit: () => {
        this.#quit?.request()
      },
    }
  }

  #state(): ShellState {
    return {
      service: this.#supervisor.state, tray: this.#tray !== null, openAtLogin: this.#openAtLogin(), notify: this.#settings.get().notify, join: this.#join,
      keySealed: this.#hasKeychain ? this.#supervisor.service?.isSealed() ?? null : null,
    }
  }

  /** The key of the seal is there before the seal, and after it: whatever cuts this off, what is sealed can be opened. */
  async #seal(on: boolean): Promise<undefined> {
    const { service } = this.#supervisor
    if (service === null || !this.#hasKeychain) throw new DepinError('E_CONFLICT', 'There is no keychain, or no service that could use it.')
    await service.seal(on ? await this.#keychain.make() : null)
    if (!on) this.#keychain.forget()
    this.#changed()
  }

  /** macOS registers the bundle, which a copy that is not packaged has none of. */
  #openAtLogin(): boolean | null {
    return platform === 'darwin' && !app.isPackaged ? null : this.#login.isOn()
  }

  #changed(): void {
    this.#window.send('state', this.#state())
    this.#tray?.update()
  }

  #addTray(): void {
    const { clock } = this.#deps
    this.#tray = createTray({ icons: join(dist, 'icons/tray'), platform, clock, read: () => this.#trayView(), act: (order) => this.#act(order) })
    this.#client.subscribe(() => this.#tray?.update())
    every(clock, trayEveryMs, () => this.#tray?.update())
    this.#changed()
  }

  #trayView(): TrayView {
    return trayOf({ ...this.#client.known(), service: this.#supervisor.state, update: this.#updates?.state() ?? null, nowMs: this.#deps.clock.nowMs() }, this.#words)
  }

  #act(order: TrayOrder): void {
    switch (order.kind) {
      case 'open':
        this.show(order.path ?? undefined)
        break
      case 'quit':
        this.#quit?.request()
        break
      case 'update':
        this.#updates?.install()
        break
      case 'pause': case 'resume': case 'anyway': case 'turn': this.#give(order)
    }
  }

  /** An order about sharing. One that fails shows in the window, where the state is. */
  #give(order: SharingOrder): void {
    const api = this.#client.client()
    if (api === null) this.show()
    else {
      giveOrder(api, order).catch((error: unknown) => {
        this.#deps.log('an order from the tray failed', { error })
        this.show()
      })
    }
  }

  /** The first time only. */
  #tellOfTray(): void {
    if (this.#settings.get().toldTray || !Notification.isSupported()) return
    this.#settings.set({ toldTray: true })
    new Notification({ title: this.#words.t('notice.tray.title'), body: this.#words.t('notice.tray.text'), silent: true }).show()
  }

  #makeWords(): Format {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    return createWords({ language: this.#settings.get().language, wanted: [...app.getPreferredSystemLanguages()], timeZone })
  }
}

type SharingOrder = Exclude<TrayOrder, { kind: 'open' | 'update' | 'quit' }>

function giveOrder({ share }: Client, order: SharingOrder): Promise<unknown> {
  switch (order.kind) {
    case 'pause': return share.set({ pausedUntilMs: order.untilMs })
    case 'resume': return share.set({ pausedUntilMs: null })
    case 'anyway': return share.anyway()
    case 'turn': return share.set({ on: order.on })
  }
}

/** Windows and Linux say it with an argument, macOS with a fact. */
function isHidden({ hidden }: Arguments): boolean {
  return hidden || (platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
}
