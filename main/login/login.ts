/** Opening at login, without a window. */
import { app } from 'electron'
import { createAutostartFile } from './autostart.ts'
import { systemLoginItem } from './system.ts'
import type { LoginItem, LoginItemDeps } from './types.ts'

export function createLoginItem(deps: LoginItemDeps): LoginItem {
  return deps.platform === 'linux' ? createAutostartFile(deps) : systemLoginItem(deps, app)
}
