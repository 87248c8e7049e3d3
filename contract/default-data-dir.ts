/** Where each platform keeps a program's data for its user. Without `node:path`: the contract runs anywhere. */
export function defaultDataDir({ env, home, platform }: { env: Readonly<Record<string, string | undefined>>, home: string, platform: string }): string {
  if (platform === 'darwin') return `${home}/Library/Application Support/Depin`
  if (platform === 'win32') return `${env['APPDATA'] ?? `${home}\\AppData\\Roaming`}\\Depin`
  // the XDG rules: a relative path does not count
  const xdg = env['XDG_DATA_HOME']
  return `${(xdg?.startsWith('/') === true ? xdg : `${home}/.local/share`).replace(/\/+$/, '')}/depin`
}
