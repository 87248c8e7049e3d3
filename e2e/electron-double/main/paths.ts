import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** `app.getPath` and `app.setPath`: where the system keeps things, and what the app moved. */
export class Paths {
  readonly #moved = new Map<string, string>()
  readonly #userDataSwitch: string

  constructor(userDataSwitch: string) {
    this.#userDataSwitch = userDataSwitch
  }

  get(name: string, appName: string): string {
    const moved = this.#moved.get(name)
    if (moved !== undefined) return moved
    const path = this.#default(name, appName)
    if (path === undefined) throw new Error(`Failed to get '${name}' path`)
    return path
  }

  set(name: string, path: string): void {
    if (!isAbsolute(path)) throw new Error('Path must be absolute')
    this.#moved.set(name, path)
  }

  #default(name: string, appName: string): string | undefined {
    const home = homedir()
    switch (name) {
      case 'home': return home
      case 'appData': return appData(home)
      case 'userData': return this.#userDataSwitch === '' ? join(this.get('appData', appName), appName) : this.#userDataSwitch
      case 'sessionData': return this.get('userData', appName)
      case 'crashDumps': return join(this.get('userData', appName), 'Crashpad')
      case 'logs': return process.platform === 'darwin' ? join(home, 'Library/Logs', appName) : join(this.get('userData', appName), 'logs')
      case 'temp': return tmpdir()
      case 'exe': case 'module': return process.execPath
      case 'desktop': case 'documents': case 'downloads': case 'music': case 'pictures': case 'videos': return join(home, `${name.charAt(0).toUpperCase()}${name.slice(1)}`)
      default: return undefined
    }
  }
}

function appData(home: string): string {
  if (process.platform === 'darwin') return join(home, 'Library/Application Support')
  if (process.platform === 'win32') return process.env['APPDATA'] ?? join(home, 'AppData/Roaming')
  return process.env['XDG_CONFIG_HOME'] ?? join(home, '.config')
}
