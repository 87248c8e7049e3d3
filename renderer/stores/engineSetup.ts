/** Getting an engine: what was found and what would be done, asked when somebody looks; and the setup under way, followed. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { FoundEngine, SetupPlan, SetupRun } from '../../contract/nouns/engine-setup.ts'
import { reportOf } from '../api/errors.ts'
import type { Client } from '../api/types.ts'
import type { FeedNeeds } from './feed.ts'

export interface EngineSetupState {
  /** Null until the first answer. */
  found: { engines: readonly FoundEngine[]; plan: SetupPlan } | null
  looking: boolean
  /** The setup under way, or the last one; null: never any. */
  run: SetupRun | null
  /** News of `run` come in. */
  following: boolean
  /** Why looking or the last order failed. */
  problem: ErrorReport | null
}

export interface EngineSetupStore {
  readonly store: StoreApi<EngineSetupState>
  /** Looks at this computer again, and goes on following what is under way. */
  look(): Promise<void>
  /** Does what the plan says that was shown. */
  carryOut(planId: string): Promise<void>
  start(): Promise<void>
  undo(): Promise<void>
  cancel(): Promise<void>
}

export const unseen: EngineSetupState = { found: null, looking: false, run: null, following: false, problem: null }

export function isUnderWay(run: SetupRun | null): boolean {
  return run !== null && (run.state === 'running' || run.state === 'waiting-for-consent')
}

export function createEngineSetup(needs: Pick<FeedNeeds, 'connection'>, initial: EngineSetupState = unseen): EngineSetupStore {
  const store = createStore<EngineSetupState>(() => initial)

  async function look() {
    if (store.getState().looking) return
    store.setState({ looking: true, problem: null })
    try {
      const client = needs.connection.client()
      const [engines, plan, last] = await Promise.all([client.engine.list(), client.engine.plan({ example: null }), client.engine.last()])
      store.setState({ looking: false, found: { engines, plan }, ...!store.getState().following && { run: last } })
      if (last !== null && isUnderWay(last)) void follow((again) => last.kind === 'undo' ? again.engine.undo() : again.engine.setup({ planId: last.planId }))
    } catch (error) {
      store.setState({ looking: false, problem: reportOf(error) })
    }
  }

  async function follow(open: (client: Client) => Promise<AsyncIterable<SetupRun>>) {
    if (store.getState().following) return
    store.setState({ following: true, problem: null })
    try {
      for await (const run of await open(needs.connection.client())) store.setState({ run })
      store.setState({ following: false })
      await look()
    } catch (error) {
      store.setState({ following: false, problem: reportOf(error) })
    }
  }

  return {
    store,
    look,
    carryOut: (planId) => follow((client) => client.engine.setup({ planId })),
    start: () => follow((client) => client.engine.start()),
    undo: () => follow((client) => client.engine.undo()),
    async cancel() {
      try {
        await needs.connection.client().engine.cancel()
      } catch (error) {
        store.setState({ problem: reportOf(error) })
      }
    },
  }
}
