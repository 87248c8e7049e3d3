/**
 * What goes on when the service does not: orders left behind, a program that follows them, and an end to everything.
 */
import type { PanicReport } from '../../contract/nouns/panic.ts'
import type { BaseDeps, EventBus, ServiceEvents, Startable } from '../base/index.ts'
import type { Capacity } from '../capacity/types.ts'
import type { Database } from '../database/index.ts'
import type { EngineHost } from '../engine/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Leases } from '../market/index.ts'
import type { Metering } from '../metering/index.ts'

export interface WatchdogDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  capacity: Capacity
  engine: EngineHost
  leases: Leases
  metering: Metering
  ledger: Ledger
  nodeId: string
  dataDir: string
  /** What to start: a program and its arguments before the data directory's. Null: nothing is started (tests, engines in memory). */
  program: readonly string[] | null
}

export interface Watchdog extends Startable {
  /**
   * Turns sharing off, ends every guest's lease, and kills what they run: by the engine or, when that hangs, by the
   * operating system. Over within five seconds; the report says what could not be done.
   */
  stopEverything(): Promise<PanicReport>
  /** Writes the orders now. */
  settle(): Promise<void>
}
