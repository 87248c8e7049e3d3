import type { Deployment, Replica } from '../../contract/nouns/deployment.ts'
import type { Reason } from '../../contract/reasons.ts'
import type { LeaseStatus } from '../../contract/wire/v1/protocols.ts'
import { appResources, type LeaseRecord, monthMicro } from '../market/index.ts'
import type { DeploymentDeps, DeploymentRecord, DeploymentStore, RemoteView, ReplicaRecord } from './types.ts'

/** A host that has been silent this long is shown as unreachable, ms. */
const unreachableAfterMs = 8_000

export interface ViewDeps extends Pick<DeploymentDeps, 'market' | 'ledger' | 'clock'> {
  store: DeploymentStore
  remote: RemoteView
}

/** A deployment as people and programs see it, put together from what is stored and what hosts last said. */
export function viewOf(deps: ViewDeps, record: DeploymentRecord): Deployment {
  const replicas = deps.store.replicas(record.name).map((replica) => replicaView(deps, replica))
  const state = stateOf(record, replicas)
  return {
    name: record.name,
    createdAtMs: record.createdAtMs,
    state,
    why: state === 'running' ? null : whyOf(record, replicas),
    copies: record.placement.copies,
    services: record.app.services.map((service) => ({ name: service.name, image: service.image, ports: service.ports })),
    resources: appResources(record.app),
    graceMs: record.placement.graceMs,
    maxPriceMonthMicro: record.placement.maxPriceMonthMicro,
    budgetMicro: record.placement.budgetMicro,
    spentMicro: deps.store.leaseIds(record.name).reduce((sum, leaseId) => sum + deps.ledger.due(leaseId, 'tenant').ackDueMicro, 0n),
    rateMonthMicro: replicas.reduce((sum, replica) => sum + (replica.rateMonthMicro ?? 0n), 0n),
    replicas,
    warnings: record.warnings,
  }
}

function replicaView(deps: ViewDeps, replica: ReplicaRecord): Replica {
  const { state } = replica
  const events = deps.store.events(replica.deployment, replica.index)
  const base = { index: replica.index, sinceMs: replica.sinceMs, containerIds: [], services: [], rateMonthMicro: null, events, leaseId: null, provider: null, providerLabel: null, region: null, throttled: null, trouble: null }
  switch (state.kind) {
    case 'waiting': return { ...base, state: 'waiting', reason: state.reason }
    case 'failed': return { ...base, state: 'failed', reason: state.reason }
    case 'leased': {
      const lease = deps.market.leases.get(state.leaseId, 'tenant')
      const status = deps.remote.status(state.leaseId)
      const services = status?.services ?? []
      return {
        ...base,
        leaseId: state.leaseId,
        provider: state.provider,
        providerLabel: state.label,
        region: state.region,
        ...leaseState(deps, lease, state.provider, replica.sinceMs),
        throttled: status?.throttled ?? null,
        trouble: isUnsteady(status) ? null : status?.trouble ?? null,
        containerIds: services.flatMap((service) => service.containerId ?? []),
        services,
        rateMonthMicro: lease === undefined ? null : monthMicro(lease.lease.rates, lease.lease.resources),
      }
    }
  }
}

/** `leasedMs`: when the copy came to its host; before that the host had nothing to tell. */
function leaseState(deps: ViewDeps, lease: LeaseRecord | undefined, provider: string, leasedMs: number): Pick<Replica, 'state' | 'reason' | 'sinceMs'> {
  if (lease === undefined) return { state: 'ended', reason: { code: 'failed' }, sinceMs: deps.clock.nowMs() }
  const { phase, sinceMs } = lease
  if ('reason' in phase) return { state: phase.state === 'suspended' ? 'suspended' : 'ended', reason: phase.reason, sinceMs }
  const silentMs = Math.min(deps.clock.monotonicMs() - deps.remote.lastHeardMs(provider), deps.clock.nowMs() - leasedMs)
  if (silentMs > unreachableAfterMs && phase.state !== 'proposed') return { state: 'unreachable', reason: { code: 'provider-gone' }, sinceMs: deps.clock.nowMs() - silentMs }
  const status = deps.remote.status(lease.leaseId)
  if (isUnsteady(status)) return { state: 'restarting', reason: status?.trouble ?? null, sinceMs }
  const isStarting = phase.state === 'proposed' || phase.state === 'funded'
    || status === undefined || isComingUp(status)
  return { state: isStarting ? 'starting' : 'running', reason: null, sinceMs }
}

/** A service of it ends again and again: that is its own state, and no trouble of its host. */
function isUnsteady(status: LeaseStatus | undefined): boolean {
  return status?.trouble?.code === 'app-exited'
}

/** A service of it has not begun yet, or has not said that it is well. */
export function isComingUp({ services }: LeaseStatus): boolean {
  return services.some(({ state, health }) => health === 'starting' || state === 'waiting' || state === 'pulling' || state === 'starting')
}

function stateOf(record: DeploymentRecord, replicas: readonly Replica[]): Deployment['state'] {
  if (record.removing) return 'removing'
  const running = replicas.filter((replica) => replica.state === 'running').length
  if (running === replicas.length) return 'running'
  if (running > 0) return 'degraded'
  if (replicas.every((replica) => replica.state === 'failed')) return 'failed'
  const hasRun = replicas.some((replica) => replica.events.some((event) => event.kind === 'running'))
  const isWaiting = replicas.every((replica) => replica.state === 'waiting' && replica.reason?.code === 'no-host')
  return isWaiting ? 'waiting' : hasRun ? 'degraded' : 'starting'
}

/** One sentence: how many copies run, and what keeps the first of the others. */
function whyOf(record: DeploymentRecord, replicas: readonly Replica[]): string {
  if (record.removing) return 'It is being removed.'
  const running = replicas.filter((replica) => replica.state === 'running').length
  const other = replicas.find((replica) => replica.state !== 'running')
  const head = replicas.length === 1 ? `Its copy ${running === 1 ? 'runs' : 'does not run'}` : `${running} of ${replicas.length} copies ${running === 1 ? 'runs' : 'run'}`
  return other === undefined ? `${head}.` : `${head}. ${replicas.length === 1 ? 'It' : `Copy ${other.index + 1}`} is ${other.state}${reasonText(other.reason)}.`
}

function reasonText(reason: Reason | null): string {
  if (reason === null) return ''
  return reason.detail === undefined ? ` (${reason.code})` : ` (${reason.code}: ${reason.detail.replace(/\.$/, '')})`
}
