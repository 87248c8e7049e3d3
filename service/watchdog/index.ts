import type { Watchdog, WatchdogDeps } from './types.ts'
import { WatchdogPart } from './watchdog.ts'

export type * from './types.ts'
export { killEverything } from './panic.ts'
export { clearPanic, isPanic, markPanic } from './mark.ts'
export { readOrders } from './orders.ts'
export { watchOnce } from './watch.ts'

/** Leaves orders for the time without this program, and keeps the one that follows them alive. */
export function createWatchdog(deps: WatchdogDeps): Watchdog {
  return new WatchdogPart(deps)
}
