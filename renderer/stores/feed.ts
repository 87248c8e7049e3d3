/**
 * A feed is one noun of the API as this page knows it, kept current by one stream.
 *
 *     loading ──first item──► live ⇄ stale      (the service went away, and came back)
 *        └──────failed◄──────────┴──────┘       (the service says why; what came before stays)
 */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import { follow } from '../api/follow.ts'
import type { Sink } from '../api/follow.ts'
import type { Client, Connection } from '../api/types.ts'
import type { Clock } from '../base/clock.ts'

export type FeedState<Value> =
  | { kind: 'loading' }
  | { kind: 'live'; value: Value }
  | { kind: 'stale'; value: Value }
  | { kind: 'failed'; error: ErrorReport; value: Value | null }

export interface Feed<Value> {
  readonly store: StoreApi<FeedState<Value>>
  /** Begins to listen. Returns the end of it. */
  start(): () => void
}

export interface FeedNeeds {
  connection: Connection
  clock: Clock
}

/** What is known, whatever the state; null when nothing is. */
export function knownValue<Value>(state: FeedState<Value>): Value | null {
  return state.kind === 'loading' ? null : state.value
}

/** A feed whose stream brings items that `reduce` folds into the value; `null` stands for no value yet. */
export function createFeed<Item, Value>(needs: FeedNeeds, options: {
  open: (client: Client, signal: AbortSignal) => Promise<AsyncIterable<Item>>
  reduce: (before: Value | null, item: Item) => Value
  initial?: FeedState<Value>
}): Feed<Value> {
  const store = createStore<FeedState<Value>>(() => options.initial ?? { kind: 'loading' })
  const sink: Sink<Item> = {
    item(item) {
      store.setState({ kind: 'live', value: options.reduce(knownValue(store.getState()), item) }, true)
    },
    away() {
      const value = knownValue(store.getState())
      store.setState(value === null ? { kind: 'loading' } : { kind: 'stale', value }, true)
    },
    failed(error) {
      store.setState({ kind: 'failed', error, value: knownValue(store.getState()) }, true)
    },
  }
  return { store, start: () => follow(needs, { open: options.open, sink, again: true }) }
}

/** A stream that sends the whole value each time. */
export function latest<Value>(_before: Value | null, item: Value): Value {
  return item
}

export type ListEvent<Item, Key> = { kind: 'all'; items: Item[] } | { kind: 'put'; item: Item } | { kind: 'gone'; key: Key }

/** A stream that sends a list first and then what changed in it. The order is that of arrival. */
export function listOf<Item, Key>(keyOf: (item: Item) => Key) {
  return (before: readonly Item[] | null, event: ListEvent<Item, Key>): readonly Item[] => {
    const items = before ?? []
    switch (event.kind) {
      case 'all': return event.items
      case 'gone': return items.filter((item) => keyOf(item) !== event.key)
      case 'put': {
        const key = keyOf(event.item)
        return items.some((item) => keyOf(item) === key)
          ? items.map((item) => keyOf(item) === key ? event.item : item)
          : [...items, event.item]
      }
    }
  }
}
