import type { App } from 'electron'
import { hiddenFlag } from './command.ts'
import type { LoginItem, LoginItemDeps } from './types.ts'

/** Windows compares path and arguments: what is asked about must be what was set. macOS takes neither. */
export function systemLoginItem({ platform, command }: Pick<LoginItemDeps, 'platform' | 'command'>, system: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>): LoginItem {
  const [path = '', ...args] = command
  const item = platform === 'win32' ? { path, args: [...args, hiddenFlag] } : {}
  return {
    isOn() {
      const { openAtLogin, executableWillLaunchAtLogin } = system.getLoginItemSettings(item)
      // Windows lets people turn it off in its own settings, and keeps the entry
      return openAtLogin && (platform !== 'win32' || executableWillLaunchAtLogin)
    },
    set: (on) => system.setLoginItemSettings({ openAtLogin: on, ...item }),
  }
}
