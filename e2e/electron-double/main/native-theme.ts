import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'
import { runtime } from '../base/runtime.ts'

/** The system is light; the app may choose for itself, and its pages follow. */
export class NativeThemeDouble extends EventEmitter implements Some<Electron.NativeTheme> {
  readonly shouldUseHighContrastColors = false
  readonly inForcedColorsMode = false
  readonly prefersReducedTransparency = false

  get shouldUseDarkColors(): boolean { return runtime.themeSource === 'dark' }
  /** As if apps and the system's own panels had one setting. */
  get shouldUseDarkColorsForSystemIntegratedUI(): boolean { return this.shouldUseDarkColors }
  get themeSource(): Electron.NativeTheme['themeSource'] { return runtime.themeSource }
  set themeSource(source: Electron.NativeTheme['themeSource']) {
    if (!['system', 'light', 'dark'].includes(source)) throw new TypeError('Error processing argument')
    if (source === runtime.themeSource) return
    runtime.themeSource = source
    for (const page of runtime.pages) page.emulateTheme(source)
    this.emit('updated')
  }
}
