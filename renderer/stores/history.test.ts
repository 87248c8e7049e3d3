import { describe, expect, it } from 'vitest'
import type { Activity } from '../../contract/nouns/node.ts'
import { fixtureClient } from '../gallery/fixtures/client.ts'
import { openWith, stillConnection } from '../gallery/fixtures/stores.ts'
import { createHistory, historyOf } from './history.ts'

function line(seq: number): Activity {
  return { seq, atMs: seq * 1000, kind: 'app-removed', tone: 'info', params: {} }
}

/** A service with lines 1 to `newest`, newest first. */
function historyWith(newest: number) {
  const asked: (number | null)[] = []
  const client = fixtureClient({ activity: { list: ({ beforeSeq, limit }) => {
    asked.push(beforeSeq)
    const from = (beforeSeq ?? newest + 1) - 1
    return Promise.resolve(Array.from({ length: Math.min(limit, from) }, (_, index) => line(from - index)))
  } } })
  return { asked, history: createHistory({ connection: stillConnection(openWith(client)) }) }
}

describe('activity further back', () => {
  it('is read page by page, to the moment that is wanted', async () => {
    const { asked, history } = historyWith(3000)
    await history.readTo(2_100_000)
    expect(asked).toEqual([null, 2501])
    expect(historyOf(history.store.getState())).toHaveLength(1000)
  })

  it('ends where there is nothing more', async () => {
    const { asked, history } = historyWith(20)
    await history.readTo(0)
    expect(asked).toEqual([null])
    expect(history.store.getState()).toMatchObject({ kind: 'known' })
  })

  it('keeps what it had when it cannot be read', async () => {
    const client = fixtureClient({ activity: { list: () => Promise.reject(new Error('away')) } })
    const history = createHistory({ connection: stillConnection(openWith(client)) }, { kind: 'known', lines: [line(1)] })
    await history.readTo(0)
    expect(history.store.getState()).toMatchObject({ kind: 'failed', lines: [{ seq: 1 }] })
  })
})
