/**
 * How long until something may be done again that was done last at `lastMs`, null: never. Both times are of the wall clock: one that
 * was set back, by a year perhaps, does not put it off.
 */
export function dueInMs(lastMs: number | null, everyMs: number, nowMs: number): number {
  return lastMs === null || nowMs < lastMs ? 0 : Math.max(0, lastMs + everyMs - nowMs)
}
