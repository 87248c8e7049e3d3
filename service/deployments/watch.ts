import { isOpen } from '../../contract/nouns/lease.ts'
import { type LeaseStatus, statusProtocol } from '../../contract/wire/v1/protocols.ts'
import { backoffMs, type Disposer } from '../base/index.ts'
import type { LeaseEvent, LeaseRecord } from '../market/index.ts'
import type { DeploymentDeps, RemoteView } from './types.ts'

/** A host that is silent is tried again after these pauses, ms. */
const retryOpen = { initialMs: 200, maxMs: 5_000 }
const retryClosing = { initialMs: 1_000, maxMs: 60_000 }
/** A lease younger than this may be missing from a host's answer that was already on its way, ms. */
const youngLeaseMs = 10_000

/** A proposal that we gave up may still be taken by a host that was slow: it is looked out for this long, ms. */
const doubtMs = 120_000

interface Watch {
  abort: AbortController
  /** Settles when nothing of it is under way any more. */
  ended: Promise<void>
  /** Ends the pause before the next attempt. */
  hurry: () => void
}

/**
 * Hears from every host that holds a lease of ours, and writes what it says into our own lease records. One stream for
 * each host, for as long as there is anything left between us.
 */
export class HostWatcher implements RemoteView {
  readonly #deps: DeploymentDeps
  readonly #watches = new Map<string, Watch>()
  readonly #statuses = new Map<string, LeaseStatus>()
  readonly #heardMs = new Map<string, number>()
  readonly #startedMs: number
  #stopListening: Disposer[] = []

  constructor(deps: DeploymentDeps) {
    this.#deps = deps
    this.#startedMs = deps.clock.monotonicMs()
  }

  start(): void {
    const { bus, network } = this.#deps
    this.#stopListening = [
      bus.subscribe('lease-changed', () => this.#watchAll()),
      network.onPeer(({ peerId, connected }) => { if (connected) this.#watches.get(peerId)?.hurry() }),
    ]
    this.#watchAll()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    const watches = [...this.#watches.values()]
    for (const watch of watches) watch.abort.abort(new Error('watching stops'))
    await Promise.all(watches.map((watch) => watch.ended))
  }

  status(leaseId: string): LeaseStatus | undefined {
    return this.#statuses.get(leaseId)
  }

  lastHeardMs(provider: string): number {
    return this.#heardMs.get(provider) ?? this.#startedMs
  }

  #watchAll(): void {
    for (const { peerId } of this.#unsettled()) {
      if (this.#watches.has(peerId)) continue
      const watch: Watch = { abort: new AbortController(), ended: Promise.resolve(), hurry: () => undefined }
      this.#watches.set(peerId, watch)
      watch.ended = this.#follow(peerId, watch)
    }
  }

  #unsettled(): LeaseRecord[] {
    const oldestMs = this.#deps.clock.nowMs() - doubtMs
    return this.#deps.market.leases.inState('tenant', ['funded', 'running', 'grace', 'suspended', 'terminated'])
      .filter((lease) => lease.providerSignature !== null || lease.sinceMs > oldestMs)
  }

  async #follow(provider: string, watch: Watch): Promise<void> {
    const { network, log } = this.#deps
    const { signal } = watch.abort
    let failures = 0
    while (!signal.aborted) {
      const leases = this.#unsettled().filter((lease) => lease.peerId === provider)
      if (leases.length === 0) break
      try {
        for await (const item of network.stream(provider, statusProtocol, {}, { signal })) {
          failures = 0
          this.#heardMs.set(provider, this.#deps.clock.monotonicMs())
          if (item.kind === 'snapshot') this.#onSnapshot(provider, item.leases)
          if (item.kind === 'lease') this.#onStatus(provider, item.lease)
          if (!this.#unsettled().some((lease) => lease.peerId === provider)) break
        }
      } catch (error) {
        log.debug('host does not answer', { provider, error })
      }
      failures++
      await this.#pause(watch, backoffMs(failures, leases.some((lease) => isOpen(lease.phase.state)) ? retryOpen : retryClosing, this.#deps.rng))
    }
    this.#watches.delete(provider)
  }

  #pause(watch: Watch, pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#deps.clock.after(pauseMs, resolve)
      watch.hurry = () => {
        cancel()
        resolve()
      }
      watch.abort.signal.addEventListener('abort', watch.hurry, { once: true })
    })
  }

  #onSnapshot(provider: string, statuses: readonly LeaseStatus[]): void {
    for (const status of statuses) this.#onStatus(provider, status)
    const known = new Set(statuses.map((status) => status.leaseId))
    const oldestMs = this.#deps.clock.nowMs() - youngLeaseMs
    for (const lease of this.#unsettled()) {
      const isLost = lease.peerId === provider && !known.has(lease.leaseId) && isOpen(lease.phase.state) && lease.createdAtMs < oldestMs
      if (isLost) this.#apply(lease.leaseId, [{ kind: 'end', reason: { code: 'provider-lost-lease' } }])
    }
  }

  #onStatus(provider: string, status: LeaseStatus): void {
    const { market, bus } = this.#deps
    const lease = market.leases.get(status.leaseId, 'tenant')
    if (lease?.peerId !== provider) return
    this.#statuses.set(status.leaseId, status)
    if (isOpen(lease.phase.state)) this.#apply(lease.leaseId, eventsFor(lease, status))
    else if (isOpen(status.state) && 'reason' in lease.phase) void market.close(lease.leaseId, 'tenant', lease.phase.reason)
    bus.publish('workload-changed', status.leaseId)
  }

  #apply(leaseId: string, events: readonly LeaseEvent[]): void {
    if (events.length === 0) return
    const { database, market, log } = this.#deps
    try {
      database.transaction((tx) => {
        for (const event of events) market.leases.apply(tx, leaseId, 'tenant', event)
      })
    } catch (error) {
      log.warn('what a host says of a lease does not follow', { leaseId, error })
    }
  }
}

/** What must have happened to our record for it to say what the host says. */
function eventsFor(lease: LeaseRecord, status: LeaseStatus): LeaseEvent[] {
  const reason = status.reason ?? { code: 'failed' as const }
  const running: LeaseEvent[] = lease.phase.state === 'running' ? [] : [{ kind: 'running' }]
  switch (status.state) {
    case 'proposed':
    case 'funded': return []
    case 'running': return running
    case 'grace': return lease.phase.state === 'grace' ? [] : [...running, { kind: 'unpaid' }]
    case 'suspended': return lease.phase.state === 'suspended' ? [{ kind: 'suspend', reason }] : [...running, { kind: 'suspend', reason }]
    case 'terminated':
    case 'final': return [{ kind: 'end', reason }]
  }
}
