import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import { createConnection } from '../api/connection.ts'
import { fixtureClient } from '../gallery/fixtures/client.ts'
import { manualClock, settled } from '../gallery/fixtures/clock.ts'
import { guests } from '../gallery/fixtures/guests.ts'
import { testStream } from '../gallery/fixtures/stream.ts'
import type { TestStream } from '../gallery/fixtures/stream.ts'
import { testTransport } from '../gallery/fixtures/transport.ts'
import { createFeed, latest, listOf } from './feed.ts'

/** A feed of numbers over a connection that is already open. */
async function listening() {
  const clock = manualClock()
  const streams: TestStream<number>[] = []
  const transport = testTransport(fixtureClient())
  const connection = createConnection({ transport, clock })
  const feed = createFeed<number, number>({ connection, clock }, {
    open() {
      const stream = testStream<number>()
      streams.push(stream)
      return Promise.resolve(stream.iterator)
    },
    reduce: latest,
  })
  const stop = feed.start()
  connection.start()
  transport.last().open()
  await settled()
  return { clock, transport, connection, streams, stop, state: () => feed.store.getState() }
}

describe('a feed', () => {
  it('is loading until the first news and live then', async () => {
    const { streams, state } = await listening()
    expect(state()).toEqual({ kind: 'loading' })
    streams[0]!.send(1)
    streams[0]!.send(2)
    await settled()
    expect(state()).toEqual({ kind: 'live', value: 2 })
  })

  it('keeps what is known while the service is away, and asks anew when it is back', async () => {
    const { clock, transport, streams, state } = await listening()
    streams[0]!.send(1)
    await settled()
    transport.last().end('lost')
    await settled()
    expect(state()).toEqual({ kind: 'stale', value: 1 })
    await clock.advance(500)
    transport.last().open()
    await settled()
    expect(streams).toHaveLength(2)
    streams[1]!.send(5)
    await settled()
    expect(state()).toEqual({ kind: 'live', value: 5 })
  })

  it('hears nothing more from a stream of before', async () => {
    const { clock, transport, streams, state } = await listening()
    streams[0]!.send(1)
    await settled()
    transport.last().end('lost')
    await clock.advance(500)
    transport.last().open()
    await settled()
    streams[0]!.send(99)
    await settled()
    expect(state()).toEqual({ kind: 'stale', value: 1 })
  })

  it('shows the service’s own reason beside what is known, and tries again', async () => {
    const { clock, streams, state } = await listening()
    streams[0]!.send(1)
    await settled()
    const report = { code: 'E_DISK_FULL', message: 'The disk is full.' }
    streams[0]!.fail(new ORPCError('DEPIN', { data: report }))
    await settled()
    expect(state()).toEqual({ kind: 'failed', error: report, value: 1 })
    await clock.advance(250)
    streams[1]!.send(2)
    await settled()
    expect(state()).toEqual({ kind: 'live', value: 2 })
  })

  it('takes a stream that breaks without a reason for a lost connection at first', async () => {
    const { clock, streams, state } = await listening()
    streams[0]!.send(1)
    await settled()
    for (const [attempt, waitMs] of [250, 1_000, 3_000].entries()) {
      streams[attempt]!.fail(new Error('socket'))
      await settled()
      expect(state().kind).toBe(attempt < 2 ? 'live' : 'failed')
      await clock.advance(waitMs)
    }
  })

  it('opens a stream again that ended by itself', async () => {
    const { clock, streams } = await listening()
    streams[0]!.end()
    await clock.advance(250)
    expect(streams).toHaveLength(2)
  })

  it('is over when it is stopped', async () => {
    const { clock, streams, stop, state } = await listening()
    stop()
    streams[0]!.send(1)
    await clock.advance(60_000)
    expect(state()).toEqual({ kind: 'loading' })
    expect(streams).toHaveLength(1)
  })
})

describe('a list', () => {
  const reduce = listOf((guest: (typeof guests)[number]) => guest.leaseId)
  const [first, second] = guests

  it('begins whole, and then changes one by one', () => {
    let list = reduce(null, { kind: 'all', items: [first!] })
    list = reduce(list, { kind: 'put', item: second! })
    expect(list).toEqual([first, second])
    list = reduce(list, { kind: 'put', item: { ...first!, state: 'suspended' } })
    expect(list.map((guest) => guest.state)).toEqual(['suspended', second!.state])
    list = reduce(list, { kind: 'gone', key: first!.leaseId })
    expect(list).toEqual([second])
  })

  it('takes a change that comes before the whole', () => {
    expect(reduce(null, { kind: 'put', item: first! })).toEqual([first])
  })
})
