import type { Clock } from '../base/index.ts'
import { freeWritesOf } from '../engine/index.ts'
import { EngineLine } from './engine-line.ts'
import { addDeeds, type Deed } from './journal.ts'
import { readOrders } from './orders.ts'
import { patrol, type Step } from './patrol.ts'

const callDeadlineMs = 10_000

/**
 * One round: reads the orders anew, and does what they ask for now. False: there is nothing left to watch over.
 *
 * @param program who is asking: orders for another program end this one.
 */
export async function watchOnce(dataDir: string, program: string, clock: Clock): Promise<boolean> {
  const orders = readOrders(dataDir)
  if (orders?.program !== program || orders.bootId !== clock.bootId || orders.leases.length === 0) return false
  const nowMs = clock.monotonicMs()
  // the engine is asked only when a time has come: most rounds cost one small file
  if (!orders.leases.some((lease) => lease.endAtMs <= nowMs || (lease.freezeAtMs !== null && lease.freezeAtMs <= nowMs))) return true
  const line = new EngineLine(orders.engine, clock, callDeadlineMs)
  const containers = await line.list(orders.node)
  const steps = patrol(orders, containers, { monotonicMs: nowMs, bootId: clock.bootId })
  await freeWritesOf(steps.map(({ containerId }) => containerId))
  const results = await Promise.allSettled(steps.map(async (step) => {
    const container = containers.find(({ id }) => id === step.containerId)
    if (container !== undefined) await (step.kind === 'pause' ? line.pause(step.containerId) : line.kill(container))
    return step
  }))
  const done = results.flatMap((result) => result.status === 'fulfilled' ? [result.value] : [])
  addDeeds(dataDir, deedsOf(done, clock))
  return true
}

/** One deed for each lease, however many containers it has. */
function deedsOf(steps: readonly Step[], clock: Clock): Deed[] {
  const byLease = new Map(steps.map((step) => [step.leaseId, step.kind]))
  return [...byLease].map(([leaseId, kind]) => ({
    leaseId, kind: kind === 'pause' ? 'frozen' : 'ended', atMonotonicMs: clock.monotonicMs(), bootId: clock.bootId, atMs: clock.nowMs(),
  }))
}
