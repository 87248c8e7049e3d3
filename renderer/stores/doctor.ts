/** What `doctor` found: asked for once when Home is first seen, and again when a person wants to know. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { DoctorFinding } from '../../contract/nouns/node.ts'
import { reportOf } from '../api/errors.ts'
import type { FeedNeeds } from './feed.ts'

export type DoctorState =
  | { kind: 'unasked' }
  | { kind: 'checking'; findings: readonly DoctorFinding[] }
  | { kind: 'checked'; findings: readonly DoctorFinding[] }
  | { kind: 'failed'; error: ErrorReport; findings: readonly DoctorFinding[] }

export interface Doctor {
  readonly store: StoreApi<DoctorState>
  run(): Promise<void>
}

export function findingsOf(state: DoctorState): readonly DoctorFinding[] {
  return state.kind === 'unasked' ? [] : state.findings
}

export function createDoctor(needs: Pick<FeedNeeds, 'connection'>, initial: DoctorState = { kind: 'unasked' }): Doctor {
  const store = createStore<DoctorState>(() => initial)
  return {
    store,
    async run() {
      if (store.getState().kind === 'checking') return
      const findings = findingsOf(store.getState())
      store.setState({ kind: 'checking', findings }, true)
      try {
        store.setState({ kind: 'checked', findings: await needs.connection.client().doctor.run() }, true)
      } catch (error) {
        store.setState({ kind: 'failed', error: reportOf(error), findings }, true)
      }
    },
  }
}
