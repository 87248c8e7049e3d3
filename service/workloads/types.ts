/**
 * The provider's half of running things: leases are the desired state, containers the actual one.
 */
import type { GuestSample } from '../../contract/nouns/guest.ts'
import type { Reason } from '../../contract/reasons.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import type { LeaseStatus, ServiceStatus } from '../../contract/wire/v1/protocols.ts'
import type { LeaseState } from '../../contract/nouns/lease.ts'
import type { OwnerTarget } from '../../contract/nouns/owner.ts'
import type { Abuse, Verdict } from '../abuse/types.ts'
import type { ActivityLog } from '../activity/index.ts'
import type { BaseDeps, Disposer, EventBus, ServiceEvents, Startable } from '../base/index.ts'
import type { Capacity } from '../capacity/types.ts'
import type { Database, WriteHandle } from '../database/index.ts'
import type { AttackResult } from '../engine/index.ts'
import type { ChangedLimits, ContainerInfo, EngineHost } from '../engine/types.ts'
import type { Images } from '../images/types.ts'
import type { Leases } from '../market/index.ts'
import type { Metering, MeterPhase } from '../metering/index.ts'
import type { Network } from '../network/types.ts'
import type { DiskState } from './disk/plan.ts'

/** What is remembered of one service of a lease between two looks, and across restarts of this program. */
export interface ServiceRecord {
  status: ServiceStatus
  /** Restarts that count against the app's own restart policy. */
  attempts: number
  /** The boot of the machine it was last seen alive in: what ended across a reboot ended because of it. */
  bootId: string
}

/** One look at a lease: what should be, what is, what is remembered. */
export interface LeaseView {
  leaseId: string
  state: LeaseState
  app: App
  /** What the owner lets guests do now. */
  target: OwnerTarget
  /** What it holds of the disk; null: not measured yet. */
  disk: DiskState | null
  /** What follows from what it does on the internet. */
  abuse: Verdict
  containers: ReadonlyMap<string, ContainerInfo>
  /** Services whose containers have lost their network: the guard of their pod has ended, or was started again after them. */
  cutOff: ReadonlySet<string>
  /** Services that were stopped here to be given a network again, and do not run yet: no end of their own. */
  rejoining: ReadonlySet<string>
  records: ReadonlyMap<string, ServiceRecord>
  /** Images, network and volumes are there. */
  isPrepared: boolean
  bootId: string
  /** The engine was away in this span: what ended in it did not end by itself. Wall ms; null: never. */
  engineOutage: { fromMs: number, toMs: number } | null
  nowMs: number
}

/** What a service may take of the machine now. At a start it is left out where the container has it already. */
export type HeldLimits = Required<Pick<ChangedLimits, 'cpuMilli' | 'heldBackPercent'>>

export type LeaseAction =
  /** Images, network, volumes, files. */
  | { kind: 'prepare' }
  /** Creates the service's container unless it is there, and starts it. */
  | { kind: 'start', service: string, limits?: HeldLimits }
  /** Starts an ended container again. `attempts`: restarts that now count against the app's own policy. */
  | { kind: 'restart', service: string, containerId: string, attempts: number, limits?: HeldLimits }
  /** Starts a container again that has lost its network, in a pod that is closed anew. No restart of the app's own. */
  | { kind: 'rejoin', service: string, containerId: string, limits?: HeldLimits }
  | { kind: 'pause', service: string, containerId: string }
  | { kind: 'unpause', service: string, containerId: string }
  /** Gives a container another share of the machine, while it runs. */
  | { kind: 'limit', service: string, containerId: string, limits: HeldLimits }
  /** The lease cannot go on. */
  | { kind: 'end', reason: Reason }
  /** Everything it has on this machine goes. */
  | { kind: 'teardown' }

/** What a look at a lease says to others: the tenant, the meter, the owner. */
export interface Observation {
  services: ServiceStatus[]
  meter: MeterPhase
  /** Names what runs, so that a gap in observing is not taken for a gap in running. */
  runKey: string
}

/** A service that ended by itself. */
export interface Ended {
  service: string
  containerId: string
  /** As far as it is not running again. */
  exitCode: number
  isOutOfMemory: boolean
  /** In a row. */
  times: number
  /** Wall ms; null: it runs again, since a moment ago. */
  atMs: number | null
  /** It is not started again. */
  isOver: boolean
}

export interface WorkloadStore {
  read(leaseId: string): Map<string, ServiceRecord>
  write(tx: WriteHandle, leaseId: string, records: ReadonlyMap<string, ServiceRecord>): void
  remove(tx: WriteHandle, leaseId: string): void
  leaseIds(): string[]
}

export interface WorkloadDeps extends BaseDeps {
  database: Database
  bus: EventBus<ServiceEvents>
  activity: ActivityLog
  abuse: Pick<Abuse, 'verdict' | 'onVerdict'>
  engine: EngineHost
  capacity: Capacity
  images: Pick<Images, 'bring'>
  leases: Leases
  metering: Metering
  network: Network
  nodeId: string
  /** Identities this data directory had before: what they left behind is removed. */
  formerNodeIds: readonly string[]
}

export interface Workloads extends Startable {
  /** As the tenant is told. Null when there is no such lease here. */
  status(leaseId: string): LeaseStatus | null
  /** The running container of a service that listens on this port. E_NOT_FOUND, E_LEASE_STATE. */
  target(leaseId: string, service: string, port: number): { containerId: string }
  /** Attacks this machine from inside a guest of its own. `ownPorts`: of this program, which must not answer. E_ENGINE*. */
  attack(ownPorts: readonly number[]): Promise<AttackResult[]>
  /** Waits for the attack that comes before the first guest, where one is due; its outcome is the engine's status. */
  proven(): Promise<void>
  /** Looks again as soon as possible. */
  trigger(): void
  /** What a guest used in the last hour, oldest first. */
  use(leaseId: string): readonly GuestSample[]
  /** New samples are there. */
  onUse(listener: () => void): Disposer
  /** Samples what all guests use now. For tests. */
  measureUse(): Promise<void>
  /** Looks at the disks of all guests now. For tests. */
  measureDisks(): Promise<void>
  /** One whole pass, actions included. For tests. */
  settle(): Promise<void>
}

