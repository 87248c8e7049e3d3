import { describe, expect, test } from 'vitest'
import { parseEnvFile, parseRawEnvFile } from './dotenv.ts'

function parse(text: string, outside: Record<string, string> = {}): { values: Record<string, string>, problems: { line: number }[] } {
  const { values, problems } = parseEnvFile(text, (name) => outside[name], { chars: 10_000 })
  return { values: Object.fromEntries(values), problems }
}

describe('a file of variables', () => {
  test.each<[string, Record<string, string>]>([
    ['A=1\nB = two \n\n# note\nC=\n', { A: '1', B: 'two', C: '' }],
    ['export A=1\nexport  B=2', { A: '1', B: '2' }],
    ['A: 1\nB:2\n', { A: '1', B: '2' }],
    ['A=x # note\nB=x#y\nC="x # y" # note\n', { A: 'x', B: 'x#y', C: 'x # y' }],
    ['A=\'$B \\n\'\nB="a\\tb\\n\\"c\\" \\$D"\n', { A: '$B \\n', B: 'a\tb\n"c" $D' }],
    ['A="one\ntwo"\nB=\'x\ny\'\n', { A: 'one\ntwo', B: 'x\ny' }],
    ['A=1\nB=$A-${A}-${C:-c}\nC="<$B>"\n', { A: '1', B: '1-1-c', C: '<1-1-c>' }],
    ['A=a=b==\r\nB=2\r\n', { A: 'a=b==', B: '2' }],
    ['PASSWORD=p@$$w0rd$\n', { PASSWORD: 'p@$w0rd$' }],
    ['a.b-c[0]=x\nÜ=y\n', { 'a.b-c[0]': 'x', Ü: 'y' }],
  ])('%j', (text, values) => {
    expect(parse(text)).toEqual({ values, problems: [] })
  })

  test('takes from outside what it only names, and what it names first of all', () => {
    expect(parse('A\nB\nC=$A\nD=$E\nE=inside', { A: 'out', E: 'outside' }).values).toEqual({ A: 'out', C: 'out', D: 'outside', E: 'inside' })
  })

  test('says in which line it is wrong, and reads on', () => {
    expect(parse('A=1\n\nno good=2\nB=2\n=x\nC="open\n')).toMatchObject({ values: { A: '1', B: '2' }, problems: [{ line: 3 }, { line: 5 }, { line: 6 }] })
    expect(parse('A="x\ny"\nB=${C:?must}\n').problems).toMatchObject([{ line: 3 }])
  })

  test('raw: every letter counts', () => {
    expect(Object.fromEntries(parseRawEnvFile('A="x" # $B\n# note\nB\n', (name) => name, { chars: 100 }).values)).toEqual({ A: '"x" # $B', B: 'B' })
  })
})
