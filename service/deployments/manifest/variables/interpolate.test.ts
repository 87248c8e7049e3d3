import { describe, expect, test } from 'vitest'
import { interpolate } from './interpolate.ts'

const values: Record<string, string> = { SET: 'value', EMPTY: '', NAME_2: 'two' }

function fill(text: string, chars = 10_000): { text: string, unset: string[], errors: string[] } {
  const unset: string[] = []
  const errors: string[] = []
  const filled = interpolate(text, { lookup: (name) => values[name], budget: { chars }, onUnset: (name) => unset.push(name), onError: (message) => errors.push(message) })
  return { text: filled, unset, errors }
}

describe('variables', () => {
  test.each([
    ['$SET', 'value'], ['${SET}', 'value'], ['a${SET}b$NAME_2', 'avaluebtwo'], ['$SET-x', 'value-x'],
    ['${UNSET:-d}', 'd'], ['${EMPTY:-d}', 'd'], ['${SET:-d}', 'value'],
    ['${UNSET-d}', 'd'], ['${EMPTY-d}', ''], ['${UNSET:-}', ''],
    ['${SET:+r}', 'r'], ['${EMPTY:+r}', ''], ['${UNSET:+r}', ''],
    ['${SET+r}', 'r'], ['${EMPTY+r}', 'r'], ['${UNSET+r}', ''],
    ['${SET:?e}', 'value'], ['${EMPTY?e}', ''],
    ['${UNSET:-${EMPTY:-${SET}}}', 'value'], ['${UNSET:-$SET/x}', 'value/x'], ['${UNSET:-{"a":{}}}', '{"a":{}}'],
    ['${UNSET:-a:-b}', 'a:-b'], ['${UNSET-line\nline}', 'line\nline'],
    ['$$SET', '$SET'], ['$${SET}', '${SET}'], ['$$$$', '$$'], ['$1 $. $', '$1 $. $'],
  ])('%s → %s', (text, filled) => {
    expect(fill(text)).toEqual({ text: filled, unset: [], errors: [] })
  })

  test('without a value become nothing, and are named', () => {
    expect(fill('a$UNSET${OTHER}b')).toEqual({ text: 'ab', unset: ['UNSET', 'OTHER'], errors: [] })
  })

  test.each([
    ['${UNSET:?set it to $SET}', /UNSET must have a value: “set it to value”/], ['${EMPTY:?}', /EMPTY must have a value\./],
    ['${UNSET?e}', /must have a value/], ['${SET', /not closed/], ['${}', /not a variable/], ['${1A}', /not a variable/], ['${A B}', /not a variable/], ['${SET!x}', /not a variable/],
  ])('%s is an error', (text, message) => {
    expect(fill(text).errors).toEqual([expect.stringMatching(message)])
  })

  test('cannot grow or nest without end', () => {
    expect(fill('$SET'.repeat(100), 200).errors).toHaveLength(1)
    expect(fill(`${'${UNSET:-'.repeat(40)}${'}'.repeat(40)}`).errors).toEqual([expect.stringContaining('nested too deeply')])
  })
})
