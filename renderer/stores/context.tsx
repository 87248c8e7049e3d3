import { createContext, use } from 'react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { FeedState } from './feed.ts'
import { knownValue } from './feed.ts'
import type { Stores } from './index.ts'

const StoresContext = createContext<Stores | null>(null)

export function StoresProvider({ stores, children }: { stores: Stores; children: ReactNode }) {
  return <StoresContext value={stores}>{children}</StoresContext>
}

export function useStores(): Stores {
  const stores = use(StoresContext)
  if (stores === null) throw new Error('useStores needs a StoresProvider')
  return stores
}

type FeedName = 'node' | 'share' | 'guests' | 'earnings' | 'deployments' | 'activity' | 'onboarding' | 'use' | 'updates'
type ValueOf<Name extends FeedName> = Stores[Name]['store'] extends { getState(): FeedState<infer Value> } ? Value : never

/** The state of one noun. */
export function useFeed<Name extends FeedName>(name: Name): FeedState<ValueOf<Name>> {
  return useStore(useStores()[name].store) as FeedState<ValueOf<Name>>
}

/** What is known of one noun, or null. */
export function useKnown<Name extends FeedName>(name: Name): ValueOf<Name> | null {
  return knownValue(useFeed(name))
}
