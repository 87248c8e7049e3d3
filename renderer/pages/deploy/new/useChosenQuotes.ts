import { useStore } from 'zustand'
import { useStores } from '../../../stores/context.tsx'
import { quotesOf } from '../../../stores/quotes.ts'
import type { Quotes } from '../../../stores/quotes.ts'

/** The answer that counts: that of the picked hosts when there are any, else that of all. Settled: no more will come. */
export function useChosenQuotes(): { report: Quotes | null; settled: boolean } {
  const { draft, allQuotes, pickedQuotes } = useStores()
  const picked = useStore(draft.store, ({ hosts }) => hosts)
  const all = useStore(allQuotes.store)
  const some = useStore(pickedQuotes.store)
  if (picked?.length === 0) return { report: null, settled: true }
  const state = picked === null ? all : some
  return { report: quotesOf(state), settled: state.kind === 'done' }
}
