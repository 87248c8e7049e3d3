/** What the whole processor did, and of it what guests and this program did, since any fixed moment. */
export interface CpuReading {
  busyMs: number
  totalMs: number
  guestsUs: number
  selfUs: number
}

/** Percent of the whole processor that neither guests nor this program used between two readings; null when no time has passed. */
export function otherCpuPercent(from: CpuReading, to: CpuReading): number | null {
  const totalMs = to.totalMs - from.totalMs
  if (totalMs <= 0) return null
  // a counter that fell belongs to guests that are gone
  const oursMs = (Math.max(0, to.guestsUs - from.guestsUs) + Math.max(0, to.selfUs - from.selfUs)) / 1000
  return Math.min(100, Math.max(0, 100 * (to.busyMs - from.busyMs - oursMs) / totalMs))
}
