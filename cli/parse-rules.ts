/** The owner's rules as people write them in flags. */
import { InvalidArgumentError } from 'commander'
import type { Allowance, HoursGrid } from '../contract/nouns/owner.ts'

const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const hoursHelp = 'Write it like “mon-fri 18-8, sat-sun 0-24”: whole hours, or “always”.'

/** `asleep`, `25%`, `25`, `all`. */
export function allowance(text: string): Allowance {
  if (text === 'asleep' || text === 'all') return text === 'all' ? 100 : 'asleep'
  const percent = /^\d{1,3}%?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN
  if (percent >= 1 && percent <= 100) return percent
  throw new InvalidArgumentError('It is asleep, all, or percent of the shared processor from 1 to 100.')
}

/** `always`, or `mon-fri 18-8, sat-sun 0-24`. What is not named is not shared; hours that end before they begin go on into the next day. */
export function hours(text: string): { on: boolean, grid?: HoursGrid } {
  if (text === 'always') return { on: false }
  const grid: HoursGrid = dayNames.map(() => Array.from({ length: 24 }, () => false))
  for (const part of text.toLowerCase().split(',')) addPart(grid, part.trim())
  return { on: true, grid }
}

/** The same, shortened: days alike are named together. */
export function hoursText(grid: HoursGrid): string {
  const parts: string[] = []
  for (let first = 0; first < grid.length;) {
    let last = first
    while (last + 1 < grid.length && String(grid[last + 1]) === String(grid[first])) last++
    const spans = spansOf(grid[first] ?? [])
    if (spans !== '') parts.push(`${first === last ? dayNames[first] ?? '' : `${dayNames[first] ?? ''}-${dayNames[last] ?? ''}`} ${spans}`)
    first = last + 1
  }
  return parts.length === 0 ? 'never' : parts.join(', ')
}

function addPart(grid: HoursGrid, part: string): void {
  const [, firstDay = '', lastDay = firstDay, fromText = '', toText = ''] = /^([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2})(?::00)?-(\d{1,2})(?::00)?$/.exec(part) ?? []
  const [first, last] = [dayOf(firstDay), dayOf(lastDay)]
  const [from, to] = [Number(fromText), Number(toText)]
  if (first < 0 || last < 0 || from > 23 || to > 24) throw new InvalidArgumentError(`“${part}” names no hours. ${hoursHelp}`)
  const days = (last - first + 7) % 7
  const length = to > from ? to - from : to - from + 24
  for (let day = first; day <= first + days; day++) {
    for (let hour = from; hour < from + length; hour++) {
      const row = grid[(day + Math.floor(hour / 24)) % 7]
      if (row !== undefined) row[hour % 24] = true
    }
  }
}

function dayOf(name: string): number {
  return (dayNames as readonly string[]).indexOf(name)
}

function spansOf(row: readonly boolean[]): string {
  const spans: string[] = []
  for (let from = 0; from < row.length; from++) {
    if (row[from] !== true) continue
    let to = from
    while (row[to] === true) to++
    spans.push(`${from}-${to}`)
    from = to
  }
  return spans.join(' ')
}

/** When a pause ends: after `30m`, or at the next `08:00` on this machine's clock. */
export function pauseEnd(durationMs: (text: string) => number): (text: string) => (nowMs: number) => number {
  return (text) => {
    const [, hourText = '', minuteText = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
    if (hourText === '') {
      const forMs = durationMs(text)
      return (nowMs) => nowMs + forMs
    }
    const [hour, minute] = [Number(hourText), Number(minuteText)]
    if (hour > 23 || minute > 59) throw new InvalidArgumentError('Write a time like 08:00, or a duration like 30m.')
    return (nowMs) => {
      const end = new Date(nowMs)
      end.setHours(hour, minute, 0, 0)
      if (end.getTime() <= nowMs) end.setDate(end.getDate() + 1)
      return end.getTime()
    }
  }
}
