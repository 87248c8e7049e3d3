import { DepinError } from '../../contract/errors.ts'
import { isOpen } from '../../contract/nouns/lease.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import { receiptProtocol, statementProtocol } from '../../contract/wire/v1/protocols.ts'
import type { Statement } from '../../contract/wire/v1/records.ts'
import { type SignedRecord, verifyRecord } from '../identity/index.ts'
import { dueMicro, type LeaseRecord } from '../market/index.ts'
import { accept, refill } from './rules.ts'
import type { LeaseAccount, LedgerDeps } from './types.ts'
import { writeVoucher } from './vouchers.ts'

const hourMs = 3_600_000
/** The two ends may count a connection's last bytes differently by this much before they disagree. */
const egressSlackBytes = 16 * 1024 * 1024

/** The tenant's half: answers statements with what it accepts and a voucher for it. */
export class Payer {
  readonly #deps: LedgerDeps
  /** Monotonic ms of the last refill, per lease: within one run of the service, time is not the wall's. */
  readonly #refilledAtMs = new Map<string, number>()

  constructor(deps: LedgerDeps) {
    this.#deps = deps
  }

  register(): void {
    const { network } = this.#deps
    network.handleRequest(statementProtocol, (input, caller) => {
      const statement = verifyRecord('statement', input.statement, caller.peerId)
      const lease = this.#leaseWith(statement.record.leaseId, caller.peerId)
      return this.#answer(lease, statement, input.lastAck)
    })
    network.handleRequest(receiptProtocol, (input, caller) => {
      this.#keepReceipt(input.receipt, caller.peerId)
      return {}
    })
  }

  #answer(lease: LeaseRecord, statement: SignedRecord<'statement'>, lastAck: SignedBytes | null): { ack: SignedBytes, voucher: SignedBytes } {
    const { database, store, bus } = this.#deps
    return database.transaction((tx) => {
      const account = this.#catchUp(this.#accountOf(lease, store.account(lease.leaseId, 'tenant', tx)), lastAck)
      assertPlausible(lease, account, statement.record)
      const creditedBytes = this.#creditable(account, statement.record)
      const ack = this.#acknowledge(lease, account, statement, creditedBytes)
      // another one under the same number, too: what it states is counted once
      if (statement.record.seq > account.statementSeq || Buffer.compare(statement.hash, account.statementHash) !== 0) store.setStatement(tx, 'tenant', statement, account.channelId)
      store.setAck(tx, 'tenant', ack, account.channelId, creditedBytes)
      store.addToHour(tx, 'tenant', lease.leaseId, floorToHour(this.#deps.clock.nowMs()), ack.record.ackDueMicro - account.ackDueMicro)
      if (statement.record.state === 'final') {
        store.setFinal(tx, lease.leaseId, 'tenant')
        settleIfOver(this.#deps, lease.leaseId)
      }
      const voucher = writeVoucher(this.#deps, tx, account.channelId)
      database.afterCommit(() => bus.publish('ledger-changed', lease.leaseId))
      return { ack: ack.signed, voucher: voucher.signed }
    })
  }

  /**
   * How many of the bytes stated so far this side has counted too, and a little more. What is stated before it is counted here
   * is credited once it is; in all never more than what was counted and the slack.
   */
  #creditable({ leaseId, creditedBytes }: LeaseAccount, { egressBytes }: Statement): number {
    const ownCount = this.#deps.metering.read(leaseId, 'tenant').egressBytes + egressSlackBytes
    return Math.max(creditedBytes, Math.min(egressBytes, ownCount))
  }

  #acknowledge(lease: LeaseRecord, account: LeaseAccount, { record, hash }: SignedRecord<'statement'>, creditedBytes: number): SignedRecord<'ack'> {
    const { signer, clock } = this.#deps
    const result = accept({
      dueMicro: record.dueMicro,
      ackDueMicro: account.ackDueMicro,
      bucketFemto: this.#refilled(lease, account),
      egressFemto: lease.lease.rates.egressByteFemto * BigInt(creditedBytes - account.creditedBytes),
      maxSpendMicro: lease.lease.maxSpendMicro,
    })
    return signer.sign('ack', {
      leaseId: lease.leaseId,
      statementHash: hash,
      seq: record.seq,
      ackDueMicro: result.ackDueMicro,
      tenantMs: clock.nowMs(),
      bucketFemto: result.bucketFemto.toString(),
      ...result.reason !== null && { reason: result.reason },
    })
  }

  #refilled(lease: LeaseRecord, account: LeaseAccount): bigint {
    const { clock } = this.#deps
    const nowMs = clock.monotonicMs()
    const lastMs = this.#refilledAtMs.get(lease.leaseId)
    this.#refilledAtMs.set(lease.leaseId, nowMs)
    return refill(lease.lease, account.bucketFemto, lastMs === undefined ? clock.nowMs() - account.bucketAtMs : nowMs - lastMs)
  }

  /** After a restore from a backup the provider knows more of us than we do: its copy of our own ack brings us up to date. */
  #catchUp(account: LeaseAccount, lastAck: SignedBytes | null): LeaseAccount {
    if (lastAck === null) return account
    const { record } = verifyRecord('ack', lastAck, this.#deps.signer.peerId)
    if (record.leaseId !== account.leaseId || record.ackDueMicro <= account.ackDueMicro) return account
    return { ...account, ackDueMicro: record.ackDueMicro, bucketFemto: BigInt(record.bucketFemto), bucketAtMs: record.tenantMs }
  }

  #keepReceipt(signed: SignedBytes, provider: string): void {
    const { database, store } = this.#deps
    const { record } = verifyRecord('receipt', signed, provider)
    const channel = store.channel(record.channelId, 'tenant')
    if (channel?.peerId !== provider || record.cumulativeMicro > channel.bestMicro) {
      throw new DepinError('E_BAD_INPUT', 'This receipt is for no voucher of ours.')
    }
    if (record.cumulativeMicro > channel.receiptMicro) {
      database.transaction((tx) => store.setReceipt(tx, record.channelId, 'tenant', record.cumulativeMicro, signed))
    }
  }

  #leaseWith(leaseId: string, provider: string): LeaseRecord {
    const lease = this.#deps.leases.get(leaseId, 'tenant')
    if (lease?.peerId === provider) return lease
    throw new DepinError('E_NOT_FOUND', `There is no lease ${leaseId} with you here.`)
  }

  #accountOf(lease: LeaseRecord, account: LeaseAccount | undefined): LeaseAccount {
    if (account !== undefined) return account
    throw new DepinError('E_NOT_FOUND', `There is no account of lease ${lease.leaseId} here.`)
  }
}

/** The tenant's lease is final once it is over and its last statement is acknowledged, whichever comes first. */
export function settleIfOver(deps: LedgerDeps, leaseId: string): void {
  deps.database.transaction((tx) => {
    const lease = deps.leases.get(leaseId, 'tenant', tx)
    if (lease?.phase.state !== 'terminated' || deps.store.account(leaseId, 'tenant', tx)?.final !== true) return
    deps.leases.apply(tx, leaseId, 'tenant', { kind: 'settled' })
  })
}

/** The figures follow from each other and from what was agreed, and none of them falls. */
function assertPlausible(lease: LeaseRecord, account: LeaseAccount, statement: Statement): void {
  const { rates, resources } = lease.lease
  const addsUp = statement.dueMicro === dueMicro(rates, resources, statement)
  const goesOn = statement.seq >= account.statementSeq && statement.runMs >= account.runMs && statement.suspendedMs >= account.suspendedMs
    && statement.egressBytes >= account.egressBytes
  const follows = statement.seq !== account.statementSeq + 1 || account.statementSeq === 0 || Buffer.compare(statement.prev, account.statementHash) === 0
  if (addsUp && goesOn && follows && !(account.final && statement.state !== 'final')) return
  throw new DepinError('E_BAD_INPUT', 'The statement’s figures do not add up or do not follow from the one before.', {
    details: { addsUp, goesOn, follows, seq: statement.seq, isOpen: isOpen(lease.phase.state) },
  })
}

function floorToHour(ms: number): number {
  return Math.floor(ms / hourMs) * hourMs
}
