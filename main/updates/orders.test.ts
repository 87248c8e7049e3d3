import { expect, it } from 'vitest'
import type { UpdateOrder } from '../../contract/nouns/updates.ts'
import type { Client } from '../service/client.ts'
import { manualClock, settled } from '../testing/clock.ts'
import { againMs, followOrders } from './orders.ts'

const check: UpdateOrder = { kind: 'check' }

/** A service whose stream of orders can be broken, and be gone. */
function openService() {
  const clock = manualClock(0)
  const streams: { give: (order: UpdateOrder) => void, end: (error?: Error) => void }[] = []
  let isRefusing = false
  const drive = (): Promise<AsyncIterable<UpdateOrder>> => {
    if (isRefusing) return Promise.reject(new Error('not now'))
    const stream = new TransformStream<UpdateOrder, UpdateOrder>()
    const writer = stream.writable.getWriter()
    streams.push({ give: (order) => void writer.write(order), end: (error) => void (error === undefined ? writer.close() : writer.abort(error)) })
    return Promise.resolve(stream.readable)
  }
  const makeClient = (): Client => ({ updates: { drive } }) as unknown as Client
  let client: Client | null = makeClient()
  let listener = (): void => undefined
  const heard: UpdateOrder[] = []
  const opened: Client[] = []
  const stop = followOrders({
    client: {
      client: () => client,
      subscribe: (listen) => {
        listener = () => listen({ node: null, share: null, earnings: null })
        return () => { listener = () => undefined }
      },
    },
    clock, log: () => undefined, onOpen: (mine) => opened.push(mine), onOrder: (order) => heard.push(order),
  })
  return {
    clock, streams, heard, opened, stop,
    refuse: (on: boolean) => { isRefusing = on },
    become: (there: boolean) => {
      client = there ? makeClient() : null
      listener()
    },
  }
}

it.each([['ends', undefined], ['breaks', new Error('gone')]])('a stream of orders that %s is opened again, and the service is told how things are', async (_, error) => {
  const { clock, streams, heard, opened } = openService()
  await settled()
  streams[0]!.give(check)
  await settled()
  streams[0]!.end(error)
  await clock.advance(againMs)
  streams[1]!.give(check)
  await settled()
  expect([streams.length, heard, opened.length]).toEqual([2, [check, check], 2])
})

it('a stream that cannot be opened is tried again and again', async () => {
  const { clock, streams, refuse } = openService()
  refuse(true)
  await settled()
  streams[0]!.end()
  await clock.advance(5 * againMs)
  expect(streams.length).toBe(1)
  refuse(false)
  await clock.advance(againMs)
  expect(streams.length).toBe(2)
})

it('each service has one stream, and one that is gone none', async () => {
  const { clock, streams, become, heard, stop } = openService()
  await settled()
  become(false)
  streams[0]!.end()
  await clock.advance(5 * againMs)
  expect(streams.length).toBe(1)
  become(true)
  await settled()
  streams[1]!.give(check)
  await settled()
  expect([streams.length, heard]).toEqual([2, [check]])
  stop()
  streams[1]!.end()
  await clock.advance(5 * againMs)
  expect(streams.length).toBe(2)
})
