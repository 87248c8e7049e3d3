import { describe, expect, it } from 'vitest'
import { DepinError } from '../../../contract/errors.ts'
import { until } from '../wait.ts'
import { all, answering, aStream, gate, type Pair, thrown, type Who } from './pair.ts'

const none = new Uint8Array()

export function describeStreams(pair: Pair, who: Who): void {
  describe('a stream', () => {
    it('brings the items in order, and ends', async () => {
      const protocol = aStream()
      answering(pair, who).handleStream(protocol, async function* ({ text }) {
        for (let index = 0; index < Number(text); index++) yield await Promise.resolve({ index, filling: none })
      })
      const items = await all(pair.near.stream(answering(pair, who).peerId, protocol, { text: '300' }))
      expect(items.map(({ index }) => index)).toEqual(Array.from({ length: 300 }, (_, index) => index))
    })

    it('brings the error after the items before it', async () => {
      const protocol = aStream()
      answering(pair, who).handleStream(protocol, async function* () {
        yield await Promise.resolve({ index: 1, filling: none })
        throw new DepinError('E_NOT_FOUND', 'It is gone.')
      })
      const items: number[] = []
      const error = await thrown((async () => {
        for await (const { index } of pair.near.stream(answering(pair, who).peerId, protocol, { text: '' })) items.push(index)
      })())
      expect(error).toMatchObject({ code: 'E_NOT_FOUND' })
      expect(items).toEqual([1])
    })

    it('is over for the handler when the reader leaves', async () => {
      const protocol = aStream()
      const over = gate<boolean>()
      answering(pair, who).handleStream(protocol, async function* (_, { signal }) {
        try {
          for (let index = 0; ; index++) yield await Promise.resolve({ index, filling: none })
        } finally {
          over.resolve(signal.aborted)
        }
      })
      for await (const { index } of pair.near.stream(answering(pair, who).peerId, protocol, { text: '' })) if (index === 3) break
      expect(await over.promise).toBe(true)
    })

    it('is over for a handler that waits, when the reader calls it off', async () => {
      const protocol = aStream()
      const heard = gate()
      answering(pair, who).handleStream(protocol, async function* (_, { signal }) {
        signal.addEventListener('abort', () => heard.resolve(), { once: true })
        yield { index: 0, filling: none }
        await new Promise(() => undefined)
      })
      const controller = new AbortController()
      const reason = new Error('enough')
      const error = await thrown((async () => {
        for await (const _ of pair.near.stream(answering(pair, who).peerId, protocol, { text: '' }, { signal: controller.signal })) controller.abort(reason)
      })())
      expect(error).toBe(reason)
      await heard.promise
    })

    it('does not run ahead of its reader', async () => {
      const protocol = aStream()
      let made = 0
      const filling = new Uint8Array(512 * 1024)
      answering(pair, who).handleStream(protocol, async function* () {
        for (; made < 200; made++) yield await Promise.resolve({ index: made, filling })
      })
      let read = 0
      for await (const { index } of pair.near.stream(answering(pair, who).peerId, protocol, { text: '' })) {
        expect(index).toBe(read++)
        // the reader dawdles until the maker has stopped
        let before = -1
        await until('the maker waits', async () => {
          const isStill = made === before
          before = made
          await new Promise((resolve) => setImmediate(resolve))
          return isStill
        })
        expect(made - read).toBeLessThanOrEqual(32)
        if (read === 20) break
      }
      expect(read).toBe(20)
    })

    it('that falls silent is given up', async () => {
      const protocol = aStream({ idleMs: 150 })
      answering(pair, who).handleStream(protocol, async function* () {
        yield { index: 0, filling: none }
        await new Promise(() => undefined)
      })
      const items: number[] = []
      const error = await thrown((async () => {
        for await (const { index } of pair.near.stream(answering(pair, who).peerId, protocol, { text: '' })) items.push(index)
      })())
      expect(error).toMatchObject({ code: 'E_DEADLINE' })
      expect(items).toEqual([0])
    })

    it('that never begins is given up', async () => {
      const protocol = aStream({ deadlineMs: 150 })
      answering(pair, who).handleStream(protocol, async function* () {
        yield await new Promise<never>(() => undefined)
      })
      expect(await thrown(all(pair.near.stream(answering(pair, who).peerId, protocol, { text: '' })))).toMatchObject({ code: 'E_DEADLINE' })
    })
  })
}
