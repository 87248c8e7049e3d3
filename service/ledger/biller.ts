import { isOpen } from '../../contract/nouns/lease.ts'
import { DepinError } from '../../contract/errors.ts'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import { receiptProtocol, statementProtocol } from '../../contract/wire/v1/protocols.ts'
import { parseRecord, verifyRecord } from '../identity/index.ts'
import { dueMicro, type LeaseRecord } from '../market/index.ts'
import { egressFemto, graceFemto, paymentState, worthFemto } from './rules.ts'
import { UnpaidTime } from './retention.ts'
import type { LeaseAccount, LedgerDeps } from './types.ts'

/** A statement that was not acknowledged is sent again after at most this long, ms (PAYMENTS, “When things go wrong”). */
const maxResendMs = 15_000
/** How soon bytes that are worth more than half of the grace are stated, and how long their statement may be on its way, ms. */
const burstMs = 15_000
const hourMs = 3_600_000

/** What one lease's billing is waiting for, in monotonic ms. Rebuilt from nothing after a restart. */
interface Schedule {
  statementAtMs: number
  sendAtMs: number
  isSending: boolean
  /** When the oldest statement that is not acknowledged was written, and how many bytes the last acknowledged one stated. */
  statedAtMs: number
  acknowledgedBytes: number
  /** Of the last statement that the tenant has signed; 0: of none. */
  acknowledgedSeq: number
}

/** What all leases of a channel owe together, beside what is signed for them. */
interface Owed {
  dueFemto: bigint
  graceFemto: bigint
  bestMicro: bigint
}

/** The provider's half: states what was used, keeps what is signed for it, and freezes what is not paid. */
export class Biller {
  readonly #deps: LedgerDeps
  readonly #unpaid: UnpaidTime
  readonly #schedules = new Map<string, Schedule>()
  readonly #exchanges = new Set<Promise<void>>()

  constructor(deps: LedgerDeps) {
    this.#deps = deps
    this.#unpaid = new UnpaidTime(deps.database)
  }

  /** The tenant is here: whatever waits for it is sent now. */
  hurry(peerId: string): void {
    for (const [leaseId, schedule] of this.#schedules) {
      if (this.#deps.leases.get(leaseId, 'provider')?.peerId === peerId) schedule.sendAtMs = 0
    }
  }

  /**
   * One look at every lease that is not settled yet. Sending goes on in the background. Returns the shortest metering
   * interval among them, ms; Infinity: there are none.
   */
  tick(): number {
    const { leases } = this.#deps
    // fifty leases of one tenant are one sum, not fifty
    const owed = new Map<string, Owed | undefined>()
    const owedOn = (channelId: string): Owed | undefined => {
      if (!owed.has(channelId)) owed.set(channelId, this.#owedOn(channelId))
      return owed.get(channelId)
    }
    let shortestMs = Number.POSITIVE_INFINITY
    for (const lease of leases.inState('provider', ['running', 'grace', 'suspended', 'terminated'])) {
      const account = this.#deps.store.account(lease.leaseId, 'provider')
      if (account === undefined) continue
      shortestMs = Math.min(shortestMs, lease.lease.terms.meterIntervalMs)
      this.#tickLease(lease, account, owedOn)
    }
    return shortestMs
  }

  #tickLease(lease: LeaseRecord, before: LeaseAccount, owedOn: (channelId: string) => Owed | undefined): void {
    const schedule = this.#scheduleOf(lease)
    const nowMs = this.#deps.clock.monotonicMs()
    if (isOpen(lease.phase.state)) this.#judge(lease, owedOn(lease.lease.channelId))
    this.#retain(lease.leaseId, nowMs)
    let account = before
    if (this.#needsStatement(lease, before, schedule, nowMs)) {
      this.#state(lease, before)
      account = this.#deps.store.account(lease.leaseId, 'provider') ?? before
      schedule.statementAtMs = nowMs + lease.lease.terms.meterIntervalMs
      if (!isUnacknowledged(before, schedule)) schedule.statedAtMs = nowMs
      schedule.sendAtMs = 0
    }
    if (!schedule.isSending && schedule.sendAtMs <= nowMs && isUnacknowledged(account, schedule)) this.#send(lease, account, schedule)
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#exchanges)
  }

  #send(lease: LeaseRecord, account: LeaseAccount, schedule: Schedule): void {
    const exchange = this.#exchange(lease, account, schedule).finally(() => this.#exchanges.delete(exchange))
    this.#exchanges.add(exchange)
  }

  /** One statement at a time: a new one only when the last is acknowledged, or the tenant is there to read it. */
  #needsStatement(lease: LeaseRecord, account: LeaseAccount, schedule: Schedule, nowMs: number): boolean {
    if (account.final || schedule.isSending) return false
    if (lease.phase.state === 'terminated') return this.#deps.metering.isStopped(lease.leaseId) && !this.#hasFinalStatement(account)
    if (schedule.statementAtMs > nowMs && !this.#isBurst(lease, account, schedule, nowMs)) return false
    return !isUnacknowledged(account, schedule) || this.#deps.network.isConnected(lease.peerId)
  }

  #isBurst(lease: LeaseRecord, account: LeaseAccount, schedule: Schedule, nowMs: number): boolean {
    if (nowMs - schedule.statedAtMs < burstMs || isUnacknowledged(account, schedule)) return false
    const bytes = this.#deps.metering.read(lease.leaseId, 'provider').egressBytes - account.egressBytes
    return egressFemto(lease.lease, bytes) > graceFemto(lease.lease) / 2n
  }

  /**
   * The price of bytes that the tenant was not asked for yet, or only just: nobody is frozen for a download before the
   * bill for it was on the table (PAYMENTS, what a provider can lose).
   */
  #unaskedFemto(lease: LeaseRecord, account: LeaseAccount): bigint {
    const schedule = this.#scheduleOf(lease)
    const { network, metering, clock } = this.#deps
    if (!network.isConnected(lease.peerId)) return 0n
    const isAsked = isUnacknowledged(account, schedule)
    if (isAsked && clock.monotonicMs() - schedule.statedAtMs > burstMs) return 0n
    const settledBytes = isAsked ? schedule.acknowledgedBytes : account.egressBytes
    return egressFemto(lease.lease, metering.read(lease.leaseId, 'provider').egressBytes - settledBytes)
  }

  #hasFinalStatement(account: LeaseAccount): boolean {
    const last = this.#deps.store.lastStatement(account.leaseId, 'provider')
    return last !== null && parseRecord('statement', last.body).state === 'final'
  }

  /** Writes the next statement: meter and statement in one transaction, so that neither knows more than the other. */
  #state(lease: LeaseRecord, account: LeaseAccount): void {
    const { database, metering, signer, store, clock, bus } = this.#deps
    database.transaction((tx) => {
      const reading = metering.checkpoint(tx, lease.leaseId, 'provider')
      const due = dueMicro(lease.lease.rates, lease.lease.resources, reading)
      const statement = signer.sign('statement', {
        leaseId: lease.leaseId,
        seq: account.statementSeq + 1,
        prev: account.statementHash,
        runMs: reading.runMs,
        suspendedMs: reading.suspendedMs,
        egressBytes: reading.egressBytes,
        cpuUsedUs: reading.cpuUsedUs,
        dueMicro: due,
        state: lease.phase.state === 'terminated' ? 'final' : 'open',
        wallMs: clock.nowMs(),
      })
      store.setStatement(tx, 'provider', statement, account.channelId)
      store.addToHour(tx, 'provider', lease.leaseId, Math.floor(clock.nowMs() / hourMs) * hourMs, due - account.dueMicro)
      database.afterCommit(() => bus.publish('ledger-changed', lease.leaseId))
    })
  }

  async #exchange(lease: LeaseRecord, account: LeaseAccount, schedule: Schedule): Promise<void> {
    const { network, store, clock, log } = this.#deps
    const statement = store.lastStatement(lease.leaseId, 'provider')
    if (statement === null) return
    schedule.isSending = true
    try {
      const answer = await network.request(lease.peerId, statementProtocol, {
        statement, lastAck: store.lastAck(lease.leaseId, 'provider'), bestVoucher: store.bestVoucher(account.channelId, 'provider'),
      })
      this.#keep(lease, answer)
      await this.#sendReceipt(account.channelId, lease.peerId)
    } catch (error) {
      log.info('statement not acknowledged yet', { leaseId: lease.leaseId, error })
    } finally {
      schedule.isSending = false
      schedule.sendAtMs = clock.monotonicMs() + Math.min(maxResendMs, Math.max(1000, lease.lease.terms.meterIntervalMs / 2))
    }
  }

  /** Ack and voucher are stored, and only then is service extended. */
  #keep(lease: LeaseRecord, answer: { ack: SignedBytes, voucher: SignedBytes }): void {
    const { database, store, leases, bus } = this.#deps
    const account = store.account(lease.leaseId, 'provider')
    if (account === undefined) return
    const ack = verifyRecord('ack', answer.ack, lease.peerId)
    const voucher = verifyRecord('voucher', answer.voucher, lease.peerId)
    const isForIt = ack.record.leaseId === lease.leaseId && Buffer.compare(ack.record.statementHash, account.statementHash) === 0
      && ack.record.ackDueMicro >= account.ackDueMicro && ack.record.ackDueMicro <= account.dueMicro
      && voucher.record.channelId === account.channelId
    if (!isForIt) throw new DepinError('E_PEER_MISBEHAVED', 'The answer is not for this statement.')
    database.transaction((tx) => {
      store.setAck(tx, 'provider', ack, account.channelId)
      const best = store.channel(account.channelId, 'provider', tx)?.bestMicro ?? 0n
      if (voucher.record.cumulativeMicro > best) store.setBest(tx, account.channelId, 'provider', voucher.record.cumulativeMicro, voucher.signed)
      if (this.#hasFinalStatement(account)) {
        store.setFinal(tx, lease.leaseId, 'provider')
        leases.apply(tx, lease.leaseId, 'provider', { kind: 'settled' })
        this.#schedules.delete(lease.leaseId)
      }
      database.afterCommit(() => bus.publish('ledger-changed', lease.leaseId))
    })
    const schedule = this.#schedules.get(lease.leaseId)
    if (schedule !== undefined) Object.assign(schedule, { acknowledgedBytes: account.egressBytes, acknowledgedSeq: ack.record.seq })
    const after = leases.get(lease.leaseId, 'provider')
    // one that runs is judged at every look; one that waits for this voucher, at once
    if (after !== undefined && isOpen(after.phase.state) && after.phase.state !== 'running') this.#judge(after, this.#owedOn(after.lease.channelId))
  }

  /** The voucher is safe here, and the tenant may know. A receipt that is lost is made up for by the next. */
  async #sendReceipt(channelId: string, tenant: string): Promise<void> {
    const { database, store, signer, network } = this.#deps
    const channel = store.channel(channelId, 'provider')
    if (channel === undefined || channel.bestMicro <= channel.receiptMicro) return
    const receipt = signer.sign('receipt', { channelId, cumulativeMicro: channel.bestMicro })
    await network.request(tenant, receiptProtocol, { receipt: receipt.signed })
    database.transaction((tx) => store.setReceipt(tx, channelId, 'provider', channel.bestMicro, receipt.signed))
  }

  /** What is frozen for want of payment is kept for as long as the lease says, and no longer. */
  #retain(leaseId: string, nowMs: number): void {
    const { leases, database } = this.#deps
    const lease = leases.get(leaseId, 'provider')
    if (lease?.phase.state !== 'suspended' || lease.phase.reason.code !== 'unpaid') {
      this.#unpaid.forget(leaseId)
      return
    }
    if (this.#unpaid.count(leaseId, nowMs) < lease.lease.terms.retentionMs) return
    database.transaction((tx) => leases.apply(tx, leaseId, 'provider', { kind: 'end', reason: { code: 'unpaid', detail: 'It was kept, frozen, for as long as agreed, and nobody paid.' } }))
    this.#unpaid.forget(leaseId)
  }

  #owedOn(channelId: string): Owed | undefined {
    const { leases, store, metering } = this.#deps
    const channel = store.channel(channelId, 'provider')
    if (channel === undefined) return undefined
    const owed = { dueFemto: 0n, graceFemto: 0n, bestMicro: channel.bestMicro }
    for (const account of store.accountsOf(channelId, 'provider')) {
      const lease = leases.get(account.leaseId, 'provider')
      if (lease === undefined) continue
      owed.dueFemto += worthFemto(lease.lease, account, metering.read(account.leaseId, 'provider'))
      if (lease.phase.state === 'running' || lease.phase.state === 'grace') owed.dueFemto -= this.#unaskedFemto(lease, account)
      if (isOpen(lease.phase.state)) owed.graceFemto += graceFemto(lease.lease)
    }
    return owed
  }

  /** Freezes, wakes or warns by what the whole channel owes. */
  #judge(lease: LeaseRecord, owed: Owed | undefined): void {
    const { leases, database } = this.#deps
    const state = lease.phase.state
    if (owed === undefined || state !== 'running' && state !== 'grace' && state !== 'suspended') return
    const isUnpaid = lease.phase.state === 'suspended' && lease.phase.reason.code === 'unpaid'
    const payment = paymentState({ ...owed, isSuspended: isUnpaid })
    if (payment === 'paid' && state === 'running' || payment === 'grace' && state === 'grace' || payment === 'unpaid' && isUnpaid) return
    // asleep by the owner's rules: payment does not wake it
    if (state === 'suspended' && !isUnpaid && payment !== 'unpaid') return
    const event = {
      paid: { kind: 'running' as const },
      grace: state === 'suspended' ? { kind: 'running' as const } : { kind: 'unpaid' as const },
      unpaid: { kind: 'suspend' as const, reason: { code: 'unpaid' as const } },
    }[payment]
    database.transaction((tx) => leases.apply(tx, lease.leaseId, 'provider', event))
  }

  #acknowledgedSeq(leaseId: string): number {
    const ack = this.#deps.store.lastAck(leaseId, 'provider')
    return ack === null ? 0 : parseRecord('ack', ack.body).seq
  }

  #scheduleOf(lease: LeaseRecord): Schedule {
    const known = this.#schedules.get(lease.leaseId)
    if (known !== undefined) return known
    const nowMs = this.#deps.clock.monotonicMs()
    const schedule: Schedule = {
      statementAtMs: nowMs + lease.lease.terms.meterIntervalMs, sendAtMs: 0, isSending: false,
      statedAtMs: nowMs, acknowledgedBytes: 0, acknowledgedSeq: this.#acknowledgedSeq(lease.leaseId),
    }
    this.#schedules.set(lease.leaseId, schedule)
    return schedule
  }
}

function isUnacknowledged(account: LeaseAccount, { acknowledgedSeq }: Schedule): boolean {
  return account.statementSeq > 0 && !account.final && acknowledgedSeq < account.statementSeq
}
