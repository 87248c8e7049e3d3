import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The Electron of this checkout, where its binary was fetched (`npx install-electron`) and there is a screen to show a window on.
 *
 * @param {string} root
 * @param {{ platform: string, env: Readonly<Record<string, string | undefined>> }} here
 * @returns {string | undefined} path of the program
 */
export function findDesktop(root, { platform, env }) {
  const hasScreen = platform === 'darwin' || platform === 'win32' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY'])
  if (!hasScreen) return undefined
  const folder = join(root, 'node_modules/electron')
  try {
    const program = join(env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), env['ELECTRON_OVERRIDE_DIST_PATH'] === undefined ? readFileSync(join(folder, 'path.txt'), 'utf8').trim() : 'electron')
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

/**
 * @param {string} root
 * @param {string[]} args
 * @param {{ platform: string, isRoot: boolean }} here
 */
export function desktopArguments(root, args, { platform, isRoot }) {
  // Chromium's own sandbox does not run as root
  return [root, ...platform === 'linux' && isRoot ? ['--no-sandbox'] : [], ...args]
}
