import { describe, expect, it } from 'vitest'
import type { LeaseStatus, ServiceStatus } from '../../contract/wire/v1/protocols.ts'
import type { LeaseRecord } from '../market/index.ts'
import { FakeClock } from '../testing/clock.ts'
import type { DeploymentRecord, ReplicaRecord } from './types.ts'
import { type ViewDeps, viewOf } from './view.ts'

const record = { name: 'shop', createdAtMs: 0, removing: false, app: { services: [] }, placement: { copies: 1, graceMs: 30_000, maxPriceMonthMicro: null, budgetMicro: null }, warnings: [] } as unknown as DeploymentRecord

/** A copy that came to its host `leasedMs` ago; the host was last heard `heardMs` ago. */
function copy(leasedMs: number, heardMs: number, said?: Partial<LeaseStatus>, state = 'funded') {
  const clock = new FakeClock()
  const replica: ReplicaRecord = { deployment: 'shop', index: 0, sinceMs: clock.nowMs() - leasedMs, state: { kind: 'leased', leaseId: 'lease', provider: 'p', label: 'attic', region: null, failures: 0 } }
  const lease = {
    phase: { state }, sinceMs: replica.sinceMs,
    lease: { rates: { cpuMilliSecondFemto: 1n, memoryMiBSecondFemto: 1n, diskMiBSecondFemto: 1n, egressByteFemto: 1n }, resources: { cpuMilli: 100, memoryMiB: 32, diskMiB: 1024 } },
  } as unknown as LeaseRecord
  const deps = {
    clock,
    store: { replicas: () => [replica], leaseIds: () => [], events: () => [] },
    market: { leases: { get: () => lease } },
    remote: { status: () => said === undefined ? undefined : { services: [], trouble: null, ...said }, lastHeardMs: () => clock.monotonicMs() - heardMs },
  } as unknown as ViewDeps
  return viewOf(deps, record).replicas[0]!
}

describe('a copy', () => {
  it('that came to its host just now starts, however long nothing was heard from there before', () => expect(copy(200, 60_000).state).toBe('starting'))
  it('whose host is silent is shown so', () => expect(copy(60_000, 9_000).state).toBe('unreachable'))
  it('whose host spoke lately starts', () => expect(copy(60_000, 1_000).state).toBe('starting'))
  it('that ends again and again is said to, which is no trouble of its host', () => {
    const ended = { code: 'app-exited', detail: 'web ended with code 1.' } as const
    expect(copy(60_000, 0, { trouble: ended })).toMatchObject({ state: 'restarting', reason: ended, trouble: null })
    const trouble = { code: 'engine', detail: 'away' } as const
    expect(copy(60_000, 0, { trouble })).toMatchObject({ state: 'starting', reason: null, trouble })
  })
})

it('a copy runs once each of its services has begun, and is well where it says so', () => {
  const service = (state: ServiceStatus['state'], health: ServiceStatus['health'] = 'none') => ({ state, health }) as ServiceStatus
  const state = (...services: ServiceStatus[]) => copy(60_000, 0, { services }, 'running').state
  expect(state(service('running'), service('waiting'))).toBe('starting')
  expect(state(service('running'), service('pulling'))).toBe('starting')
  expect(state(service('running', 'starting'))).toBe('starting')
  expect(state(service('running', 'healthy'), service('completed'), service('failed'))).toBe('running')
})

describe('why it does not simply run', () => {
  it.each([
    [1, 'Its copy does not run. It is waiting (no-host).'],
    [3, '0 of 3 copies run. Copy 1 is waiting (no-host).'],
  ])('with %i waiting', (copies, why) => {
    const replicas = Array.from({ length: copies }, (_, index): ReplicaRecord => ({ deployment: 'shop', index, sinceMs: 0, state: { kind: 'waiting', reason: { code: 'no-host' }, failures: 0, nextAtMs: 0 } as unknown as ReplicaRecord['state'] }))
    const deps = { clock: new FakeClock(), store: { replicas: () => replicas, leaseIds: () => [], events: () => [] } } as unknown as ViewDeps
    expect(viewOf(deps, { ...record, placement: { ...record.placement, copies } }).why).toBe(why)
  })
})
