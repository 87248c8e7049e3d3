/**
 * Asking hosts for a price. Two questions may be open: what all hosts say, which fills the table, and what the hosts say
 * that a person picked, which gives the total.
 */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { DeployOptions, ManifestBundle, QuoteReport } from '../../contract/nouns/deployment.ts'
import { reportOf } from '../api/errors.ts'
import type { FeedNeeds } from './feed.ts'

export type Quotes = QuoteReport & { asked: number; answered: number }

/** idle ──ask──► asking ──reports──► done; failed keeps the last report. */
export type QuoteState =
  | { kind: 'idle' }
  | { kind: 'asking'; report: Quotes | null }
  | { kind: 'done'; report: Quotes }
  | { kind: 'failed'; error: ErrorReport; report: Quotes | null }

export interface Asking {
  readonly store: StoreApi<QuoteState>
  ask: (bundle: ManifestBundle, options: DeployOptions) => void
  /** Whether this very question was asked last: going back and forth does not ask again. */
  isAbout: (bundle: ManifestBundle, options: DeployOptions) => boolean
  stop: () => void
}

export function quotesOf(state: QuoteState): Quotes | null {
  return state.kind === 'idle' ? null : state.report
}

export function createAsking(needs: Pick<FeedNeeds, 'connection'>, initial: QuoteState = { kind: 'idle' }): Asking {
  const store = createStore<QuoteState>(() => initial)
  let current: AbortController | null = null
  let question: string | null = null

  async function run(bundle: ManifestBundle, options: DeployOptions, signal: AbortSignal) {
    let report: Quotes | null = null
    store.setState({ kind: 'asking', report }, true)
    try {
      for await (const next of await needs.connection.client().deployments.quote({ bundle, options }, { signal })) {
        if (signal.aborted) return
        report = next
        store.setState({ kind: 'asking', report }, true)
      }
      if (signal.aborted) return
      if (report !== null) store.setState({ kind: 'done', report }, true)
    } catch (error) {
      if (!signal.aborted) store.setState({ kind: 'failed', error: reportOf(error), report }, true)
    }
  }

  return {
    store,
    ask(bundle, options) {
      current?.abort()
      current = new AbortController()
      question = questionOf(bundle, options)
      void run(bundle, options, current.signal)
    },
    isAbout: (bundle, options) => question === questionOf(bundle, options),
    stop() {
      current?.abort()
      question = null
      store.setState({ kind: 'idle' }, true)
    },
  }
}

function questionOf(bundle: ManifestBundle, options: DeployOptions): string {
  return JSON.stringify([bundle, options], (_key, value: unknown) => typeof value === 'bigint' ? `${value}` : value)
}
