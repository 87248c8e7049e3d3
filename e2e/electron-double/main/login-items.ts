/**
 * What the system would keep about starting the app at login. Linux has no such thing (Electron does nothing there); for
 * the other two, what was set is told again to who asks with the same path and arguments, as Windows does.
 */
export class LoginItems {
  #set: Electron.Settings | undefined

  set(settings: Electron.Settings): void {
    if (process.platform !== 'linux') this.#set = settings
  }

  get({ path, args = [] }: Electron.LoginItemSettingsOptions): Electron.LoginItemSettings {
    const set = this.#set
    const isSame = process.platform !== 'win32' || ((set?.path ?? process.execPath) === (path ?? process.execPath) && JSON.stringify(set?.args ?? []) === JSON.stringify(args))
    const openAtLogin = isSame && set?.openAtLogin === true
    return {
      openAtLogin,
      wasOpenedAtLogin: process.platform === 'darwin' && process.env['ELECTRON_DOUBLE_OPENED_AT_LOGIN'] === '1',
      status: openAtLogin ? 'enabled' : 'not-registered',
      executableWillLaunchAtLogin: openAtLogin && set.enabled !== false,
      launchItems: [],
    }
  }
}
