/** Days as the owner's calendar has them: where they live, across changes of the clock. */

/** `2026-06-18`. */
export type DayKey = string

export interface DayAmount {
  day: DayKey
  micro: bigint
}

const keyFormats = new Map<string, Intl.DateTimeFormat>()

export function dayOf(atMs: number, timeZone: string): DayKey {
  let format = keyFormats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, calendar: 'gregory', numberingSystem: 'latn', year: 'numeric', month: '2-digit', day: '2-digit' })
    keyFormats.set(timeZone, format)
  }
  return format.format(atMs)
}

/** A day as an instant that formats to that day in UTC. */
export function dayAsUtcMs(day: DayKey): number {
  return Date.parse(`${day}T12:00:00Z`)
}

export function dayBefore(day: DayKey, count: number): DayKey {
  return dayOf(dayAsUtcMs(day) - count * 86_400_000, 'UTC')
}

/** Amounts by the hour → one sum for each of the last `count` days, oldest first. Days without money are there with 0. */
export function lastDays(hours: readonly { hourMs: number; micro: bigint }[], options: { nowMs: number; timeZone: string; count: number }): DayAmount[] {
  const today = dayOf(options.nowMs, options.timeZone)
  const sums = new Map<DayKey, bigint>()
  for (const { hourMs, micro } of hours) {
    const day = dayOf(hourMs, options.timeZone)
    sums.set(day, (sums.get(day) ?? 0n) + micro)
  }
  return Array.from({ length: options.count }, (_, index) => {
    const day = dayBefore(today, options.count - 1 - index)
    return { day, micro: sums.get(day) ?? 0n }
  })
}

/** What came in the calendar month of `nowMs`. */
export function thisMonth(hours: readonly { hourMs: number; micro: bigint }[], options: { nowMs: number; timeZone: string }): bigint {
  const month = dayOf(options.nowMs, options.timeZone).slice(0, 7)
  let total = 0n
  for (const { hourMs, micro } of hours) if (dayOf(hourMs, options.timeZone).startsWith(month)) total += micro
  return total
}
