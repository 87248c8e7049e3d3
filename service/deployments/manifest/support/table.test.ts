import { describe, expect, test } from 'vitest'
import { composeSchema } from '../schema/validate.ts'
import { findings } from './findings.ts'
import { casesOf, supportTable } from './table.ts'
import type { SupportRow } from './types.ts'

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  patternProperties?: Record<string, Schema>
  items?: Schema
  oneOf?: Schema[]
}

const definitions = composeSchema.definitions as unknown as Record<string, Schema>
const rows = supportTable.flatMap((section) => section.rows)
const rowByPath = new Map(rows.map((row) => [row.path, row]))

/** Every key the official schema names, as the table writes paths. */
function keysOf(schema: Schema, path: string): string[] {
  const target = schema.$ref === undefined ? schema : definitions[schema.$ref.split('/').at(-1)!]!
  return [
    ...Object.entries(target.properties ?? {}).flatMap(([key, child]) => [join(path, key), ...keysOf(child, join(path, key))]),
    ...Object.entries(target.patternProperties ?? {}).filter(([pattern]) => pattern !== '^x-').flatMap(([, child]) => keysOf(child, join(path, '*'))),
    ...target.items === undefined ? [] : keysOf(target.items, join(path, '[]')),
    ...(target.oneOf ?? []).flatMap((choice) => keysOf(choice, path)),
  ]
}

function join(path: string, step: string): string {
  return path === '' ? step : `${path}.${step}`
}

function speaksForItsKeys(row: SupportRow | undefined): boolean {
  return row !== undefined && (row.whole === true || row.cases.every((one) => one.verdict !== 'supported'))
}

function isCovered(path: string): boolean {
  const steps = path.split('.')
  return rowByPath.has(path) || steps.some((_, length) => speaksForItsKeys(rowByPath.get(steps.slice(0, length).join('.'))))
}

const schemaKeys = [...new Set(keysOf(composeSchema as unknown as Schema, ''))]

describe('the support table', () => {
  test('says what becomes of every key of the official schema', () => {
    expect(schemaKeys.length).toBeGreaterThan(200)
    expect(schemaKeys.filter((path) => !isCovered(path))).toEqual([])
  })

  test('speaks of no key that the official schema does not have', () => {
    const known = new Set(schemaKeys)
    const unknown = rows.map((row) => row.path.replace(/(\.\[\])+$/, '')).filter((path) => !known.has(path) && !path.includes('x-depin'))
    expect(unknown).toEqual([])
  })

  test('has one row for a key, and its last case takes all values', () => {
    expect(rowByPath.size).toBe(rows.length)
    expect(rows.filter((row) => row.cases.at(-1)?.when !== undefined).map((row) => row.path)).toEqual([])
  })

  test('says what to do about everything it refuses, in sentences', () => {
    const cases = rows.flatMap(casesOf)
    expect(cases.filter((one) => one.verdict === 'refused' && one.instead === undefined)).toEqual([])
    expect(cases.flatMap((one) => [one.reason, one.instead ?? '.']).filter((text) => !/[.`)]$/.test(text))).toEqual([])
  })

  test('keeps what readers find under a key it has', () => {
    expect(Object.values(findings).filter((finding) => !rowByPath.has(finding.path))).toEqual([])
  })
})
