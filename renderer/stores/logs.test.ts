import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogBatch } from '../../contract/nouns/deployment.ts'
import { createConnection } from '../api/connection.ts'
import { fixtureClient } from '../gallery/fixtures/client.ts'
import { manualClock, settled } from '../gallery/fixtures/clock.ts'
import { testStream } from '../gallery/fixtures/stream.ts'
import { testTransport } from '../gallery/fixtures/transport.ts'
import { LogBuffer } from './logBuffer.ts'
import { createLog } from './logs.ts'

function lines(...texts: string[]): LogBatch['lines'] {
  return texts.map((text) => ({ service: 'web', source: 'stdout', atMs: 0, replica: 0, text }))
}

describe('the log buffer', () => {
  it('keeps the newest lines, in order, within both bounds', () => {
    const limits = { lines: 20, characters: 300 }
    fc.assert(fc.property(fc.array(fc.array(fc.string({ maxLength: 60 }), { maxLength: 40 }), { maxLength: 20 }), (batches) => {
      const buffer = new LogBuffer(limits)
      for (const batch of batches) buffer.push(lines(...batch))
      const kept = buffer.entries.map((entry) => entry.text)
      const all = batches.flat()
      expect(kept.length).toBeLessThanOrEqual(limits.lines)
      expect(kept).toEqual(all.slice(all.length - kept.length))
      expect(kept.join('').length <= limits.characters || kept.length === 1).toBe(true)
    }))
  })

  it('keeps one line that is longer than everything', () => {
    const buffer = new LogBuffer({ lines: 5, characters: 10 })
    buffer.push(lines('a', 'x'.repeat(100)))
    expect(buffer.entries).toHaveLength(1)
  })

  it('numbers lines so that they keep their number when others go', () => {
    const buffer = new LogBuffer({ lines: 2, characters: 100 })
    buffer.push(lines('a', 'b'))
    buffer.push(lines('c'))
    expect(buffer.entries.map((entry) => entry.id)).toEqual([2, 3])
  })
})

describe('a live log', () => {
  async function following() {
    const clock = manualClock()
    const streams = [testStream<LogBatch>(), testStream<LogBatch>()]
    let opened = 0
    const transport = testTransport(fixtureClient({ deployments: { logs: () => Promise.resolve(streams[opened++]!.iterator) } }))
    const connection = createConnection({ transport, clock })
    const log = createLog({ connection, clock }, { name: 'shop', service: null, replica: null })
    const stop = log.start()
    connection.start()
    transport.last().open()
    await settled()
    return { clock, streams, transport, stop, texts: () => log.store.getState().entries.map((entry) => entry.text), phase: () => log.store.getState().phase.kind }
  }

  it('draws what comes fast only now and then', async () => {
    const { clock, streams, texts, phase } = await following()
    expect(phase()).toBe('loading')
    streams[0]!.send({ lines: lines('a') })
    await settled()
    expect(texts()).toEqual(['a'])
    streams[0]!.send({ lines: lines('b') })
    streams[0]!.send({ lines: lines('c') })
    await settled()
    expect(texts()).toEqual(['a'])
    await clock.advance(100)
    expect(texts()).toEqual(['a', 'b', 'c'])
  })

  it('of an app that prints nothing is followed all the same', async () => {
    const { clock, streams, texts, phase } = await following()
    expect(phase()).toBe('loading')
    await clock.advance(1_000)
    expect(phase()).toBe('following')
    streams[0]!.send({ lines: lines('at last') })
    await settled()
    expect(texts()).toEqual(['at last'])
  })

  it('shows no line twice after a lost connection', async () => {
    const { clock, streams, transport, texts, phase } = await following()
    streams[0]!.send({ lines: lines('a', 'b') })
    await settled()
    transport.last().end('lost')
    await settled()
    expect(phase()).toBe('away')
    expect(texts()).toEqual(['a', 'b'])
    await clock.advance(500)
    transport.last().open()
    await settled()
    streams[1]!.send({ lines: lines('b', 'c') })
    await settled()
    expect(texts()).toEqual(['b', 'c'])
    expect(phase()).toBe('following')
  })

  it('says when there is no more to come', async () => {
    const { streams, phase } = await following()
    streams[0]!.end()
    await settled()
    expect(phase()).toBe('ended')
  })
})
