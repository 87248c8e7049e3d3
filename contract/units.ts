/**
 * Units, and how people write them.
 *
 * Money is integers: femto-units (1e-15 of the currency) inside rates and sums, micro-units (1e-6) where an amount is
 * signed or shown. Never a JavaScript number.
 */
import * as z from 'zod'
import { DepinError } from './errors.ts'

/** 1 micro-unit in femto-units. */
export const femtoPerMicro = 1_000_000_000n
/** A month is 730 hours, as cloud prices have it; s. */
export const secondsPerMonth = 2_628_000n
/** The currency every amount is in until a rail brings another. */
export const currency = 'USD'

/** An amount that fits SQLite's and CBOR's 64 bits. */
export const MicroUnits = z.bigint().min(0n).max(2n ** 63n - 1n)
export type MicroUnits = z.infer<typeof MicroUnits>

/** What one lease reserves on a machine, or what a machine has. */
export const Resources = z.object({
  /** Thousandths of one core. */
  cpuMilli: z.int().min(0).max(10_000_000),
  memoryMiB: z.int().min(0).max(1 << 30),
  diskMiB: z.int().min(0).max(1 << 30),
})
export type Resources = z.infer<typeof Resources>

/** What an owner asks, in micro-units: per core, GiB of memory and GiB of disk for a month, and per GiB sent out. */
export const Prices = z.object({
  cpuCoreMonthMicro: MicroUnits,
  memoryGiBMonthMicro: MicroUnits,
  diskGiBMonthMicro: MicroUnits,
  egressGiBMicro: MicroUnits,
})
export type Prices = z.infer<typeof Prices>

const sizeSuffixBytes: Record<string, number> = {
  '': 1, b: 1,
  k: 1024, kb: 1024, kib: 1024,
  m: 1024 ** 2, mb: 1024 ** 2, mib: 1024 ** 2,
  g: 1024 ** 3, gb: 1024 ** 3, gib: 1024 ** 3,
  t: 1024 ** 4, tb: 1024 ** 4, tib: 1024 ** 4,
}

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const
export type SizeUnit = (typeof sizeUnits)[number]

/**
 * How sizes are said everywhere: in powers of 1024, under the names that people, compose files and systems use for them.
 *
 * @param least the smallest unit that says something here.
 */
export function sizeParts(bytes: number, least: SizeUnit = 'B'): { value: number, unit: SizeUnit } {
  const power = bytes < 1024 ? 0 : Math.min(sizeUnits.length - 1, Math.floor(Math.log2(bytes) / 10))
  const at = Math.max(power, sizeUnits.indexOf(least))
  return { value: bytes / 1024 ** at, unit: sizeUnits[at] ?? least }
}

/** `1.5 GB`, `640 MB`. */
export function formatSize(bytes: number): string {
  const { value, unit } = sizeParts(bytes)
  return `${Number(value.toFixed(1))} ${unit}`
}

export function formatSizeMiB(mebibytes: number): string {
  return formatSize(mebibytes * 1024 ** 2)
}

/** `512m`, `1.5GiB`, `1073741824` → bytes. As compose has it, `mb` is 1024². Throws E_BAD_INPUT. */
export function parseSizeBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim())
  const factor = sizeSuffixBytes[match?.[2]?.toLowerCase() ?? '?']
  const bytes = Number(match?.[1]) * (factor ?? Number.NaN)
  if (!Number.isSafeInteger(Math.round(bytes))) throw badInput(text, 'a size', '512m, 2g or 1.5GB')
  return Math.round(bytes)
}

/** As `parseSizeBytes`, rounded up to whole MiB. */
export function parseSizeMiB(text: string): number {
  return Math.ceil(parseSizeBytes(text) / 1024 ** 2)
}

const durationUnitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, us: 0.001, ns: 0.000_001 }

/** `30s`, `1m30s`, `500ms`, `2h` → ms. Throws E_BAD_INPUT. */
export function parseDurationMs(text: string): number {
  const trimmed = text.trim()
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h|d))+$/.test(trimmed)) throw badInput(text, 'a duration', '30s, 5m or 1m30s')
  let totalMs = 0
  for (const [, number, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)/g)) {
    totalMs += Number(number) * (durationUnitMs[unit ?? ''] ?? Number.NaN)
  }
  return Math.round(totalMs)
}

/** `0.5`, `2`, `1500m` → thousandths of one core. Throws E_BAD_INPUT. */
export function parseCpuMilli(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(text.trim())
  const milli = Math.round(Number(match?.[1]) * (match?.[2] === 'm' ? 1 : 1000))
  if (!Number.isSafeInteger(milli)) throw badInput(text, 'a number of cores', '0.5, 2 or 500m')
  return milli
}

/** `5`, `0.25`, `$1.50` → micro-units, exactly. Throws E_BAD_INPUT. */
export function parseAmountMicro(text: string): bigint {
  const match = /^\$?(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text.trim())
  if (match === null) throw badInput(text, 'an amount', '5, 0.25 or $1.50 with at most six decimals')
  return BigInt(match[1] ?? '0') * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'))
}

/** `5`, `5/month`, `0.01/hour`, `0.2/day` → micro-units a month. Throws E_BAD_INPUT. */
export function parsePriceMonthMicro(text: string): bigint {
  const [amount = '', per = 'month'] = text.trim().split('/')
  switch (per.trim()) {
    case 'month': return parseAmountMicro(amount)
    case 'day': return parseAmountMicro(amount) * 730n / 24n
    case 'hour': return parseAmountMicro(amount) * 730n
    default: throw badInput(text, 'a price', '5, 5/month or 0.01/hour')
  }
}

/** 1234567n → `1.234567`. */
export function formatMicro(micro: bigint): string {
  const digits = (micro < 0n ? -micro : micro).toString().padStart(7, '0')
  return `${micro < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`
}

function badInput(text: string, what: string, examples: string): DepinError {
  return new DepinError('E_BAD_INPUT', `“${text.slice(0, 60)}” is not ${what}.`, { next: `Write it like ${examples}.` })
}
