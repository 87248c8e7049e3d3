import * as z from 'zod'
import type { DuplexProtocol, RequestProtocol, StreamProtocol } from '../../../contract/wire/v1/protocols.ts'
import type { Network } from '../../network/types.ts'
import type { NetworkBench } from '../network-nodes.ts'

/** Two nodes of one network, connected. */
export interface Pair {
  bench: NetworkBench
  near: Network
  far: Network
}

export type Who = 'another node' | 'itself'

/** Who is asked. */
export const answering = (pair: Pair, who: Who): Network => who === 'itself' ? pair.near : pair.far

const Question = z.strictObject({ text: z.string().max(100_000) })
const Answer = z.strictObject({ text: z.string(), from: z.string() })
const Item = z.strictObject({ index: z.int(), filling: z.instanceof(Uint8Array) })

let count = 0
const nextId = (kind: string): string => `/depin/test/${kind}/${++count}`

/** Protocols of a test's own: a handler is registered once. */
export function aRequest(limits: Partial<RequestProtocol<typeof Question, typeof Answer>> = {}): RequestProtocol<typeof Question, typeof Answer> {
  return { kind: 'request', id: nextId('request'), input: Question, output: Answer, maxBytes: 16 * 1024, deadlineMs: 10_000, ...limits }
}

export function aStream(limits: Partial<StreamProtocol<typeof Question, typeof Item>> = {}): StreamProtocol<typeof Question, typeof Item> {
  return { kind: 'stream', id: nextId('stream'), input: Question, item: Item, maxBytes: 1024 * 1024, deadlineMs: 10_000, idleMs: 10_000, ...limits }
}

export function aDuplex(limits: Partial<DuplexProtocol<typeof Question>> = {}): DuplexProtocol<typeof Question> {
  return { kind: 'duplex', id: nextId('duplex'), input: Question, maxBytes: 16 * 1024, deadlineMs: 10_000, ...limits }
}

/** A promise that a handler keeps open until the test says otherwise. */
export function gate<T = void>(): PromiseWithResolvers<T> {
  return Promise.withResolvers<T>()
}

/** What is thrown; fails when nothing is. */
export async function thrown(work: Promise<unknown>): Promise<unknown> {
  return await work.then((value: unknown) => { throw new Error('nothing was thrown', { cause: value }) }, (error: unknown) => error)
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
