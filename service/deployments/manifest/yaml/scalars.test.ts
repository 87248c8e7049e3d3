import { expect, test } from 'vitest'
import { resolvePlain } from './scalars.ts'

test.each<[string, unknown, string]>([
  ['', null, ''], ['~', null, ''], ['null', null, ''], ['nULL', 'nULL', 'nULL'],
  ['true', true, 'true'], ['False', false, 'false'],
  // Compose reads YAML 1.2 here: these are words.
  ['yes', 'yes', 'yes'], ['no', 'no', 'no'], ['on', 'on', 'on'],
  ['22:22', '22:22', '22:22'], ['1:30', '1:30', '1:30'], ['2024-01-01', '2024-01-01', '2024-01-01'],
  ['80', 80, '80'], ['-1', -1, '-1'], ['1_000', 1000, '1000'], ['0x1F', 31, '31'], ['0b11', 3, '3'],
  // And the octal numbers of 1.1, which file modes are written in.
  ['0440', 0o440, '288'], ['0o440', 0o440, '288'], ['08', 8, '8'],
  ['1.10', 1.1, '1.1'], ['0.5', 0.5, '0.5'], ['1e3', 1000, '1000'], ['.5', 0.5, '0.5'],
  ['9007199254740993', 9007199254740992, '9007199254740993'],
  ['1.2.3', '1.2.3', '1.2.3'], ['3.8-alpine', '3.8-alpine', '3.8-alpine'], ['-', '-', '-'], ['.', '.', '.'], ['512m', '512m', '512m'],
])('%s', (source, value, text) => {
  expect(resolvePlain(source)).toEqual({ value, text })
})
