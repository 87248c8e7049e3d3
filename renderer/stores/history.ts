/** Activity further back than what is kept live: asked for page by page, when somebody looks that far. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { Activity } from '../../contract/nouns/node.ts'
import { reportOf } from '../api/errors.ts'
import type { FeedNeeds } from './feed.ts'

export type HistoryState =
  | { kind: 'loading' }
  | { kind: 'known'; lines: readonly Activity[] }
  | { kind: 'failed'; error: ErrorReport; lines: readonly Activity[] }

export interface History {
  readonly store: StoreApi<HistoryState>
  /** Reads back to a moment. */
  readTo(sinceMs: number): Promise<void>
}

const pageSize = 500
/** As many pages as one look reads. */
const pagesAtMost = 10

export function historyOf(state: HistoryState): readonly Activity[] {
  return state.kind === 'loading' ? [] : state.lines
}

export function createHistory(needs: Pick<FeedNeeds, 'connection'>, initial: HistoryState = { kind: 'loading' }): History {
  const store = createStore<HistoryState>(() => initial)
  return {
    store,
    async readTo(sinceMs) {
      let lines: Activity[] = []
      try {
        const client = needs.connection.client()
        for (let page = 0; page < pagesAtMost; page++) {
          const more = await client.activity.list({ beforeSeq: lines.at(-1)?.seq ?? null, limit: pageSize })
          lines = [...lines, ...more]
          if (more.length < pageSize || (lines.at(-1)?.atMs ?? 0) < sinceMs) break
        }
        store.setState({ kind: 'known', lines }, true)
      } catch (error) {
        store.setState({ kind: 'failed', error: reportOf(error), lines: historyOf(store.getState()) }, true)
      }
    },
  }
}
