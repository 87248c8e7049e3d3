import type { AmountByState, Earnings, LeaseAmount, LedgerSide, ReceiptRow } from '../../contract/nouns/earnings.ts'
import { currency } from '../../contract/units.ts'
import { appTitle, decodeApp, dueMicro, type LeaseRecord, type Role } from '../market/index.ts'
import type { LeaseAccount, LedgerDeps } from './types.ts'

const shownHoursMs = 31 * 24 * 3_600_000

/** Everything this node earned and spent, out of the one log. The provider's due is live, by its own meters. */
export function earningsFrom(deps: LedgerDeps, titles: Map<string, string>): Earnings {
  return {
    unit: currency,
    rail: 'trust',
    earned: sideFrom(deps, 'provider', titles),
    spent: sideFrom(deps, 'tenant', titles),
    hours: deps.store.hours(deps.clock.nowMs() - shownHoursMs),
  }
}

/** What a lease came to so far. */
export function dueNow(deps: LedgerDeps, lease: LeaseRecord, account: LeaseAccount): bigint {
  if (lease.role === 'tenant' || account.final) return account.dueMicro
  return dueMicro(lease.lease.rates, lease.lease.resources, deps.metering.read(lease.leaseId, 'provider'))
}

export function receiptsFrom(deps: LedgerDeps): ReceiptRow[] {
  return deps.store.channels().flatMap((channel) => {
    const receipt = deps.store.receipt(channel.channelId, channel.role)
    if (receipt === null) return []
    return [{
      channelId: channel.channelId,
      role: channel.role === 'provider' ? 'earned' as const : 'spent' as const,
      peer: channel.peerId,
      unit: currency,
      rail: 'trust' as const,
      cumulativeMicro: channel.receiptMicro,
      atMs: receipt.atMs,
      record: Buffer.from(receipt.signed.body).toString('base64'),
      signature: Buffer.from(receipt.signed.signature).toString('base64'),
    }]
  })
}

function sideFrom(deps: LedgerDeps, role: Role, titles: Map<string, string>): LedgerSide {
  const leases = deps.leases.list(role).flatMap((lease) => {
    const account = deps.store.account(lease.leaseId, role)
    return account === undefined ? [] : [amountOf(deps, lease, account, titles)]
  })
  const total: AmountByState = { accruing: 0n, signed: 0n, due: 0n }
  for (const lease of leases) {
    total.accruing += lease.accruing
    total.signed += lease.signed
    total.due += lease.due
  }
  return { total, leases }
}

function amountOf(deps: LedgerDeps, lease: LeaseRecord, account: LeaseAccount, titles: Map<string, string>): LeaseAmount {
  const due = dueNow(deps, lease, account)
  const live = lease.role === 'provider' ? deps.metering.read(lease.leaseId, 'provider') : account
  return {
    leaseId: lease.leaseId,
    channelId: account.channelId,
    peer: lease.peerId,
    app: titleOf(deps, lease, titles),
    state: lease.phase.state,
    accruing: due - account.ackDueMicro,
    signed: account.ackDueMicro,
    due,
    runMs: live.runMs,
    suspendedMs: live.suspendedMs,
    egressBytes: live.egressBytes,
    statements: account.statementSeq,
    createdAtMs: lease.createdAtMs,
  }
}

function titleOf(deps: LedgerDeps, lease: LeaseRecord, titles: Map<string, string>): string {
  const known = titles.get(lease.leaseId)
  if (known !== undefined) return known
  const title = appTitle(decodeApp(deps.leases.app(lease.leaseId, lease.role)))
  titles.set(lease.leaseId, title)
  return title
}
