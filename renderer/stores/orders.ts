/** Orders to the service: which are under way, so that two buttons for one thing agree, and how each ended. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import { reportOf } from '../api/errors.ts'
import type { Client } from '../api/types.ts'
import type { FeedNeeds } from './feed.ts'

export type Outcome<Result> = { ok: true; value: Result } | { ok: false; error: ErrorReport }

export interface Orders {
  /** The keys of the orders that are under way. */
  readonly store: StoreApi<ReadonlySet<string>>
  /** Never rejects. */
  give<Result>(key: string, run: (client: Client) => Promise<Result>): Promise<Outcome<Result>>
}

export function createOrders(needs: Pick<FeedNeeds, 'connection'>): Orders {
  const store = createStore<ReadonlySet<string>>(() => new Set())
  return {
    store,
    async give(key, run) {
      store.setState(new Set(store.getState()).add(key), true)
      try {
        return { ok: true, value: await run(needs.connection.client()) }
      } catch (error) {
        return { ok: false, error: reportOf(error) }
      } finally {
        store.setState(new Set([...store.getState()].filter((other) => other !== key)), true)
      }
    },
  }
}
