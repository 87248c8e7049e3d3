/** Getting an engine, as the rest of the service sees it. */
import type { FoundEngine, SetupPlan, SetupRun } from '../../contract/nouns/engine-setup.ts'

export interface EngineSetup {
  /** Every engine of this machine with its state. */
  list(signal?: AbortSignal): Promise<FoundEngine[]>
  /** What getting an engine would do; with `example`, on that kind of machine. E_NOT_FOUND for an unknown example. */
  plan(example: string | null, signal?: AbortSignal): Promise<SetupPlan>
  examples(): { name: string, title: string }[]
  /** The run under way, or the last one that was begun; null: never any. */
  last(): SetupRun | null
  /**
   * Does exactly what `planId` names, or goes on with it. Gives the present state and each change until it ends, and goes
   * on when the reader leaves. E_CONFLICT when the plan is another by now or something else is under way; E_BUSY when
   * another program does it.
   */
  setup(planId: string): AsyncIterable<SetupRun>
  start(): AsyncIterable<SetupRun>
  /** E_NOT_FOUND when nothing was installed here by us. */
  undo(): AsyncIterable<SetupRun>
  /** Ends what is under way as soon as it can be ended; resolves then. */
  cancel(): Promise<void>
}
