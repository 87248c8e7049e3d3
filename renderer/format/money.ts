/**
 * Money is shown from integers: the digits go to `Intl` as text, so no amount ever passes through a floating-point
 * number.
 */

/** How the digits that are not shown are dropped: what was earned is cut, never rounded up; a price is rounded. */
export type Rounding = 'trunc' | 'halfExpand'

/** 1234567n micro-units → `$1.23`. Below a cent the first two digits that count: `$0.0042`. */
export function formatMoney(micro: bigint, options: { locale: string; currency: string; rounding: Rounding }): string {
  const symbol = usualSymbol(options.currency)
  return moneyFormat(options.locale, options.currency, options.rounding, isSmall(micro)).formatToParts(decimal(micro))
    .map(({ type, value }) => type === 'currency' ? symbol : value).join('')
}

/** `$`, in every language: some write `US$`, which right-to-left text turns round. */
function usualSymbol(currency: string): string {
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).formatToParts(0)
  return parts.find(({ type }) => type === 'currency')?.value ?? currency
}

/** Micro-units as a decimal number in text, exactly. */
function decimal(micro: bigint): `${number}` {
  const digits = (micro < 0n ? -micro : micro).toString().padStart(7, '0')
  return `${micro < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}` as `${number}`
}

function isSmall(micro: bigint): boolean {
  return micro !== 0n && micro > -10_000n && micro < 10_000n
}

const formats = new Map<string, Intl.NumberFormat>()

function moneyFormat(locale: string, currency: string, rounding: Rounding, small: boolean): Intl.NumberFormat {
  const key = `${locale} ${currency} ${rounding} ${small}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const base = { style: 'currency', currency, currencyDisplay: 'narrowSymbol', roundingMode: rounding } as const
  const made = new Intl.NumberFormat(locale, small
    ? { ...base, minimumFractionDigits: 2, maximumFractionDigits: 6, maximumSignificantDigits: 2, roundingPriority: 'lessPrecision' }
    : base)
  formats.set(key, made)
  return made
}

const easternDigits = /[٠-٩۰-۹]/g

/**
 * What a person typed as an amount of money → micro-units; null when it is none. Takes either decimal sign and
 * Arabic-Indic digits; grouping is not guessed at.
 */
export function parseMoney(text: string): bigint | null {
  const plain = text.trim()
    .replace(easternDigits, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
    .replace(/^\$\s*|\s*\$$/g, '')
    .replace(/[,٫]/, '.')
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(plain)
  if (match === null) return null
  return BigInt(match[1] ?? '0') * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0'))
}

/** `part` of `whole` in whole percent, 0 to 100, without leaving integers. */
export function percentOf(part: bigint, whole: bigint): number {
  if (whole <= 0n || part <= 0n) return 0
  return part >= whole ? 100 : Number(part * 100n / whole)
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n
  for (const amount of amounts) total += amount
  return total
}
