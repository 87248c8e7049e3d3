import { describe, expect, test } from 'vitest'
import { folderOf, ProjectFiles, resolvePath } from './files.ts'

describe('a path of the project', () => {
  test.each([
    ['', 'a.txt', 'a.txt'], ['', './a/../b.txt', 'b.txt'], ['sub', './a.txt', 'sub/a.txt'], ['sub', '../a.txt', 'a.txt'],
    ['', 'a\\b.txt', 'a/b.txt'], ['', '.', ''], ['a/b', '..//./c/', 'a/c'], ['', '...', '...'],
  ])('%j then %j is %j', (dir, written, path) => {
    expect(resolvePath(dir, written)).toEqual({ kind: 'inside', path })
  })

  test.each([['', '..'], ['', '/etc/passwd'], ['', '~/x'], ['', 'C:\\x'], ['', 'c:x'], ['', './C:x'], ['sub', '../../x'], ['', 'a\0b'], ['', '\\\\server\\share']])('%j then %j is outside', (dir, written) => {
    expect(resolvePath(dir, written)).toEqual({ kind: 'outside' })
  })

  test.each(['https://example.org/a.yml', 'git@github.com:a/b', 'oci://x/y', 'github.com/a/b'])('%s is elsewhere', (written) => {
    expect(resolvePath('', written)).toEqual({ kind: 'remote' })
  })

  test('has a folder', () => {
    expect([folderOf('a/b/c'), folderOf('a')]).toEqual(['a/b', ''])
  })
})

test('files are found however the client wrote their names, and only inside the folder', () => {
  const files = new ProjectFiles({ entry: '', env: {}, files: { './a.txt': 'aGk=', 'd\\b.txt': '', '../c.txt': 'eA==', '/d.txt': 'eA==', 'd/e/f.txt': '' } })
  expect(Buffer.from(files.read('a.txt') ?? []).toString()).toBe('hi')
  expect(['d/b.txt', 'c.txt', '../c.txt', 'd.txt', '/d.txt'].map((path) => files.has(path))).toEqual([true, false, false, false, false])
  expect(files.under('d')).toEqual(['d/b.txt', 'd/e/f.txt'])
  files.need('x')
  files.wish('x')
  files.wish('y')
  expect([files.missing, files.optional]).toEqual([['x'], ['y']])
})
