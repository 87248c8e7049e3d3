import { describe, expect, it } from 'vitest'
import { DepinError } from '../../contract/errors.ts'
import { formatSize } from '../../contract/units.ts'
import { formatError, toDepinError } from '../failure.ts'
import { toJson } from './json.ts'
import { facts, table } from './table.ts'
import { logLine, plain } from './text.ts'
import { ago, cores, duration, money, shortId } from './units.ts'

const escape = '\u001b'

describe('JSON', () => {
  it('has bigints as integers, whole', () => {
    expect(toJson({ micro: 9_007_199_254_740_993n, list: [-1n, 0n] })).toBe('{"micro":9007199254740993,"list":[-1,0]}')
  })

  it('is one line that moves no cursor', () => {
    expect(toJson({ text: `a\nb${escape}[2J\u009b2J\u007f` })).toBe(String.raw`{"text":"a\nb\u001b[2J\u009b2J\u007f"}`)
  })
})

describe('text from elsewhere', () => {
  it.each([
    ['plain', 'plain'],
    [`clear${escape}[2J`, 'clear\u{fffd}[2J'],
    ['two\nlines\r', 'two\u{fffd}lines\u{fffd}'],
    ['\u202etxt.exe', '\u{fffd}txt.exe'],
    ['\u2066\u061c', '\u{fffd}\u{fffd}'],
    ['\u009b2J', '\u{fffd}2J'],
    ['نص עברית 文字 🌳', 'نص עברית 文字 🌳'],
  ])('%j is shown as %j', (text, shown) => {
    expect(plain(text)).toBe(shown)
  })

  it('keeps the tabs of a log, and its colours where there are any', () => {
    const line = `${escape}[32mok${escape}[0m\tdone${escape}[2J${escape}]0;title\u0007\r\n`
    expect(logLine(line, false)).toBe('ok\tdone\u{fffd}[2J\u{fffd}]0;title\u{fffd}')
    expect(logLine(line, true)).toBe(`${escape}[32mok${escape}[0m\tdone\u{fffd}[2J\u{fffd}]0;title\u{fffd}${escape}[0m`)
    expect(logLine('plain', true)).toBe('plain')
  })

  it('does not break a table', () => {
    expect(table(['NAME', 'PEER'], [['a\nb', 'x'], ['longer name', '']], false)).toBe('NAME         PEER\na\u{fffd}b          x\nlonger name\n')
    expect(facts([['A', '1'], ['Long', `2${escape}`]], false)).toBe('A     1\nLong  2\u{fffd}\n')
    expect(table(['NAME'], [], true)).toBe(`${escape}[1mNAME${escape}[22m\n`)
  })
})

describe('figures', () => {
  it.each([
    [money(0n), '0.00 USD'], [money(5_000_000n), '5.00 USD'], [money(12_345_678n), '12.345678 USD'], [money(12_400n), '0.0124 USD'], [money(1n), '0.000001 USD'],
    [money(-1_500_000n), '-1.50 USD'], [money(9_007_199_254_740_993n), '9007199254.740993 USD'],
    [formatSize(0), '0 B'], [formatSize(1023), '1023 B'], [formatSize(1024), '1 kB'], [formatSize(1536), '1.5 kB'], [formatSize(1024 ** 3), '1 GB'], [formatSize(1024 ** 5), '1024 TB'],
    [cores(1500), '1.5'], [cores(4000), '4'], [cores(1), '0.001'],
    [duration(0), '0s'], [duration(-5), '0s'], [duration(59_999), '1m'], [duration(61_000), '1m 1s'], [duration(7_200_000), '2h'], [duration(90_061_000), '1d 1h'], [duration(86_401_000), '1d'],
    [ago(1000, 31_000), '30s ago'], [shortId('short'), 'short'], [shortId('a'.repeat(32)), 'aaaaaaaa…aaaa'],
  ])('%s is %s', (shown, expected) => {
    expect(shown).toBe(expected)
  })
})

describe('an error', () => {
  const error = new DepinError('E_NOT_FOUND', 'There is no app.', { next: 'See: depin ps', details: { micro: 1n }, cause: new Error('secret') })

  it('is its code and message, and what to do next', () => {
    expect(formatError(error, false)).toBe('depin: E_NOT_FOUND: There is no app.\nSee: depin ps\n')
    expect(formatError(error, true)).toBe('{"error":{"code":"E_NOT_FOUND","message":"There is no app.","next":"See: depin ps","details":{"micro":1}}}\n')
  })

  it('is the same from a wire, and from another bundle', () => {
    const wired = Object.assign(new Error('There is no app.'), { code: 'DEPIN', data: error.toReport() })
    const foreign = Object.assign(new Error('There is no app.'), { name: 'DepinError', code: 'E_NOT_FOUND', next: 'See: depin ps', details: { micro: 1n } })
    for (const same of [wired, foreign]) expect(toDepinError(same).toReport()).toEqual(error.toReport())
  })

  it('that is none of ours has a code and no stack', () => {
    for (const other of [new TypeError('x is not a function'), 'text', Object.assign(new Error('gone'), { code: 'ENOENT' }), Object.assign(new Error('odd'), { code: 'DEPIN', data: {} })]) {
      const shown = formatError(toDepinError(other), false)
      expect(shown).toMatch(/^depin: E_INTERNAL: /)
      expect(shown).not.toContain('    at ')
    }
  })

  it('cannot forge another line', () => {
    expect(formatError(new DepinError('E_FILE', 'a\ndepin: E_OTHER: b'), false)).toBe('depin: E_FILE: a\u{fffd}depin: E_OTHER: b\n')
  })
})
