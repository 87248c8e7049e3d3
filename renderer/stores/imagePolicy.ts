/** Which images the owner accepts: asked for when somebody looks, and told anew by each change. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { ImagePolicy } from '../../contract/nouns/images.ts'
import { reportOf } from '../api/errors.ts'
import type { FeedNeeds } from './feed.ts'

export type ImagePolicyState =
  | { kind: 'loading' }
  | { kind: 'known'; policy: ImagePolicy }
  | { kind: 'failed'; error: ErrorReport; policy: ImagePolicy | null }

export interface ImagePolicyStore {
  readonly store: StoreApi<ImagePolicyState>
  look(): Promise<void>
  /** What an order answered. */
  put(policy: ImagePolicy): void
}

export function policyOf(state: ImagePolicyState): ImagePolicy | null {
  return state.kind === 'loading' ? null : state.policy
}

export function createImagePolicy(needs: Pick<FeedNeeds, 'connection'>, initial: ImagePolicyState = { kind: 'loading' }): ImagePolicyStore {
  const store = createStore<ImagePolicyState>(() => initial)
  const put = (policy: ImagePolicy) => store.setState({ kind: 'known', policy }, true)
  return {
    store,
    put,
    async look() {
      try {
        put(await needs.connection.client().images.policy())
      } catch (error) {
        store.setState({ kind: 'failed', error: reportOf(error), policy: policyOf(store.getState()) }, true)
      }
    },
  }
}
