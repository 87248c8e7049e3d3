/**
 * What to do about a deployment's copies, decided from one look at them. Pure.
 */
import { abuseReasonCodes, isOwnerReason, type Reason, type ReasonCode } from '../../contract/reasons.ts'
import type { DeploymentView, ReplicaAction, ReplicaView } from './types.ts'

/** Ends that would be the same on any host: the owner must look. */
const finalReasons: readonly ReasonCode[] = ['image-not-found', 'app-exited', 'dependency-failed', 'budget', 'tenant-closed', ...abuseReasonCodes]
/** Ends that pass by themselves: it is tried for as long as it takes. */
const passingReasons: readonly ReasonCode[] = ['image-unreachable']
/** So many leases in a row that never ran, then the owner must look. */
const maxFailures = 6
const firstPauseMs = 1_000
const maxPauseMs = 60_000
/** A lease whose answer never came is asked after when its host has had time to think, ms. */
const settleAfterMs = 5_000

export function plan(view: DeploymentView): ReplicaAction[] {
  return view.replicas.flatMap((replica) => planReplica(view, replica) ?? [])
}

function planReplica(view: DeploymentView, replica: ReplicaView): ReplicaAction | null {
  const { index, state } = replica
  switch (state.kind) {
    case 'failed':
      return null
    case 'waiting':
      return !view.removing && state.notBeforeMs <= view.nowMs ? { kind: 'lease', index } : null
    case 'leased':
      return planLeased(view, replica, state.leaseId, state.failures)
  }
}

function planLeased(view: DeploymentView, replica: ReplicaView, leaseId: string, failures: number): ReplicaAction | null {
  const { index, phase, silentMs } = replica
  if (phase === null) return { kind: 'wait', index, reason: { code: 'failed', detail: 'Its lease is gone.' }, failures: failures + 1, notBeforeMs: view.nowMs }
  if ('endedAtMs' in phase) return view.removing ? null : afterEnd(view, replica, phase.reason, failures)
  if (view.removing) return { kind: 'close', index, leaseId, reason: { code: 'tenant-closed' }, again: false }
  if (replica.isBudgetUsed) return { kind: 'close', index, leaseId, reason: { code: 'budget' }, again: false }
  if (silentMs > view.graceMs) {
    return { kind: 'close', index, leaseId, reason: { code: 'provider-gone', detail: `It has not answered for ${Math.round(silentMs / 1000)} s.` }, again: true }
  }
  if (phase.state === 'suspended' && isOwnerReason(phase.reason) && replica.asleepMs > view.graceMs) {
    return { kind: 'move', index, leaseId, reason: { code: 'asleep-too-long', detail: `It slept for ${Math.round(replica.asleepMs / 1000)} s (${phase.reason.code}).` } }
  }
  if (phase.state === 'proposed' && silentMs <= settleAfterMs) return { kind: 'settle', index, leaseId }
  return null
}

/** What follows when a copy's lease is over. */
function afterEnd(view: DeploymentView, replica: ReplicaView, reason: Reason, failures: number): ReplicaAction {
  const { index } = replica
  if (finalReasons.includes(reason.code)) return { kind: 'fail', index, reason }
  const next = failures + 1
  if (next >= maxFailures && !passingReasons.includes(reason.code)) return { kind: 'fail', index, reason }
  // the first replacement is immediate: only repeated failures are made to wait
  const pauseMs = next <= 1 ? 0 : Math.min(maxPauseMs, firstPauseMs * 2 ** Math.min(next - 2, 10))
  return { kind: 'wait', index, reason, failures: next, notBeforeMs: view.nowMs + pauseMs }
}
