import { existsSync, readFileSync, statSync } from 'node:fs'
import inspector from 'node:inspector'
import Module, { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { hasMoreThanLink, parseArgv } from './argv.ts'
import { runtime } from './base/runtime.ts'
import { dressProcess } from './base/versions.ts'
import { Browser } from './chromium/browser.ts'
import { installElectron } from './hook.ts'

/** Runs an app as Electron would: the modules asked for, the app's main file, then Chromium, then `ready`. */
const argv = process.argv.slice(2)
const { requires, inspectPort, debuggingPort, app: appArgument } = parseArgv(argv)
if (appArgument === undefined) {
  console.error('The stand-in for Electron needs an app: electron FOLDER')
  process.exit(2)
}

if (hasMoreThanLink(argv)) process.exit(255)

const nodePath = process.execPath
dressAsElectron()
if (inspectPort !== undefined) inspector.open(inspectPort, '127.0.0.1')
const { main, isModule } = readApp(appArgument)

// Only now: it reads the command line, and the process as it has just been dressed.
const { electron } = await import('./electron.ts')
const { AppDouble } = await import('./main/app.ts')
const { downloadBegins } = await import('./main/downloads.ts')
const { openedTarget } = await import('./main/popups.ts')
installElectron(electron)
const { app } = electron
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())

try {
  const require = createRequire(join(process.cwd(), 'anything.js'))
  for (const id of requires) require(id.startsWith('.') ? resolve(id) : id)
  if (isModule) await import(pathToFileURL(main).href)
  else (Module as unknown as { _load(path: string, parent: null, isMain: boolean): void })._load(main, null, true)
  if (runtime.quitting === 'no') await start()
} catch (error) {
  console.error('App threw an error during load')
  console.error(error)
  process.exit(1)
}

async function start(): Promise<void> {
  const { isHeadless } = runtime.launch
  const browser = await Browser.start({ profile: join(app.getPath('sessionData'), 'double-chromium'), isHeadless, debuggingPort, locale: app.getLocale() })
  runtime.browser = browser
  browser.onOpened = openedTarget
  browser.onDownload = downloadBegins
  browser.onExit(() => {
    if (runtime.quitting === 'over') return
    console.error('Chromium ended by itself.')
    process.exit(1)
  })
  if (debuggingPort !== undefined) process.stderr.write(`\nDevTools listening on ${await browser.debuggingUrl}\n`)
  if (runtime.quitting !== 'no') return
  app.emit('will-finish-launching')
  AppDouble.becomeReady(app)
}

function dressAsElectron(): void {
  process.execPath = join(import.meta.dirname, 'bin/electron')
  process.argv = [process.execPath, ...argv]
  dressProcess('browser')
  Object.defineProperty(process, 'defaultApp', { value: process.env['ELECTRON_DOUBLE_PACKAGED'] === '1' ? undefined : true })
  const platform = process.env['ELECTRON_DOUBLE_PLATFORM']
  if (platform !== undefined) Object.defineProperty(process, 'platform', { value: platform })
}

/** Finds the app's package.json above what was named, and its main file. */
function readApp(argument: string): { main: string, isModule: boolean } {
  const path = resolve(argument)
  const isFolder = statSync(path).isDirectory()
  let root = isFolder ? path : dirname(path)
  while (!existsSync(join(root, 'package.json')) && dirname(root) !== root) root = dirname(root)
  const { name = 'Electron', productName = name, version = '0.0.0', type, main: mainField = 'index.js' } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Partial<Record<'name' | 'productName' | 'version' | 'type' | 'main', string>>
  const main = isFolder ? resolve(root, mainField) : path
  Object.defineProperty(process, 'resourcesPath', { value: process.env['ELECTRON_DOUBLE_RESOURCES'] ?? join(root, 'resources'), enumerable: true })
  runtime.launch = {
    appPath: root, name: productName, version, nodePath, debuggingPort,
    isPackaged: process.env['ELECTRON_DOUBLE_PACKAGED'] === '1', isHeadless: process.env['ELECTRON_DOUBLE_HEADED'] !== '1',
  }
  return { main, isModule: extname(main) === '.mjs' || (type === 'module' && extname(main) !== '.cjs') }
}
