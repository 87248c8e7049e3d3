import { EventEmitter } from 'node:events'
import { event } from '../base/events.ts'
import type { Some } from '../base/faithful.ts'
import { whole } from '../base/faithful.ts'
import { runtime } from '../base/runtime.ts'
import { CommandLineDouble } from './command-line.ts'
import { DockDouble } from './dock.ts'
import { LoginItems } from './login-items.ts'
import { Paths } from './paths.ts'
import { exit, quit, relaunches } from './quitting.ts'
import { SingleInstance } from './single-instance.ts'

export const commandLine = new CommandLineDouble(process.argv)

export class AppDouble extends EventEmitter implements Some<Electron.App> {
  readonly commandLine = whole<Electron.CommandLine>(commandLine)
  applicationMenu: Electron.Menu | null = null
  readonly dock = process.platform === 'darwin' ? whole<Electron.Dock>(new DockDouble()) : undefined
  badgeCount = 0
  userAgentFallback = ''
  private readonly paths = new Paths(commandLine.getSwitchValue('user-data-dir'))
  private readonly instance = new SingleInstance()
  private readonly loginItems = new LoginItems()
  private readonly protocolClients = new Set<string>()
  private readonly ready = Promise.withResolvers<undefined>()

  constructor() {
    super()
    // Until an app listens, closing the last window quits.
    this.on('window-all-closed', () => { if (this.listenerCount('window-all-closed') === 1) this.quit() })
  }

  get isPackaged(): boolean { return runtime.launch.isPackaged }
  get name(): string { return runtime.launch.name }
  set name(name: string) { runtime.launch.name = name }
  getName(): string { return this.name }
  setName(name: string): void { this.name = name }
  getVersion(): string { return runtime.launch.version }
  getAppPath(): string { return runtime.launch.appPath }

  isReady(): boolean { return runtime.isReady }
  whenReady(): Promise<void> { return this.ready.promise }

  /** Not by the event, which a tool such as Playwright may hold back. */
  static becomeReady(app: AppDouble): void {
    runtime.isReady = true
    app.ready.resolve(undefined)
    app.emit('ready', event(), {})
  }

  getLocale(): string { return commandLine.hasSwitch('lang') ? commandLine.getSwitchValue('lang') : 'en-US' }
  getSystemLocale(): string { return this.getLocale() }
  getPreferredSystemLanguages(): string[] { return [this.getLocale()] }
  getLocaleCountryCode(): string { return this.getLocale().split('-')[1] ?? '' }

  getPath(name: string): string { return this.paths.get(name, this.name) }
  setPath(name: string, path: string): void { this.paths.set(name, path) }
  setAppLogsPath(path?: string): void { if (path !== undefined) this.paths.set('logs', path) }

  requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean {
    return this.instance.request(this.getPath('userData'), additionalData ?? null, (argv, workingDirectory, data) =>
      this.emit('second-instance', event(), argv, workingDirectory, data))
  }

  hasSingleInstanceLock(): boolean { return this.instance.isHeld }
  releaseSingleInstanceLock(): void { this.instance.release() }

  getLoginItemSettings(options: Electron.LoginItemSettingsOptions = {}): Electron.LoginItemSettings { return this.loginItems.get(options) }
  setLoginItemSettings(settings: Electron.Settings): void { this.loginItems.set(settings) }

  setAsDefaultProtocolClient(protocol: string): boolean { return this.protocolClients.add(protocol).has(protocol) }
  isDefaultProtocolClient(protocol: string): boolean { return this.protocolClients.has(protocol) }
  removeAsDefaultProtocolClient(protocol: string): boolean { return this.protocolClients.delete(protocol) }

  getBadgeCount(): number { return this.badgeCount }
  setBadgeCount(count = 0): boolean {
    this.badgeCount = count
    return true
  }

  getAppMetrics(): Electron.ProcessMetric[] {
    const children = [...runtime.children].map(({ pid, serviceName }) => ({ type: 'Utility' as const, pid: pid ?? 0, name: serviceName, serviceName: 'node.mojom.NodeService' }))
    return [{ type: 'Browser' as const, pid: process.pid }, ...children] as Electron.ProcessMetric[]
  }

  // What only a system with a screen could show.
  setAppUserModelId(_id: string): void { /* taskbar groups */ }
  setActivationPolicy(_policy: string): void { /* macOS's dock */ }
  setAboutPanelOptions(_options: Electron.AboutPanelOptionsOptions): void { /* a panel */ }
  setDesktopName(_name: string): void { /* Linux's desktop file */ }
  enableSandbox(): void { /* every page is in one already */ }
  disableHardwareAcceleration(): void { /* there is none */ }
  focus(): void { /* there is no other app */ }
  hide(): void { /* there is no other app */ }
  show(): void { /* there is no other app */ }
  isHidden(): boolean { return false }
  isAccessibilitySupportEnabled(): boolean { return false }

  /** Remembered for `quitting.ts`, which starts the app again once this process is over. */
  relaunch(options: Electron.RelaunchOptions = {}): void { relaunches.push(options) }
  quit(): void { quit(this) }
  exit(code = 0): void { exit(this, code) }
}

export const app = new AppDouble()
