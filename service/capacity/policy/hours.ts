import type { HoursGrid } from '../../../contract/nouns/owner.ts'

const hourMs = 3_600_000
const hoursPerWeek = 7 * 24

/** Where a moment lies in the week of this machine. */
export interface LocalTime {
  /** 0 is Monday. */
  day: number
  hour: number
  msIntoHour: number
}

export function localTime(atMs: number): LocalTime {
  const date = new Date(atMs)
  return { day: (date.getDay() + 6) % 7, hour: date.getHours(), msIntoHour: date.getMinutes() * 60_000 + date.getSeconds() * 1000 + date.getMilliseconds() }
}

export function isShared(grid: HoursGrid, atMs: number, local: (atMs: number) => LocalTime): boolean {
  const { day, hour } = local(atMs)
  return grid[day]?.[hour] ?? true
}

/** When the next shared hour begins, as the clock on the wall has it; null when none does. */
export function nextSharedMs(grid: HoursGrid, nowMs: number, local: (atMs: number) => LocalTime): number | null {
  let atMs = nowMs - local(nowMs).msIntoHour
  for (let hours = 0; hours <= hoursPerWeek + 1; hours++) {
    // asked anew for each hour: where the clocks change, an hour of the week is missing or comes twice
    atMs += hourMs
    if (isShared(grid, atMs, local)) return atMs
  }
  return null
}
