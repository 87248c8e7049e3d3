import type { TrayIcon } from './menu.ts'

/** One colour; the shape tells the state. macOS inverts its template by itself, elsewhere the panel's own light decides. */
export function iconFile(icon: TrayIcon, platform: NodeJS.Platform, isDark: boolean): string {
  if (platform === 'darwin') return `${icon}Template.png`
  return `${icon}-${isDark ? 'white' : 'black'}.${platform === 'win32' ? 'ico' : 'png'}`
}
