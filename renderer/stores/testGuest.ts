/** The test guest: begun when the owner asks for it, and followed while somebody looks. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { TestGuest } from '../../contract/nouns/onboarding.ts'
import { reportOf } from '../api/errors.ts'
import type { FeedNeeds } from './feed.ts'

export interface TestGuestState {
  /** Null: never any since the service started, or not asked yet. */
  run: TestGuest | null
  following: boolean
  /** Why it could not be begun or followed. */
  problem: ErrorReport | null
}

export interface TestGuestStore {
  readonly store: StoreApi<TestGuestState>
  /** Finds the one under way, or the last. */
  look(): Promise<void>
  begin(): Promise<void>
}

export function createTestGuest(needs: Pick<FeedNeeds, 'connection'>, initial: TestGuestState = { run: null, following: false, problem: null }): TestGuestStore {
  const store = createStore<TestGuestState>(() => initial)

  async function begin() {
    if (store.getState().following) return
    store.setState({ following: true, problem: null })
    try {
      for await (const run of await needs.connection.client().onboarding.testGuest()) store.setState({ run })
      store.setState({ following: false })
    } catch (error) {
      store.setState({ following: false, problem: reportOf(error) })
    }
  }

  return {
    store,
    begin,
    async look() {
      try {
        const run = await needs.connection.client().onboarding.lastTest()
        if (store.getState().following) return
        store.setState({ run })
        if (run?.state === 'running') void begin()
      } catch {
        // nothing was asked for; whoever begins one hears what is wrong
      }
    },
  }
}
