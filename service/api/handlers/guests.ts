import { DepinError } from '../../../contract/errors.ts'
import type { Guest, GuestSample } from '../../../contract/nouns/guest.ts'
import { appTitle, decodeApp, type LeaseRecord, monthMicro } from '../../market/index.ts'
import { watchList, watchValue } from '../watch.ts'
import { type HandlerDeps, onEventsAndTime, os } from './deps.ts'

/** Ended guests stay in the list this long, ms. */
const shownAfterEndMs = 30 * 86_400_000
/** Earned figures of a running guest move this often, ms. */
const earnedIntervalMs = 5_000

export function guestHandlers(deps: HandlerDeps) {
  const list = (): Guest[] => {
    const oldestMs = deps.clock.nowMs() - shownAfterEndMs
    return deps.leases.list('provider').filter((lease) => !('endedAtMs' in lease.phase) || lease.phase.endedAtMs >= oldestMs)
      .map((lease) => guestFrom(deps, lease)).toReversed()
  }
  return {
    list: os.guests.list.handler(list),
    watch: os.guests.watch.handler(({ signal }) => watchList({
      subscribe: onEventsAndTime(deps, ['lease-changed', 'workload-changed', 'ledger-changed', 'engine-changed'], earnedIntervalMs),
      read: list,
      keyOf: (guest) => guest.leaseId,
      signal,
      pace: { clock: deps.clock, minIntervalMs: 250, burst: 8 },
    })),
    watchUse: os.guests.watchUse.handler(({ input: { leaseId }, signal }) => {
      if (deps.leases.get(leaseId, 'provider') === undefined) throw noGuest(leaseId)
      return newSamples(deps, leaseId, signal)
    }),
    end: os.guests.end.handler(async ({ input }) => {
      const lease = deps.leases.get(input.leaseId, 'provider')
      if (lease === undefined) throw noGuest(input.leaseId)
      if ('endedAtMs' in lease.phase) throw new DepinError('E_CONFLICT', 'This guest has ended already.', { next: 'See “depin guests” for why.' })
      await deps.market.close(input.leaseId, 'provider', { code: 'owner-ended', ...input.why !== undefined && { detail: input.why } })
      return guestFrom(deps, deps.leases.get(input.leaseId, 'provider') ?? lease)
    }),
    evidence: os.guests.evidence.handler(({ input }) => deps.abuse.evidence(input.leaseId)),
  }
}

function noGuest(leaseId: string): DepinError {
  return new DepinError('E_NOT_FOUND', `There is no guest ${leaseId} here.`, { next: 'See “depin guests” for those there are.' })
}

/** All there is, and then what came since. */
async function* newSamples({ workloads }: HandlerDeps, leaseId: string, signal: AbortSignal | undefined): AsyncGenerator<{ samples: GuestSample[] }, void> {
  let shownAtMs: number | null = null
  for await (const all of watchValue({ subscribe: (changed) => workloads.onUse(changed), read: () => [...workloads.use(leaseId)], signal })) {
    const fromMs: number | null = shownAtMs
    const samples: GuestSample[] = fromMs === null ? all : all.filter(({ atMs }) => atMs > fromMs)
    if (fromMs !== null && samples.length === 0) continue
    shownAtMs = samples.at(-1)?.atMs ?? 0
    yield { samples }
  }
}

function guestFrom(deps: HandlerDeps, lease: LeaseRecord): Guest {
  const app = decodeApp(deps.leases.app(lease.leaseId, 'provider'))
  const status = deps.workloads.status(lease.leaseId)
  const { dueMicro, ackDueMicro } = deps.ledger.due(lease.leaseId, 'provider')
  return {
    leaseId: lease.leaseId,
    app: appTitle(app),
    tenant: lease.peerId,
    state: lease.phase.state,
    reason: 'reason' in lease.phase ? lease.phase.reason : null,
    services: app.services.map((service) => ({
      name: service.name,
      image: service.image,
      status: status?.services.find((each) => each.service === service.name) ?? null,
    })),
    unseenSinceMs: 'endedAtMs' in lease.phase ? null : deps.engine.awaySinceMs(),
    resources: lease.lease.resources,
    isolation: lease.lease.isolation,
    egress: lease.lease.egress,
    disk: 'endedAtMs' in lease.phase ? null : status?.disk ?? null,
    throttled: status?.throttled ?? null,
    createdAtMs: lease.createdAtMs,
    sinceMs: lease.sinceMs,
    endedAtMs: 'endedAtMs' in lease.phase ? lease.phase.endedAtMs : null,
    rateMonthMicro: monthMicro(lease.lease.rates, lease.lease.resources),
    dueMicro,
    signedMicro: ackDueMicro,
    paidUntilMs: deps.ledger.paidUntilMs(lease.leaseId),
  }
}
