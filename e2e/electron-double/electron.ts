import { MessageChannelDouble, MessagePortDouble } from './base/ports.ts'
import type { Extra, Nothing } from './base/faithful.ts'
import { refuseMissing, refuseModule } from './base/missing.ts'
import { app, AppDouble, commandLine } from './main/app.ts'
import { BrowserWindowDouble } from './main/browser-window.ts'
import { ClipboardDouble } from './main/clipboard.ts'
import { DialogDouble } from './main/dialog.ts'
import { DockDouble } from './main/dock.ts'
import { DownloadItemDouble } from './main/downloads.ts'
import { FrameDouble } from './main/frame.ts'
import { GlobalShortcutDouble } from './main/global-shortcut.ts'
import { ipcMain, type IpcMainDouble } from './main/ipc-main.ts'
import { MenuDouble, MenuItemDouble } from './main/menu.ts'
import { NativeImageDouble } from './main/native-image.ts'
import { NativeThemeDouble } from './main/native-theme.ts'
import { NavigationHistoryDouble } from './main/navigation-history.ts'
import { NetDouble } from './main/net.ts'
import { NotificationDouble } from './main/notification.ts'
import { PowerMonitorDouble, PowerSaveBlockerDouble } from './main/power.ts'
import { protocol, type ProtocolDouble } from './main/protocol.ts'
import { SafeStorageDouble } from './main/safe-storage.ts'
import { ScreenDouble } from './main/screen.ts'
import { session, SessionDouble } from './main/session.ts'
import { ShellDouble } from './main/shell.ts'
import { AutoUpdaterDouble, CrashReporterDouble, SystemPreferencesDouble } from './main/system.ts'
import { TrayDouble } from './main/tray.ts'
import { utilityProcess, UtilityProcessDouble } from './main/utility-process.ts'
import { WebContentsDouble } from './main/web-contents.ts'
import { WebRequestDouble } from './main/web-request.ts'

/** What `import 'electron'` gives in main. */
export const electron = {
  app,
  autoUpdater: new AutoUpdaterDouble(),
  BrowserWindow: BrowserWindowDouble,
  clipboard: new ClipboardDouble(),
  crashReporter: new CrashReporterDouble(),
  dialog: new DialogDouble(),
  globalShortcut: new GlobalShortcutDouble(),
  ipcMain,
  Menu: MenuDouble,
  MenuItem: MenuItemDouble,
  MessageChannelMain: MessageChannelDouble,
  nativeImage: NativeImageDouble,
  nativeTheme: new NativeThemeDouble(),
  net: new NetDouble(),
  Notification: NotificationDouble,
  powerMonitor: new PowerMonitorDouble(),
  powerSaveBlocker: new PowerSaveBlockerDouble(),
  protocol,
  safeStorage: new SafeStorageDouble(),
  screen: new ScreenDouble(),
  session,
  shell: new ShellDouble(),
  systemPreferences: new SystemPreferencesDouble(),
  Tray: TrayDouble,
  utilityProcess,
  webContents: WebContentsDouble,
}

/** What ours has and Electron's has not. */
interface Extras {
  App: Extra<AppDouble, Electron.App>
  AutoUpdater: Extra<AutoUpdaterDouble, Electron.AutoUpdater>
  BrowserWindow: Extra<BrowserWindowDouble, Electron.BrowserWindow>
  Clipboard: Extra<ClipboardDouble, Electron.Clipboard>
  CrashReporter: Extra<CrashReporterDouble, Electron.CrashReporter>
  Dialog: Extra<DialogDouble, Electron.Dialog>
  DownloadItem: Extra<DownloadItemDouble, Electron.DownloadItem>
  Dock: Extra<DockDouble, Electron.Dock>
  WebFrameMain: Extra<FrameDouble, Electron.WebFrameMain>
  GlobalShortcut: Extra<GlobalShortcutDouble, Electron.GlobalShortcut>
  IpcMain: Extra<IpcMainDouble, Electron.IpcMain>
  Menu: Extra<MenuDouble, Electron.Menu>
  MenuItem: Extra<MenuItemDouble, Electron.MenuItem>
  MessagePortMain: Extra<MessagePortDouble, Electron.MessagePortMain>
  NativeImage: Extra<NativeImageDouble, Electron.NativeImage>
  NativeTheme: Extra<NativeThemeDouble, Electron.NativeTheme>
  NavigationHistory: Extra<NavigationHistoryDouble, Electron.NavigationHistory>
  Net: Extra<NetDouble, Electron.Net>
  Notification: Extra<NotificationDouble, Electron.Notification>
  PowerMonitor: Extra<PowerMonitorDouble, Electron.PowerMonitor>
  PowerSaveBlocker: Extra<PowerSaveBlockerDouble, Electron.PowerSaveBlocker>
  Protocol: Extra<ProtocolDouble, Electron.Protocol>
  SafeStorage: Extra<SafeStorageDouble, Electron.SafeStorage>
  Screen: Extra<ScreenDouble, Electron.Screen>
  Session: Extra<SessionDouble, Electron.Session>
  Shell: Extra<ShellDouble, Electron.Shell>
  SystemPreferences: Extra<SystemPreferencesDouble, Electron.SystemPreferences>
  Tray: Extra<TrayDouble, Electron.Tray>
  UtilityProcess: Extra<UtilityProcessDouble, Electron.UtilityProcess>
  WebContents: Extra<WebContentsDouble, Electron.WebContents>
  WebRequest: Extra<WebRequestDouble, Electron.WebRequest>
}
/** `getLastWebPreferences` is in Electron, and not in its types. */
export type NoExtras = Nothing<Exclude<Extras[keyof Extras], 'getLastWebPreferences'>>

for (const [type, ours, statics] of [
  ['App', AppDouble.prototype], ['AutoUpdater', electron.autoUpdater], ['BrowserWindow', BrowserWindowDouble.prototype, BrowserWindowDouble], ['Clipboard', electron.clipboard],
  ['CommandLine', commandLine], ['CrashReporter', electron.crashReporter], ['Dialog', electron.dialog], ['Dock', DockDouble.prototype], ['DownloadItem', DownloadItemDouble.prototype], ['GlobalShortcut', electron.globalShortcut], ['IpcMain', ipcMain],
  ['Menu', MenuDouble.prototype, MenuDouble], ['MenuItem', MenuItemDouble.prototype], ['MessageChannelMain', MessageChannelDouble.prototype], ['MessagePortMain', MessagePortDouble.prototype],
  ['NativeImage', NativeImageDouble.prototype, NativeImageDouble], ['NativeTheme', electron.nativeTheme], ['NavigationHistory', NavigationHistoryDouble.prototype], ['Net', electron.net],
  ['Notification', NotificationDouble.prototype, NotificationDouble], ['PowerMonitor', electron.powerMonitor], ['PowerSaveBlocker', electron.powerSaveBlocker], ['Protocol', protocol],
  ['SafeStorage', electron.safeStorage], ['Screen', electron.screen], ['Session', SessionDouble.prototype, session], ['Shell', electron.shell], ['SystemPreferences', electron.systemPreferences],
  ['Tray', TrayDouble.prototype, TrayDouble], ['UtilityProcess', UtilityProcessDouble.prototype, utilityProcess], ['WebContents', WebContentsDouble.prototype, WebContentsDouble],
  ['WebFrameMain', FrameDouble.prototype], ['WebRequest', WebRequestDouble.prototype],
] as [string, object, object?][]) refuseMissing(type, ours, statics)

for (const name of [
  'BaseWindow', 'BrowserView', 'ClipboardItem', 'contentTracing', 'desktopCapturer', 'ImageView', 'inAppPurchase', 'IpcMainServiceWorker', 'netLog', 'pushNotifications', 'ShareMenu',
  'sharedTexture', 'TouchBar', 'View', 'webFrameMain', 'WebContentsView', 'WebSocket',
]) refuseModule(electron, name)
