import { describe, expect, test } from 'vitest'
import { Notes } from '../notes.ts'
import { type Node, type Source, toPlain } from '../tree.ts'
import { parseYaml } from './parse.ts'

const source: Source = { path: 'compose.yaml', dir: '', lookup: () => undefined }

function parse(text: string, values = 1000): { node: Node | null, plain: unknown, errors: { line: number, message: string }[] } {
  const notes = new Notes()
  const node = parseYaml(text, source, notes, { values })
  return { node, plain: node === null ? null : toPlain(node), errors: notes.report().errors.map(({ line, message }) => ({ line, message })) }
}

describe('values', () => {
  test('come with the line of their key', () => {
    const { node } = parse('# first\na:\n  b: 1\n\n  c:\n    - x\n    - y\n')
    expect(node).toMatchObject({ kind: 'mapping' })
    const a = node?.kind === 'mapping' ? node.entries.get('a') : undefined
    expect(a?.place.line).toBe(2)
    const c = a?.value.kind === 'mapping' ? a.value.entries.get('c') : undefined
    expect(c?.place.line).toBe(5)
    expect(c?.value.kind === 'sequence' ? c.value.items.map((item) => item.place.line) : []).toEqual([6, 7])
  })

  test('quotes, blocks and tags make text', () => {
    expect(parse('a: "1"\nb: !!str 2\nc: |\n  3\nd: \'true\'\ne: >-\n  f\n  g\n').plain).toEqual({ a: '1', b: '2', c: '3\n', d: 'true', e: 'f g' })
  })

  test('a key named like a part of every object is a key like others', () => {
    const { plain } = parse('__proto__: {polluted: 1}\nconstructor: 2\n')
    expect(Object.getOwnPropertyNames(plain)).toEqual(['__proto__', 'constructor'])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('anchors', () => {
  test('an alias is the value, at the place where it is written', () => {
    const { node, plain } = parse('x: &x\n  a: 1\ny: *x\n')
    expect(plain).toEqual({ x: { a: 1 }, y: { a: 1 } })
    const y = node?.kind === 'mapping' ? node.entries.get('y')?.value : undefined
    expect(y?.kind === 'mapping' ? y.entries.get('a')?.place.line : 0).toBe(2)
  })

  test('<< takes in what is not said itself, from the first that says it', () => {
    expect(parse('a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  y: 3\nd:\n  <<: *a\n  <<: *b\n').plain)
      .toMatchObject({ c: { x: 1, y: 3, z: 2 }, d: { x: 1, y: 1, z: 2 } })
    expect(parse('a: &a {x: 1}\nb: {!!merge <<: *a}\nc: {"<<": 1}\n').plain).toMatchObject({ b: { x: 1 }, c: { '<<': 1 } })
  })

  test('aliases inside aliases are counted, not filled in', () => {
    const levels = Array.from({ length: 30 }, (_, level) => `l${level}: &l${level} [${Array.from({ length: 9 }, () => level === 0 ? 'x' : `*l${level - 1}`).join(', ')}]`)
    const { errors } = parse(levels.join('\n'))
    expect(errors).toEqual([{ line: 4, message: expect.stringContaining('aliases inside aliases') as string }])
  })

  test.each([['a: &a [*a]\n', 1], ['a: *nope\n', 1], ['x: 1\n<<: [1]\n', 2]])('%j is refused', (text, line) => {
    expect(parse(text).errors).toMatchObject([{ line }])
  })
})

describe('what is not YAML', () => {
  test.each<[string, number, RegExp]>([
    ['a:\n\tb: 1\n', 2, /tab/],
    ['a: 1\nb: [1, 2\nc: 3\n', 3, /bracket|missing|not closed/],
    ['a: "x\n', 2, /missing/],
    ['services:\n  web:\n   image: x\n  ports: 1\n image: y\n', 5, /line up/],
    ['a: 1\na: 2\n', 2, /written twice here, first in line 1/],
    ['a: b: c\n', 1, /colon/],
    ['a: !foo x\n', 1, /tag/],
    ['a: 1\n---\nb: 2\n', 2, /second document/],
    ['{[a]: 1}\n', 1, /cannot be a name/],
    ['', 1, /empty/],
  ])('%j', (text, line, message) => {
    const { node, errors } = parse(text)
    expect(node).toBeNull()
    expect(errors[0]?.message).toMatch(message)
    expect(errors[0]?.line).toBe(line)
  })

  test('nesting without end is refused in no time', () => {
    for (const text of ['['.repeat(5000), '{a: '.repeat(5000), '- '.repeat(5000), '? '.repeat(5000)]) {
      expect(parse(text).node).toBeNull()
    }
  })
})
