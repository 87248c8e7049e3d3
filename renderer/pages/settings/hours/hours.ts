/** The hours of a week in which this computer is shared, as a grid and as times. Pure. */
import type { HoursGrid } from '../../../../contract/nouns/owner.ts'

/** Days from Monday on. */
export const days = [0, 1, 2, 3, 4, 5, 6] as const
export const hours = Array.from({ length: 24 }, (_, hour) => hour)

export interface Cell {
  day: number
  hour: number
}

export function hoursAWeek(grid: HoursGrid): number {
  return grid.flat().filter(Boolean).length
}

/** All cells of the rectangle between two corners become `shared`. */
export function paint(grid: HoursGrid, from: Cell, to: Cell, shared: boolean): HoursGrid {
  const inside = (value: number, one: number, other: number) => value >= Math.min(one, other) && value <= Math.max(one, other)
  return grid.map((row, day) => row.map((was, hour) => inside(day, from.day, to.day) && inside(hour, from.hour, to.hour) ? shared : was))
}

export function sameHours(one: HoursGrid, other: HoursGrid): boolean {
  return one.every((row, day) => row.every((shared, hour) => shared === other[day]?.[hour]))
}

/** Where an arrow key leads; null: it is none of ours. `forward` is the arrow towards later hours in this direction of reading. */
export function moved({ day, hour }: Cell, key: string, forward: 'ArrowLeft' | 'ArrowRight'): Cell | null {
  switch (key) {
    case 'ArrowUp': return { day: Math.max(0, day - 1), hour }
    case 'ArrowDown': return { day: Math.min(6, day + 1), hour }
    case 'ArrowLeft': case 'ArrowRight': return { day, hour: Math.min(23, Math.max(0, hour + (key === forward ? 1 : -1))) }
    case 'Home': return { day, hour: 0 }
    case 'End': return { day, hour: 23 }
    default: return null
  }
}

/** `00:00-08:00, 19:00-24:00`; nothing for a day without hours. */
export function timesOf(row: readonly boolean[]): string {
  const spans: string[] = []
  for (let hour = 0; hour < 24;) {
    if (row[hour] !== true) {
      hour++
      continue
    }
    let end = hour
    while (row[end] === true) end++
    spans.push(`${clock(hour)}-${clock(end)}`)
    hour = end
  }
  return spans.join(', ')
}

/** What a person typed as times of one day: whole hours, `8-17`, `22:00–02:00` goes past midnight; null when it is none. */
export function parseTimes(text: string): boolean[] | null {
  const row = Array.from({ length: 24 }, () => false)
  const plain = text.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf)).trim()
  if (plain === '') return row
  for (const part of plain.split(/[,،;]/)) {
    const match = /^(\d{1,2})(?::00)?\s*[-–—]\s*(\d{1,2})(?::00)?$/.exec(part.trim())
    const [from, to] = [Number(match?.[1]), Number(match?.[2])]
    if (match === null || from > 23 || to > 24 || from === to) return null
    const length = to > from ? to - from : 24 - from + to
    for (let hour = from; hour < from + length; hour++) row[hour % 24] = true
  }
  return row
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}
