import type { Earnings, ReceiptRow } from '../../contract/nouns/earnings.ts'
import { isOpen } from '../../contract/nouns/lease.ts'
import { femtoPerMicro } from '../../contract/units.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import { type LeaseRecord, type Role, runRateFemto } from '../market/index.ts'
import { Biller } from './biller.ts'
import { dueNow, earningsFrom, receiptsFrom } from './earnings.ts'
import { Payer, settleIfOver } from './payer.ts'
import { graceFemto, worthFemto } from './rules.ts'
import type { Ledger, LedgerDeps } from './types.ts'

/** How often leases are looked at, ms: twenty times in the shortest metering interval, within these. */
const tickIntervalMs = 500
const maxTickIntervalMs = 3_000

export function createLedger(deps: LedgerDeps): Ledger {
  return new LedgerPart(deps)
}

/** What is left of the vouchers, what is tolerated beyond, and what a second costs, of a whole channel. */
interface Outlook {
  leftFemto: bigint
  graceFemto: bigint
  rateFemto: bigint
}

class LedgerPart implements Ledger {
  readonly #deps: LedgerDeps
  readonly #biller: Biller
  readonly #cycle: Cycle
  readonly #titles = new Map<string, string>()
  /** Monotonic ms; nothing needs looking at before, as far as is known. */
  #tickAtMs = 0
  #stopListening: Disposer[] = []

  constructor(deps: LedgerDeps) {
    this.#deps = deps
    this.#biller = new Biller(deps)
    new Payer(deps).register()
    this.#cycle = new Cycle({
      ...deps, name: 'ledger', intervalMs: tickIntervalMs, maxBackoffMs: 5000,
      run: () => {
        this.#tick()
        return Promise.resolve()
      },
    })
  }

  /** Terms of minutes need no look twice a second; whatever happens to a lease is looked at as it happens. */
  #tick(): void {
    const nowMs = this.#deps.clock.monotonicMs()
    if (nowMs < this.#tickAtMs) return
    const shortestMs = this.#biller.tick()
    this.#tickAtMs = nowMs + Math.min(maxTickIntervalMs, shortestMs / 20)
  }

  #tickSoon(): void {
    this.#tickAtMs = 0
    this.#cycle.trigger()
  }

  start(): void {
    const { network, bus } = this.#deps
    this.#stopListening = [
      network.onPeer(({ peerId, connected }) => {
        if (!connected) return
        this.#biller.hurry(peerId)
        this.#tickSoon()
      }),
      bus.subscribe('lease-changed', (leaseId) => {
        settleIfOver(this.#deps, leaseId)
        this.#tickSoon()
      }),
    ]
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening) stop()
    await this.#cycle.stop()
    await this.#biller.settled()
  }

  earnings(): Earnings {
    return earningsFrom(this.#deps, this.#titles)
  }

  receipts(): ReceiptRow[] {
    return receiptsFrom(this.#deps)
  }

  due(leaseId: string, role: Role): ReturnType<Ledger['due']> {
    const lease = this.#deps.leases.get(leaseId, role)
    const account = this.#deps.store.account(leaseId, role)
    if (lease === undefined || account === undefined) return { dueMicro: 0n, ackDueMicro: 0n, final: false }
    return { dueMicro: dueNow(this.#deps, lease, account), ackDueMicro: account.ackDueMicro, final: account.final }
  }

  paidUntilMs(leaseId: string): number | null {
    const channelId = this.#countingChannel(leaseId)
    const outlook = channelId === null ? null : this.#outlookOn(channelId)
    return outlook === null ? null : this.#deps.clock.nowMs() + Number(outlook.leftFemto * 1000n / outlook.rateFemto)
  }

  unpaidInMs(): (leaseId: string) => number | null {
    const outlooks = new Map<string, Outlook | null>()
    return (leaseId) => {
      const channelId = this.#countingChannel(leaseId)
      if (channelId === null) return null
      const outlook = outlooks.get(channelId) ?? this.#outlookOn(channelId)
      outlooks.set(channelId, outlook)
      return outlook === null ? null : Number((outlook.leftFemto + outlook.graceFemto) * 1000n / outlook.rateFemto)
    }
  }

  /** Null: the lease does not run. */
  #countingChannel(leaseId: string): string | null {
    const lease = this.#deps.leases.get(leaseId, 'provider')
    return lease === undefined || !isCounting(lease) ? null : lease.lease.channelId
  }

  #outlookOn(channelId: string): Outlook | null {
    const { leases, store, metering } = this.#deps
    const channel = store.channel(channelId, 'provider')
    if (channel === undefined) return null
    const sum = { leftFemto: channel.bestMicro * femtoPerMicro, graceFemto: 0n, rateFemto: 0n }
    for (const account of store.accountsOf(channel.channelId, 'provider')) {
      const other = leases.get(account.leaseId, 'provider')
      if (other === undefined) continue
      sum.leftFemto -= worthFemto(other.lease, account, metering.read(account.leaseId, 'provider'))
      if (isCounting(other)) sum.rateFemto += runRateFemto(other.lease.rates, other.lease.resources)
      if (isOpen(other.phase.state)) sum.graceFemto += graceFemto(other.lease)
    }
    return sum.rateFemto === 0n ? null : sum
  }
}

function isCounting({ phase }: LeaseRecord): boolean {
  return phase.state === 'running' || phase.state === 'grace'
}
