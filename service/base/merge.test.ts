import { describe, expect, it } from 'vitest'
import { mergeSorted } from './merge.ts'

interface Source { taken: number, closed: boolean, stream: AsyncIterable<number> }

function source(items: readonly number[]): Source {
  const seen = { taken: 0, closed: false }
  async function* stream(): AsyncGenerator<number> {
    try {
      for (const item of items) {
        seen.taken++
        yield await Promise.resolve(item)
      }
    } finally {
      seen.closed = true
    }
  }
  return Object.assign(seen, { stream: stream() })
}

async function all(stream: AsyncIterable<number>): Promise<number[]> {
  const items: number[] = []
  for await (const item of stream) items.push(item)
  return items
}

describe('streams that are merged', () => {
  it('come in order, to the last item of the longest', async () => {
    const merged = mergeSorted([source([1, 4, 9]), source([]), source([2, 3, 3, 10, 11])].map(({ stream }) => stream), (item) => item)
    expect(await all(merged)).toEqual([1, 2, 3, 3, 4, 9, 10, 11])
    expect(await all(mergeSorted<number>([], (item) => item))).toEqual([])
  })

  it('are read no further than one item ahead, and closed when nobody reads on', async () => {
    const [old, young] = [source(Array.from({ length: 1000 }, (_, at) => at)), source(Array.from({ length: 1000 }, (_, at) => 5000 + at))]
    const merged = mergeSorted([old.stream, young.stream], (item) => item)
    for (let read = 0; read < 100; read++) await merged.next()
    expect([old.taken, young.taken]).toEqual([100, 1])
    await merged.return()
    await expect.poll(() => old.closed && young.closed).toBe(true)
  })

  it('fail with the first that fails', async () => {
    const broken = (async function* () {
      yield await Promise.resolve(1)
      throw new Error('cut')
    })()
    const whole = source([2, 3])
    await expect(all(mergeSorted([broken, whole.stream], (item) => item))).rejects.toThrow('cut')
    await expect.poll(() => whole.closed).toBe(true)
  })
})
