import { expect, it } from 'vitest'
import { dueInMs } from './pace.ts'

const yearMs = 365 * 86_400_000

it.each([
  ['never done', null, 0], ['just done', 1_000_000, 30_000], ['done a while ago', 990_000, 20_000], ['done long ago', 0, 0], ['done in a future that the clock has left', 1_000_000 + yearMs, 0],
])('what was %s is due in time', (_, lastMs, inMs) => {
  expect(dueInMs(lastMs, 30_000, 1_000_000)).toBe(inMs)
})
