import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/clock.ts'
import { Glances, type Listed } from './glances.ts'

interface Json { Id: string }

function engine() {
  const clock = new FakeClock()
  const asked: string[] = []
  const lists: string[] = []
  let answer = (id: string): Promise<Json | null> => Promise.resolve({ Id: id })
  const glances = new Glances<Json>(clock, (id) => {
    asked.push(id)
    return answer(id)
  }, (node) => {
    lists.push(node)
    return Promise.resolve([])
  })
  return { clock, asked, lists, glances, answerWith: (next: typeof answer) => { answer = next } }
}

const line = (change: Partial<Listed> = {}): Listed => ({ Id: 'a', Names: ['/one'], State: 'running', Status: 'Up 3 seconds (health: starting)', ...change })

describe('glances at containers', () => {
  it('ask each time while nobody reads the events', async () => {
    const { asked, glances } = engine()
    await glances.at(line())
    await glances.at(line())
    expect(asked).toEqual(['a', 'a'])
  })

  it('ask again when an event names it, when its line is another, and after two minutes', async () => {
    const { clock, asked, glances } = engine()
    using _ = glances.reading()
    await glances.at(line())
    await glances.at(line({ Status: 'Up 4 minutes (health: starting)' }))
    expect(asked).toHaveLength(1)
    for (const change of [{ Status: 'Up 4 minutes (healthy)' }, { State: 'paused' }, { Names: ['/two'] }]) {
      const before = asked.length
      await glances.at(line(change))
      await glances.at(line(change))
      expect(asked).toHaveLength(before + 1)
    }
    const before = asked.length
    glances.forget('a')
    await glances.at(line({ Names: ['/two'] }))
    clock.advance(121_000)
    await glances.at(line({ Names: ['/two'] }))
    expect(asked).toHaveLength(before + 2)
  })

  it('do not keep an answer that may be older than a change told meanwhile', async () => {
    const { asked, glances, answerWith } = engine()
    using _ = glances.reading()
    const { promise, resolve } = Promise.withResolvers<Json | null>()
    answerWith(() => promise)
    const first = glances.at(line())
    glances.forget('a')
    resolve({ Id: 'a' })
    await first
    await glances.at(line())
    expect(asked).toHaveLength(2)
  })

  it('share one list between those who ask at the same moment, and no others', async () => {
    const { glances, lists } = engine()
    await Promise.all([glances.listed('n'), glances.listed('n'), glances.listed('m')])
    expect(lists).toEqual(['n', 'm'])
    const one = glances.listed('n')
    await Promise.resolve()
    await Promise.all([one, glances.listed('n')])
    expect(lists).toEqual(['n', 'm', 'n', 'n'])
  })

  it('list again after an event, after a change from here and after ten seconds, while the events are read', async () => {
    const { clock, glances, lists } = engine()
    using _ = glances.reading()
    await glances.listed('n')
    clock.advance(9_000)
    await glances.listed('n')
    expect(lists).toHaveLength(1)
    for (const happen of [() => glances.forget('a'), () => glances.changed(), () => clock.advance(1_001 + 10_000)]) {
      const before = lists.length
      happen()
      await glances.listed('n')
      await glances.listed('n')
      expect(lists).toHaveLength(before + 1)
    }
  })

  it('do not give out a list that was asked for before a change', async () => {
    const { glances, lists } = engine()
    using _ = glances.reading()
    const before = glances.listed('n')
    glances.changed()
    await Promise.all([before, glances.listed('n')])
    expect(lists).toHaveLength(2)
  })

  it('forget all when the events end', async () => {
    const { asked, glances } = engine()
    {
      using _ = glances.reading()
      await glances.at(line())
    }
    using _ = glances.reading()
    await glances.at(line())
    expect(asked).toHaveLength(2)
  })
})
