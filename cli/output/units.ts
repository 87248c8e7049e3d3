/** Figures as people read them. */
import { formatMicro, formatSizeMiB } from '../../contract/units.ts'
import type { Resources } from '../../contract/units.ts'

/** 12345678n → `12.345678 USD`, 5000000n → `5.00 USD`: exact, with at least two decimals. */
export function money(micro: bigint, unit = 'USD'): string {
  return `${formatMicro(micro).replace(/(\.\d\d\d*?)0+$/, '$1')} ${unit}`
}

export function moneyPerMonth(micro: bigint | null): string {
  return micro === null ? '-' : `${money(micro)}/month`
}

/** 1500 → `1.5`. */
export function cores(milli: number): string {
  return trimmed(milli / 1000, 3)
}

export function resources({ cpuMilli, memoryMiB, diskMiB }: Resources): string {
  return `${cores(cpuMilli)} cpu, ${formatSizeMiB(memoryMiB)} memory, ${formatSizeMiB(diskMiB)} disk`
}

const durations = [['d', 86_400_000], ['h', 3_600_000], ['m', 60_000], ['s', 1000]] as const

/** The two largest parts: `2h 3m`, `45s`. */
export function duration(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000)) * 1000
  const parts: string[] = []
  for (const [unit, unitMs] of durations) {
    const count = Math.floor(rest / unitMs)
    rest -= count * unitMs
    if (count > 0) parts.push(`${count}${unit}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.join(' ') || '0s'
}

export function ago(atMs: number, nowMs: number): string {
  return `${duration(nowMs - atMs)} ago`
}

/** `2026-01-15 12:00:00`, in the time of whoever reads it. */
export function dateTime(atMs: number): string {
  const date = new Date(atMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Enough of an id to tell it from others by eye. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)))
}
