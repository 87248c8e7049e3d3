/** Opening at login, without a window. */
import { app } from 'electron'
import { createAutostartFile } from './autostart.ts'
import { hiddenFlag } from './command.ts'
import type { LoginItem, LoginItemDeps } from './types.ts'

export function createLoginItem(deps: LoginItemDeps): LoginItem {
  return deps.platform === 'linux' ? createAutostartFile(deps) : systemLoginItem(deps)
}

/** Windows compares path and arguments: what is asked about must be what was set. macOS takes neither. */
function systemLoginItem({ platform, command }: LoginItemDeps): LoginItem {
  const [path = '', ...args] = command
  const item = platform === 'win32' ? { path, args: [...args, hiddenFlag] } : {}
  return {
    isOn: () => app.getLoginItemSettings(item).openAtLogin,
    set: (on) => app.setLoginItemSettings({ openAtLogin: on, ...item }),
  }
}
