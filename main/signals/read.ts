/** What the desktop sees of how this computer is used, as the service takes it. Pure. */
import type { SignalsPush } from '../../contract/nouns/owner.ts'

export interface DesktopReading {
  platform: NodeJS.Platform
  /** `x11`, `wayland` …: Linux only. */
  sessionType: string | undefined
  /** Since the last input, s. */
  idleS: number
  isLocked: boolean
  onBattery: boolean
  fullScreen: boolean | null
}

/**
 * On Wayland nobody tells Chromium of input, and it answers that somebody is here, always: there logind's word is better.
 * On Linux the service reads the battery itself, with its charge.
 */
export function signalsOf({ platform, sessionType, idleS, isLocked, onBattery, fullScreen }: DesktopReading): SignalsPush {
  const knowsInput = platform !== 'linux' || sessionType === 'x11'
  return {
    idleMs: knowsInput ? Math.max(0, Math.round(idleS * 1000)) : null,
    // a locked screen shows a film to nobody
    fullScreen: isLocked ? false : fullScreen,
    ...platform !== 'linux' && { power: { onBattery, percent: null } },
  }
}
