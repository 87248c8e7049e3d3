import { expect, test } from 'vitest'
import { splitWords } from './shell-words.ts'

test.each([
  ['nginx -g "daemon off;"', ['nginx', '-g', 'daemon off;']],
  ['  redis-server\n  --save 60 1 \n', ['redis-server', '--save', '60', '1']],
  [`sh -c 'echo "$HOME" && date'`, ['sh', '-c', 'echo "$HOME" && date']],
  ['a\\ b \'c\'"d"e ""', ['a b', 'cde', '']],
  ['"a\\"b\\\\c"', ['a"b\\c']],
  ['echo $(date +%s) `id -u`', ['echo', '$(date +%s)', '`id -u`']],
  ['echo $HOME $', ['echo', '$HOME', '$']],
  ['--url=http://x/?a=1', ['--url=http://x/?a=1']],
  ['', []],
])('%s', (text, words) => {
  expect(splitWords(text)).toEqual({ words, cutAt: null })
})

test('ends before what only a shell could do', () => {
  expect(splitWords('npm i && npm start')).toEqual({ words: ['npm', 'i'], cutAt: '&' })
  expect(splitWords('run 2>/dev/null')).toEqual({ words: ['run'], cutAt: '>' })
  expect(splitWords('run>out')).toEqual({ words: ['run'], cutAt: '>' })
})

test.each(['echo "a', 'echo \'a', 'a (b)', 'a `b', 'a $(b', 'a\\'])('%s is left open', (text) => {
  expect(splitWords(text)).toBeNull()
})
