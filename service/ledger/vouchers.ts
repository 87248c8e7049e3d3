import { createHash } from 'node:crypto'
import type { WriteHandle } from '../database/index.ts'
import { type SignedRecord } from '../identity/index.ts'
import { runCostMicro } from '../market/index.ts'
import { isOpen } from '../../contract/nouns/lease.ts'
import type { LedgerDeps } from './types.ts'

/**
 * Tenant: signs and stores what the channel's provider may claim in total: everything accepted, and the prepaid time of
 * every open lease, `extraMicro` included. Never less than before. Durable with the caller's transaction, and only then
 * may it be sent.
 */
export function writeVoucher(deps: LedgerDeps, tx: WriteHandle, channelId: string, extraMicro = 0n): SignedRecord<'voucher'> {
  const { store, signer, leases, clock } = deps
  let total = extraMicro
  for (const account of store.accountsOf(channelId, 'tenant', tx)) {
    total += account.ackDueMicro
    const lease = leases.get(account.leaseId, 'tenant', tx)
    if (lease !== undefined && isOpen(lease.phase.state)) total += runCostMicro(lease.lease.rates, lease.lease.resources, lease.lease.terms.prepaidMs)
  }
  const best = store.channel(channelId, 'tenant', tx)?.bestMicro ?? 0n
  const voucher = signer.sign('voucher', {
    channelId,
    cumulativeMicro: total > best ? total : best,
    notBeforeMs: clock.nowMs(),
    memo: memoOf(deps, tx, channelId),
  })
  store.setBest(tx, channelId, 'tenant', voucher.record.cumulativeMicro, voucher.signed)
  return voucher
}

/** Hash over the latest acks of the channel's leases, in order of lease: what the voucher is for. */
function memoOf(deps: LedgerDeps, tx: WriteHandle, channelId: string): Uint8Array {
  const hash = createHash('sha256').update('depin/memo/v1\0')
  for (const account of deps.store.accountsOf(channelId, 'tenant', tx)) hash.update(`${account.leaseId}:${account.ackDueMicro};`)
  return new Uint8Array(hash.digest())
}
