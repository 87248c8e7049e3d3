import { DepinError } from '../../contract/errors.ts'
import { currency } from '../../contract/units.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import type { Channel, Lease } from '../../contract/wire/v1/records.ts'
import type { WriteHandle } from '../database/index.ts'
import { idOf, parseRecord, verifyRecord } from '../identity/index.ts'
import { type Funding, runCostMicro } from '../market/index.ts'
import { newBucketFemto } from './rules.ts'
import type { LedgerDeps } from './types.ts'
import { writeVoucher } from './vouchers.ts'

/** What the market needs of the ledger to open a lease. */
export function createFunding(deps: LedgerDeps): Funding {
  const { store, clock } = deps
  return {
    prepare(tx, provider, payout, prepaidMicro) {
      const { channelId, channel } = channelTo(deps, tx, provider, payout)
      return { channelId, channel, voucher: writeVoucher(deps, tx, channelId, prepaidMicro).signed }
    },
    accept: (tx, lease, channel, voucher) => acceptFunding(deps, tx, lease, channel, voucher),
    open(tx, role, leaseId, lease) {
      store.openAccount(tx, {
        leaseId, role, channelId: lease.channelId, statementSeq: 0, statementHash: new Uint8Array(32), dueMicro: 0n, ackDueMicro: 0n,
        runMs: 0, suspendedMs: 0, egressBytes: 0, final: false, bucketFemto: newBucketFemto(lease), bucketAtMs: clock.nowMs(), creditedBytes: 0,
      })
    },
  }
}

function channelTo(deps: LedgerDeps, tx: WriteHandle, provider: string, payout: string): { channelId: string, channel: SignedBytes } {
  const { store, signer, networkName, rng } = deps
  const known = store.channelWith('tenant', provider, tx)
  if (known !== undefined) {
    if (parseRecord('channel', known.signed.body).payout === payout) return { channelId: known.channelId, channel: known.signed }
    throw new DepinError('E_REFUSED', 'This host wants to be paid to another address than the one agreed with it.', { next: 'Choose another host.' })
  }
  const channel = signer.sign('channel', {
    network: networkName, rail: 'trust', unit: currency, payer: signer.peerId, signer: signer.peerId, payee: provider, payout, delayMs: 0, salt: rng.bytes(32),
  })
  const channelId = idOf(channel.hash)
  store.openChannel(tx, channelId, 'tenant', provider, channel.signed)
  return { channelId, channel: channel.signed }
}

function acceptFunding(deps: LedgerDeps, tx: WriteHandle, lease: Lease, signedChannel: SignedBytes, signedVoucher: SignedBytes): void {
  const { store } = deps
  const channel = verifyRecord('channel', signedChannel, lease.tenant)
  const channelId = idOf(channel.hash)
  assertChannelFits(deps, channel.record, lease, channelId)
  const voucher = verifyRecord('voucher', signedVoucher, channel.record.signer)
  const acknowledged = store.accountsOf(channelId, 'provider', tx).reduce((sum, account) => sum + account.ackDueMicro, 0n)
  const needed = acknowledged + runCostMicro(lease.rates, lease.resources, lease.terms.prepaidMs)
  if (voucher.record.channelId !== channelId || voucher.record.cumulativeMicro < needed) {
    throw new DepinError('E_BAD_INPUT', 'The voucher does not cover the time to be paid ahead.', { details: { needed, offered: voucher.record.cumulativeMicro } })
  }
  if (store.channel(channelId, 'provider', tx) === undefined) store.openChannel(tx, channelId, 'provider', lease.tenant, signedChannel)
  const best = store.channel(channelId, 'provider', tx)?.bestMicro ?? 0n
  if (voucher.record.cumulativeMicro > best) store.setBest(tx, channelId, 'provider', voucher.record.cumulativeMicro, signedVoucher)
}

function assertChannelFits(deps: LedgerDeps, channel: Channel, lease: Lease, channelId: string): void {
  const me = deps.signer.peerId
  const fits = channelId === lease.channelId && channel.payer === lease.tenant && channel.payee === me && channel.payout === me
    && channel.network === deps.networkName && channel.unit === currency
  if (!fits) throw new DepinError('E_BAD_INPUT', 'The payment channel is not between these two, or not for this network.')
}
