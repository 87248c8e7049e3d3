import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** Chromium of the Electron line that the app is built for. */
const chrome = '156.0.8078.100'

interface Versions { electron: string, chrome: string }

/** A child of the stand-in is told by its parent. */
export const versions: Versions = process.env['ELECTRON_DOUBLE_VERSIONS'] === undefined
  ? { electron: readVersion(), chrome }
  : JSON.parse(process.env['ELECTRON_DOUBLE_VERSIONS']) as Versions

/** Where the types come from that the stand-in is checked against. */
export function electronFolder(): string {
  return join(createRequire(import.meta.url).resolve('electron/package.json'), '..')
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(electronFolder(), 'package.json'), 'utf8')) as { version: string }
  return version
}

/** Makes `process.versions` and `process.type` those of an Electron process. */
export function dressProcess(type: 'browser' | 'utility'): void {
  Object.defineProperty(process, 'versions', { value: Object.freeze({ ...process.versions, ...versions }), enumerable: true })
  Object.defineProperty(process, 'type', { value: type, enumerable: true })
}
