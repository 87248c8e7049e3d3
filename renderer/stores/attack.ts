/** The attack on this computer from inside a guest of its own: made only when somebody asks for it. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { AttackFinding } from '../../contract/nouns/node.ts'
import { reportOf } from '../api/errors.ts'
import type { FeedNeeds } from './feed.ts'

export type AttackState =
  | { kind: 'untried' }
  | { kind: 'trying' }
  | { kind: 'tried'; findings: readonly AttackFinding[] }
  | { kind: 'failed'; error: ErrorReport }

export interface Attack {
  readonly store: StoreApi<AttackState>
  run(): Promise<void>
}

export function createAttack(needs: Pick<FeedNeeds, 'connection'>, initial: AttackState = { kind: 'untried' }): Attack {
  const store = createStore<AttackState>(() => initial)
  return {
    store,
    async run() {
      if (store.getState().kind === 'trying') return
      store.setState({ kind: 'trying' }, true)
      try {
        store.setState({ kind: 'tried', findings: await needs.connection.client().doctor.attack() }, true)
      } catch (error) {
        store.setState({ kind: 'failed', error: reportOf(error) }, true)
      }
    },
  }
}
