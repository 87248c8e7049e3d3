import type { EngineContainer } from './engine-line.ts'
import type { Orders } from './orders.ts'

/** What to do to one container. */
export interface Step {
  kind: 'pause' | 'kill'
  leaseId: string
  containerId: string
}

/**
 * What the orders ask for now. Pure. Orders of another boot ask for nothing: what they were about ended with it.
 */
export function patrol(orders: Orders, containers: readonly EngineContainer[], now: { monotonicMs: number, bootId: string }): Step[] {
  if (orders.bootId !== now.bootId) return []
  return orders.leases.flatMap((lease): Step[] => {
    const alive = containers.filter((container) => container.leaseId === lease.leaseId && container.state !== 'gone')
    if (lease.endAtMs <= now.monotonicMs) return alive.map((container) => ({ kind: 'kill', leaseId: lease.leaseId, containerId: container.id }))
    if (lease.freezeAtMs === null || lease.freezeAtMs > now.monotonicMs) return []
    return alive.filter((container) => container.state === 'running').map((container) => ({ kind: 'pause', leaseId: lease.leaseId, containerId: container.id }))
  })
}
