import { MessageChannelDouble, MessagePortDouble } from './base/ports.ts'
import { refuseMissing, refuseModule } from './base/missing.ts'
import { app, AppDouble, commandLine } from './main/app.ts'
import { BrowserWindowDouble } from './main/browser-window.ts'
import { ClipboardDouble } from './main/clipboard.ts'
import { DialogDouble } from './main/dialog.ts'
import { FrameDouble } from './main/frame.ts'
import { GlobalShortcutDouble } from './main/global-shortcut.ts'
import { ipcMain } from './main/ipc-main.ts'
import { MenuDouble, MenuItemDouble } from './main/menu.ts'
import { NativeImageDouble } from './main/native-image.ts'
import { NativeThemeDouble } from './main/native-theme.ts'
import { NavigationHistoryDouble } from './main/navigation-history.ts'
import { NetDouble } from './main/net.ts'
import { NotificationDouble } from './main/notification.ts'
import { PowerMonitorDouble, PowerSaveBlockerDouble } from './main/power.ts'
import { protocol } from './main/protocol.ts'
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

for (const [type, ours, statics] of [
  ['App', AppDouble.prototype], ['AutoUpdater', electron.autoUpdater], ['BrowserWindow', BrowserWindowDouble.prototype, BrowserWindowDouble], ['Clipboard', electron.clipboard],
  ['CommandLine', commandLine], ['CrashReporter', electron.crashReporter], ['Dialog', electron.dialog], ['GlobalShortcut', electron.globalShortcut], ['IpcMain', ipcMain],
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
