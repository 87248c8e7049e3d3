import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'

/** One display, with a panel at its foot. */
export const display: Electron.Display = {
  id: 1, label: 'Stand-in', bounds: { x: 0, y: 0, width: 1920, height: 1080 }, workArea: { x: 0, y: 0, width: 1920, height: 1040 }, size: { width: 1920, height: 1080 },
  workAreaSize: { width: 1920, height: 1040 }, scaleFactor: 1, rotation: 0, internal: true, detected: true, monochrome: false, colorDepth: 24, depthPerComponent: 8,
  colorSpace: '', displayFrequency: 60, maximumCursorSize: { width: 64, height: 64 }, nativeOrigin: { x: 0, y: 0 }, accelerometerSupport: 'unknown', touchSupport: 'unavailable',
}

export class ScreenDouble extends EventEmitter implements Some<Electron.Screen> {
  getPrimaryDisplay(): Electron.Display { return display }
  getAllDisplays(): Electron.Display[] { return [display] }
  getDisplayMatching(): Electron.Display { return display }
  getDisplayNearestPoint(): Electron.Display { return display }
  getCursorScreenPoint(): Electron.Point { return { x: 0, y: 0 } }
}
