import type { Recorded } from '../recorded.ts'

/** A machine of some kind and what it answered, to try recipes on and to show them. */
export interface Example {
  /** As it is named on the command line. */
  name: string
  title: string
  recorded: Recorded
}
