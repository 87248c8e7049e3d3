import { implement } from '@orpc/server'
import { api } from '../../../contract/api.ts'
import type { NodeStatus } from '../../../contract/nouns/node.ts'
import type { Abuse } from '../../abuse/types.ts'
import type { ActivityLog } from '../../activity/index.ts'
import type { Clock, Disposer, EventBus, ServiceEvents } from '../../base/index.ts'
import type { Capacity } from '../../capacity/types.ts'
import type { Deployments } from '../../deployments/types.ts'
import type { EngineHost } from '../../engine/types.ts'
import type { EngineSetup } from '../../engine-setup/types.ts'
import type { HealthFacts } from '../../health/types.ts'
import type { Images } from '../../images/types.ts'
import type { Ingress } from '../../ingress/types.ts'
import type { Ledger } from '../../ledger/types.ts'
import type { Leases, Market } from '../../market/types.ts'
import type { OnboardingPart } from '../../onboarding/types.ts'
import type { Network } from '../../network/types.ts'
import type { Updates } from '../../updates/types.ts'
import type { Watchdog } from '../../watchdog/types.ts'
import type { Workloads } from '../../workloads/types.ts'

/** What the handlers speak for. */
export interface HandlerDeps {
  clock: Clock
  bus: EventBus<ServiceEvents>
  abuse: Abuse
  activity: ActivityLog
  engine: EngineHost
  engineSetup: EngineSetup
  network: Network
  capacity: Capacity
  images: Images
  leases: Leases
  market: Market
  ledger: Ledger
  workloads: Workloads
  watchdog: Watchdog
  deployments: Deployments
  ingress: Ingress
  onboarding: OnboardingPart
  updates: Updates
  status: () => NodeStatus
  /** Guest apps that are here now. */
  guestCount: () => number
  healthFacts: () => Promise<HealthFacts>
  dashboardUrl: () => string | null
  /** Begins an orderly stop; guests go on running. */
  requestStop: () => void
}

export const os = implement(api)

/** Fires when any of these events does. */
export function onEvents(bus: EventBus<ServiceEvents>, names: readonly (keyof ServiceEvents)[]): (changed: () => void) => Disposer {
  return (changed) => {
    const stops = names.map((name) => bus.subscribe(name, changed))
    return () => { for (const stop of stops) stop() }
  }
}

/** Fires also every so often, for values that time alone changes. */
export function onEventsAndTime(deps: Pick<HandlerDeps, 'bus' | 'clock'>, names: readonly (keyof ServiceEvents)[], everyMs: number): (changed: () => void) => Disposer {
  return (changed) => {
    const stop = onEvents(deps.bus, names)(changed)
    let cancel = deps.clock.after(everyMs, tick)
    function tick(): void {
      changed()
      cancel = deps.clock.after(everyMs, tick)
    }
    return () => {
      cancel()
      stop()
    }
  }
}
