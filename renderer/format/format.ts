/** Everything the interface shows that is not a fixed sentence: numbers, money, sizes, times, in one person's language. */
import { sizeParts, type SizeUnit } from '../../contract/units.ts'
import type { MessageId } from '../i18n/messages.ts'
import { dayAsUtcMs, dayOf } from './days.ts'
import type { DayKey } from './days.ts'
import { formatMoney } from './money.ts'
import { isolate } from './text.ts'

export type Values = Record<string, string | number>

export type Format = ReturnType<typeof createFormat>

/** What is used of a library that fills messages in: React's in the page, a plain one elsewhere. */
export interface MessageFormatter {
  locale: string
  formatMessage(message: { id: MessageId }, values?: Values): string
}

const sizeUnitNames = { B: 'byte', kB: 'kilobyte', MB: 'megabyte', GB: 'gigabyte', TB: 'terabyte' } as const satisfies Record<SizeUnit, string>

export function createFormat(intl: MessageFormatter, timeZone: string) {
  const { locale } = intl
  const t = (id: MessageId, values?: Values): string => intl.formatMessage({ id }, values)
  const number = (value: number, options: Intl.NumberFormatOptions = {}) => new Intl.NumberFormat(locale, options).format(value)
  const moment = (atMs: number, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(atMs)
  const time = (atMs: number) => moment(atMs, { timeStyle: 'short' })
  const unit = (value: number, name: string, digits: number) =>
    number(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits })

  /** 4.1 GB, 640 MB: as `formatSize` says it, in the words of the language and with no more figures than a glance takes. */
  const sizeOf = (bytes: number, least: SizeUnit) => {
    const parts = sizeParts(bytes, least)
    const isFine = (parts.unit === 'GB' || parts.unit === 'TB') && parts.value < 10
    return unit(parts.value, sizeUnitNames[parts.unit], isFine ? 1 : 0)
  }
  const size = (mebibytes: number) => sizeOf(mebibytes * 1024 ** 2, 'MB')

  const dayAndMonth = (atMs: number) => moment(atMs, { day: 'numeric', month: 'long' })
  const isToday = (atMs: number, nowMs: number) => dayOf(atMs, timeZone) === dayOf(nowMs, timeZone)

  return {
    t,
    locale,
    timeZone,
    number,
    time,
    size,
    /** What was earned or spent: cut, never rounded up. */
    amount: (micro: bigint, currency = 'USD') => formatMoney(micro, { locale, currency, rounding: 'trunc' }),
    /** What is asked. */
    price: (micro: bigint, currency = 'USD') => formatMoney(micro, { locale, currency, rounding: 'halfExpand' }),
    percent: (ratio: number) => number(ratio, { style: 'percent', maximumFractionDigits: 0 }),
    cores: (milli: number) => t('unit.cores', { count: milli / 1000 }),
    /** 85 °C. */
    degrees: (celsius: number) => unit(celsius, 'celsius', 0),
    /** 340 kb/s, 1.1 Mb/s. */
    bitrate: (bytesPerS: number) => bytesPerS * 8 < 1e6 ? unit(bytesPerS * 8 / 1000, 'kilobit-per-second', 0) : unit(bytesPerS * 8 / 1e6, 'megabit-per-second', 1),
    megabits: (perSecond: number) => unit(perSecond, 'megabit-per-second', 0),
    /** A whole stretch of time in its two largest units: `2 d, 3 hr`. */
    duration: (ms: number) => durationText(ms, locale, unit),
    milliseconds: (ms: number) => unit(Math.max(1, Math.round(ms)), 'millisecond', 0),
    bytes: (count: number) => sizeOf(Math.ceil(count / 1024) * 1024, 'kB'),
    timeWithSeconds: (atMs: number) => moment(atMs, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
    /** `07:40` today, `18 June` before. */
    when: (atMs: number, nowMs: number) => isToday(atMs, nowMs) ? time(atMs) : dayAndMonth(atMs),
    /** `07:40` today, `18 June, 07:40` before. */
    exactly: (atMs: number, nowMs: number) => isToday(atMs, nowMs) ? time(atMs) : t('unit.dayAndTime', { day: dayAndMonth(atMs), time: time(atMs) }),
    day: (day: DayKey) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'long' }).format(dayAsUtcMs(day)),
    /** Days from Monday on, as 0. */
    weekday: (day: number, style: 'short' | 'long') => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: style }).format(Date.UTC(2024, 0, 1 + day)),
    /** A whole hour as a person says it here: `08:00`, `8:00 AM`. */
    oclock: (hour: number) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', timeStyle: 'short' }).format(hour * 3_600_000),
    /** A whole hour of the day, as in a table: `08:00`. */
    hour: (hour: number) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(hour * 3_600_000),
    /** 42 s left → `0:42`. */
    countdown: (ms: number) => {
      const seconds = Math.max(0, Math.ceil(ms / 1000))
      return `${number(Math.floor(seconds / 60))}:${number(seconds % 60, { minimumIntegerDigits: 2 })}`
    },
    list: (items: readonly string[]) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(items),
    region: (code: string) => regionName(locale, code),
    /** A name from elsewhere, inside a sentence that is a plain string. */
    name: isolate,
  }
}

function durationText(ms: number, locale: string, unit: (value: number, name: string, digits: number) => string): string {
  const minutes = Math.floor(ms / 60_000)
  const parts = ([['day', Math.floor(minutes / 1440)], ['hour', Math.floor(minutes / 60) % 24], ['minute', minutes % 60]] as const).filter(([, value]) => value > 0)
  if (parts.length === 0) return unit(Math.floor(ms / 1000), 'second', 0)
  return new Intl.ListFormat(locale, { type: 'unit' }).format(parts.slice(0, 2).map(([name, value]) => unit(value, name, 0)))
}

/** `TZ` → Tanzania; `BR-PE` → Brazil, PE. */
function regionName(locale: string, code: string): string {
  const [country = code, part] = code.split('-')
  const name = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' }).of(country) ?? country
  return part === undefined ? name : `${name}, ${part}`
}
