import type { MessagePortMain } from 'electron'
import type { ErrorReport } from '../../contract/errors.ts'

/** A service that takes calls: our own process, or one that ran before us. */
export interface RunningService {
  readonly pid: number
  /** Ours ends with the app; one that somebody else started does not. */
  readonly isOurs: boolean
  /** Resolves with why when it has ended; never rejects. */
  readonly ended: Promise<ErrorReport>
  /** The key on the disk is sealed; null: not known of a service that is not ours. */
  isSealed(): boolean | null
  /** Seals it with this key, or, null, takes the seal off. */
  seal(sealKey: string | null): Promise<unknown>
  /** Serves the API on this port until it closes. */
  connect(port: MessagePortMain): void
  /** Ours is asked to stop in order; of another one we only let go. */
  stop(): void
}

/**
 * Starts one, or attaches to one that runs. Rejects with a `DepinError`; nothing is left running then.
 *
 * @param quit the app quits: a start is given up.
 * @param force there is no more time: one of ours, started or not, is ended at once.
 */
export type OpenService = (quit: AbortSignal, force: AbortSignal) => Promise<RunningService>
