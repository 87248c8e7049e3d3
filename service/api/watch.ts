/**
 * Streams of the API that show state: the present first, then every change, never more than the latest. A reader that
 * is slow skips what was in between; it never waits behind it.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Clock, Disposer } from '../base/index.ts'

export interface WatchOptions<Value> {
  /** Calls `changed` whenever the value may have become another. Called before the first read, so no change is missed. */
  subscribe: (changed: () => void) => Disposer
  read: () => Value | Promise<Value>
  /** Ends the stream, quietly. */
  signal: AbortSignal | undefined
  /**
   * One value in so many ms in the long run; without it every change is shown as soon as it is asked for. `burst`: as many
   * more may come at once after a rest, so that what happens rarely is seen as it happens. Left out: none.
   */
  pace?: { clock: Clock, minIntervalMs: number, burst?: number }
}

/** The present value, then each other one. Values that are deeply equal to the one before are left out. */
export async function* watchValue<Value>(options: WatchOptions<Value>): AsyncGenerator<Value, void> {
  let shown: { value: Value } | undefined
  for await (const value of reads(options)) {
    if (shown !== undefined && isDeepStrictEqual(shown.value, value)) continue
    shown = { value }
    yield value
  }
}

/** What keeps a list current on the other side; the contract's list events. */
export type ListEvent<Item, Key> =
  | { kind: 'all', items: Item[] }
  | { kind: 'put', item: Item }
  | { kind: 'gone', key: Key }

export interface WatchListOptions<Item, Key> extends WatchOptions<readonly Item[]> {
  keyOf: (item: Item) => Key
}

/** All items, then each one that is new, different or gone. */
export async function* watchList<Item, Key>(options: WatchListOptions<Item, Key>): AsyncGenerator<ListEvent<Item, Key>, void> {
  let shown: ReadonlyMap<Key, Item> | undefined
  for await (const items of reads(options)) {
    const next = new Map(items.map((item) => [options.keyOf(item), item]))
    if (shown === undefined) yield { kind: 'all', items: [...next.values()] }
    else yield* listChanges(shown, next)
    shown = next
  }
}

/** What turns `before` into `after`. */
export function listChanges<Item, Key>(before: ReadonlyMap<Key, Item>, after: ReadonlyMap<Key, Item>): ListEvent<Item, Key>[] {
  const gone = [...before.keys()].filter((key) => !after.has(key)).map((key) => ({ kind: 'gone' as const, key }))
  const put = [...after].filter(([key, item]) => !before.has(key) || !isDeepStrictEqual(before.get(key), item))
  return [...gone, ...put.map(([, item]) => ({ kind: 'put' as const, item }))]
}

/** One read now, and one after any number of changes since the last; until the signal aborts. */
async function* reads<Value>({ subscribe, read, signal, pace }: WatchOptions<Value>): AsyncGenerator<Value, void> {
  const wakeUp = createWakeUp()
  const unsubscribe = subscribe(wakeUp.wake)
  const pause = pace === undefined ? null : createPause(pace, signal)
  signal?.addEventListener('abort', wakeUp.wake)
  try {
    while (!isAborted(signal)) {
      wakeUp.reset()
      yield await read()
      await pause?.()
      await wakeUp.woken()
    }
  } finally {
    signal?.removeEventListener('abort', wakeUp.wake)
    unsubscribe()
  }
}

/** A bell that stays rung until it is reset. */
function createWakeUp(): { wake: () => void, reset: () => void, woken: () => Promise<void> } {
  let bell = Promise.withResolvers<undefined>()
  return {
    wake: () => bell.resolve(undefined),
    reset: () => { bell = Promise.withResolvers() },
    woken: () => bell.promise,
  }
}

/** Waits after each value, unless there were fewer than may come. */
function createPause({ clock, minIntervalMs, burst = 0 }: NonNullable<WatchOptions<unknown>['pace']>, signal: AbortSignal | undefined): () => Promise<void> {
  let credit = burst
  let countedAtMs = clock.monotonicMs()
  return async () => {
    const nowMs = clock.monotonicMs()
    credit = Math.min(burst, credit + (nowMs - countedAtMs) / minIntervalMs)
    countedAtMs = nowMs
    if (credit >= 1) {
      credit--
      return
    }
    try {
      await clock.sleep(minIntervalMs, signal)
    } catch (error) {
      if (!isAborted(signal)) throw error
    }
    // the wait has paid for the value before it
    countedAtMs = clock.monotonicMs()
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}
