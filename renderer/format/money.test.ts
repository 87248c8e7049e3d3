import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoney, parseMoney, percentOf, sum } from './money.ts'

const earned = (micro: bigint, locale = 'en-GB') => formatMoney(micro, { locale, currency: 'USD', rounding: 'trunc' })
const asked = (micro: bigint) => formatMoney(micro, { locale: 'en-GB', currency: 'USD', rounding: 'halfExpand' })

describe('money', () => {
  it.each([
    [0n, '$0.00'], [15_420_604n, '$15.42'], [710_000n, '$0.71'], [4_510n, '$0.0045'], [1n, '$0.000001'], [9_999n, '$0.0099'], [10_000n, '$0.01'],
    [1_234_567_890_000n, '$1,234,567.89'],
  ])('%d micro-units are shown as %s', (micro, text) => {
    expect(earned(micro)).toBe(text)
  })

  it('cuts what was earned and rounds what is asked', () => {
    expect(earned(1_999_999n)).toBe('$1.99')
    expect(asked(1_999_999n)).toBe('$2.00')
  })

  it('shows the usual symbol in every language', () => {
    expect(earned(15_420_000n, 'ar-u-nu-latn')).toMatch(/15\.42\s\$/)
  })

  it('shows every digit of an amount that no floating-point number holds', () => {
    expect(earned(9_007_199_254_740_993_010_000n)).toBe('$9,007,199,254,740,993.01')
  })

  it('never shows more than was earned', () => {
    fc.assert(fc.property(fc.bigInt({ min: 10_000n, max: 2n ** 63n - 1n }), (micro) => {
      const shown = parseMoneyShown(earned(micro))
      expect(shown <= micro && micro - shown < 10_000n).toBe(true)
    }))
  })

  it.each([['5', 5_000_000n], ['2.50', 2_500_000n], ['2,5', 2_500_000n], ['$1.5', 1_500_000n], ['٢٫٥', 2_500_000n], [' 0.000001 ', 1n]])('reads %s', (text, micro) => {
    expect(parseMoney(text)).toBe(micro)
  })

  it.each(['', 'five', '-1', '1.2345678', '1e3', '1,000.50', 'NaN'])('does not read %s', (text) => {
    expect(parseMoney(text)).toBeNull()
  })

  it('takes a part of a whole without leaving integers', () => {
    expect(percentOf(1n, 3n)).toBe(33)
    expect(percentOf(5n, 0n)).toBe(0)
    expect(percentOf(2n ** 62n, 2n ** 62n - 1n)).toBe(100)
    expect(sum([1n, 2n, 3n])).toBe(6n)
  })
})

function parseMoneyShown(text: string): bigint {
  const [whole = '0', part = '0'] = text.replace(/[$,]/g, '').split('.')
  return BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0'))
}
