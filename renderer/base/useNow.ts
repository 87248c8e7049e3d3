import { useSyncExternalStore } from 'react'
import type { Clock } from './clock.ts'

/**
 * The time, to a resolution: a part that shows a time of day is drawn again each minute, one that counts down each
 * second. Hidden windows are not drawn.
 */
export function useNow(clock: Clock, resolutionMs: number): number {
  const now = () => Math.floor(clock.nowMs() / resolutionMs) * resolutionMs
  return useSyncExternalStore((changed) => {
    const wait = () => clock.after(resolutionMs - clock.nowMs() % resolutionMs, tick)
    let cancel = wait()
    function tick() {
      if (!document.hidden) changed()
      cancel = wait()
    }
    document.addEventListener('visibilitychange', changed)
    return () => {
      cancel()
      document.removeEventListener('visibilitychange', changed)
    }
  }, now, now)
}
