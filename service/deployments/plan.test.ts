import { describe, expect, it } from 'vitest'
import type { ReasonCode } from '../../contract/reasons.ts'
import type { LeasePhase } from '../market/index.ts'
import { plan } from './plan.ts'
import type { DeploymentView, ReplicaView } from './types.ts'

const nowMs = 1_000_000
const leased = (failures = 0): ReplicaView['state'] => ({ kind: 'leased', leaseId: 'lease', provider: 'p', label: 'p', region: null, failures })
const running: LeasePhase = { state: 'running' }
const over = (code: ReasonCode): LeasePhase => ({ state: 'terminated', reason: { code }, endedAtMs: nowMs })

function decide(replica: Partial<ReplicaView>, view: Partial<DeploymentView> = {}) {
  return plan({ removing: false, graceMs: 30_000, nowMs, replicas: [{ index: 0, state: leased(), phase: running, silentMs: 0, asleepMs: 0, isBudgetUsed: false, ...replica }], ...view })
}

describe('a copy', () => {
  it('that runs is left alone', () => expect(decide({})).toEqual([]))

  it('that waits is leased when its time has come', () => {
    const waiting = (notBeforeMs: number): ReplicaView['state'] => ({ kind: 'waiting', reason: null, failures: 0, notBeforeMs })
    expect(decide({ state: waiting(nowMs), phase: null })).toEqual([{ kind: 'lease', index: 0 }])
    expect(decide({ state: waiting(nowMs + 1), phase: null })).toEqual([])
  })

  it('whose host is silent moves only after the grace: silence before that is not an end', () => {
    expect(decide({ silentMs: 30_000 })).toEqual([])
    expect(decide({ silentMs: 30_001 })).toMatchObject([{ kind: 'close', reason: { code: 'provider-gone', detail: 'It has not answered for 30 s.' }, again: true }])
    expect(decide({ silentMs: 31_000 }, { graceMs: 60_000 })).toEqual([])
  })

  it('whose host keeps it asleep looks for another place after the grace; one that sleeps unpaid does not', () => {
    const asleep = (code: ReasonCode): LeasePhase => ({ state: 'suspended', reason: { code } })
    expect(decide({ phase: asleep('power'), asleepMs: 30_000 })).toEqual([])
    expect(decide({ phase: asleep('power'), asleepMs: 30_001 })).toMatchObject([{ kind: 'move', reason: { code: 'asleep-too-long', detail: 'It slept for 30 s (power).' } }])
    expect(decide({ phase: asleep('unpaid'), asleepMs: 90_000 })).toEqual([])
  })

  it.each(['owner-ended', 'unpaid', 'engine', 'disk-full', 'image-unreachable', 'provider-lost-lease', 'rejected'] as const)('ended by “%s” goes on elsewhere, at once', (code) => {
    expect(decide({ phase: over(code) })).toEqual([{ kind: 'wait', index: 0, reason: { code }, failures: 1, notBeforeMs: nowMs }])
  })

  it.each(['image-not-found', 'app-exited', 'dependency-failed', 'budget'] as const)('ended by “%s” would end so anywhere: its owner must look', (code) => {
    expect(decide({ phase: over(code) })).toEqual([{ kind: 'fail', index: 0, reason: { code } }])
  })

  it('that fails again and again is tried ever later, and then no more', () => {
    const pauses = [1, 2, 3, 4].map((failures) => decide({ state: leased(failures), phase: over('engine') })[0])
    expect(pauses.map((action) => action?.kind === 'wait' ? action.notBeforeMs - nowMs : 'no')).toEqual([1000, 2000, 4000, 8000])
    expect(decide({ state: leased(5), phase: over('engine') })).toMatchObject([{ kind: 'fail' }])
  })

  it('is tried for as long as it takes where only the network has to come back', () => {
    expect(decide({ state: leased(50), phase: over('image-unreachable') })).toEqual([{ kind: 'wait', index: 0, reason: { code: 'image-unreachable' }, failures: 51, notBeforeMs: nowMs + 60_000 }])
  })

  it('is closed when its budget is used, and when its app is removed', () => {
    expect(decide({ isBudgetUsed: true })).toMatchObject([{ kind: 'close', reason: { code: 'budget' }, again: false }])
    expect(decide({}, { removing: true })).toMatchObject([{ kind: 'close', reason: { code: 'tenant-closed' } }])
    expect(decide({ phase: over('tenant-closed') }, { removing: true })).toEqual([])
  })

  it('whose proposal was never answered is asked after', () => {
    expect(decide({ phase: { state: 'proposed' }, silentMs: 100 })).toMatchObject([{ kind: 'settle' }])
  })
})
