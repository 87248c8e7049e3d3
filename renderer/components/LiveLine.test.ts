import { describe, expect, it } from 'vitest'
import { stretchesOf } from './LiveLine.tsx'

describe('a live line', () => {
  it('has a gap where nothing was measured', () => {
    const points = [0, 10, 20, 60, 70].map((atMs) => ({ atMs, share: 0.5 }))
    expect(stretchesOf(points, 25).map((stretch) => stretch.map(({ atMs }) => atMs))).toEqual([[0, 10, 20], [60, 70]])
    expect(stretchesOf([], 25)).toEqual([])
  })
})
