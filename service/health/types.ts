import type { ErrorCode } from '../../contract/errors.ts'
import type { DoctorFinding, EngineStatus } from '../../contract/nouns/node.ts'

/** What checks are made from. Null: could not be looked at, because no service runs. */
export interface HealthFacts {
  nodeVersion: string
  engine: EngineStatus
  dataDir: { path: string, problem: { code: ErrorCode, message: string, fix: string } | null }
  freeDiskMiB: number
  /** Pid of the running service; null: none runs. */
  servicePid: number | null
  network: { addresses: readonly string[], connectedPeers: number } | null
  /** What is remembered of newer versions, where that is damaged; null: it is not. */
  updates: { message: string, fix: string } | null
  /** How far this clock is from those of others, ms; null: nobody to compare with. */
  clockSkewMs: number | null
}

/** One sentence about one thing, with what to do when it is not well. Pure. */
export type Check = (facts: HealthFacts) => DoctorFinding | null
