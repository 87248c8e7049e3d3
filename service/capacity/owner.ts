import { DepinError } from '../../contract/errors.ts'
import type { ShareSettings } from '../../contract/nouns/node.ts'
import type { Hold, HoldCause, Signals } from '../../contract/nouns/owner.ts'
import type { Clock } from '../base/index.ts'
import type { Database } from '../database/index.ts'
import { localTime } from './policy/hours.ts'
import { decide, isLiftable, lift, type OwnerDecision } from './policy/owner.ts'
import { SignalBoard } from './signals/board.ts'
import type { CapacityStore } from './types.ts'

export interface OwnerWatchDeps {
  clock: Clock
  database: Database
  store: CapacityStore
}

/** Remembers, between two looks at the signals, what held guests back and what the owner lifted. */
export class OwnerWatch {
  readonly board = new SignalBoard()
  /** Of the machine; null: not known. */
  freeDiskMiB: number | null = null
  readonly #deps: OwnerWatchDeps
  #holds: readonly Hold[]

  constructor(deps: OwnerWatchDeps) {
    this.#deps = deps
    // since when, and until when, is found out at the first look; what has ended meanwhile is not lifted any more
    this.#holds = deps.store.readLifted().map((cause) => ({ cause, allow: 'asleep', sinceMs: deps.clock.nowMs(), untilMs: null, lifted: true }))
  }

  signals(): Signals {
    return this.board.read(this.#deps.clock.nowMs())
  }

  /** What follows now. Changes nothing. */
  decision({ on, pausedUntilMs, rules }: ShareSettings): OwnerDecision {
    return decide({ nowMs: this.#deps.clock.nowMs(), local: localTime, on, pausedUntilMs, rules, signals: this.signals(), freeDiskMiB: this.freeDiskMiB, before: this.#holds })
  }

  /** The same, and remembered for the next look. */
  look(settings: ShareSettings): OwnerDecision {
    const decision = this.decision(settings)
    this.#keep(decision.holds)
    return decision
  }

  /** Lifts what may be lifted now, and returns what that was. E_CONFLICT when there is nothing. */
  lift(settings: ShareSettings): HoldCause[] {
    const { holds } = this.look(settings)
    const causes = holds.filter((hold) => isLiftable(hold.cause) && !hold.lifted).map((hold) => hold.cause)
    if (causes.length === 0) throw nothingToLift(holds.find((hold) => !hold.lifted)?.cause)
    this.#keep(lift(holds))
    return causes
  }

  /** As if these had never been lifted. */
  unlift(settings: ShareSettings, causes: readonly HoldCause[]): void {
    this.#keep(this.look(settings).holds.map((hold) => causes.includes(hold.cause) ? { ...hold, lifted: false } : hold))
  }

  #keep(holds: readonly Hold[]): void {
    const lifted = liftedOf(holds)
    if (lifted.join() !== liftedOf(this.#holds).join()) this.#deps.database.transaction((tx) => this.#deps.store.writeLifted(tx, lifted))
    this.#holds = holds
  }
}

function liftedOf(holds: readonly Hold[]): HoldCause[] {
  return holds.filter((hold) => hold.lifted).map((hold) => hold.cause).sort()
}

function nothingToLift(cause: HoldCause | undefined): DepinError {
  switch (cause) {
    case 'you': return new DepinError('E_CONFLICT', 'You paused sharing yourself.', { next: 'End the pause: depin share resume' })
    case 'hot': return new DepinError('E_CONFLICT', 'This computer is too hot to share now.', { next: 'Sharing goes on by itself once it has cooled down.' })
    case 'disk': return new DepinError('E_CONFLICT', 'The disk of this computer is nearly full.', { next: 'Sharing goes on by itself once there is room again.' })
    case 'idle': return new DepinError('E_CONFLICT', 'Guests are held back by the limit for when nobody uses this computer.', { next: 'Raise it: depin share set --while-idle 100' })
    default: return new DepinError('E_CONFLICT', 'No rule holds guests back now.', { next: 'See: depin share' })
  }
}
