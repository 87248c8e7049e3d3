import type { Earnings, ReceiptRow } from '../../contract/nouns/earnings.ts'
import { femtoPerMicro } from '../../contract/units.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import { type Role, runRateFemto } from '../market/index.ts'
import { Biller } from './biller.ts'
import { dueNow, earningsFrom, receiptsFrom } from './earnings.ts'
import { Payer, settleIfOver } from './payer.ts'
import { dueFemto } from './rules.ts'
import type { Ledger, LedgerDeps } from './types.ts'

/** How often leases are looked at: fine enough for the shortest metering interval, ms. */
const tickIntervalMs = 500

export function createLedger(deps: LedgerDeps): Ledger {
  return new LedgerPart(deps)
}

class LedgerPart implements Ledger {
  readonly #deps: LedgerDeps
  readonly #biller: Biller
  readonly #cycle: Cycle
  readonly #titles = new Map<string, string>()
  #stopListening: Disposer[] = []

  constructor(deps: LedgerDeps) {
    this.#deps = deps
    this.#biller = new Biller(deps)
    new Payer(deps).register()
    this.#cycle = new Cycle({
      ...deps, name: 'ledger', intervalMs: tickIntervalMs, maxBackoffMs: 5000,
      run: async () => {
        this.#biller.tick()
        return Promise.resolve()
      },
    })
  }

  start(): void {
    const { network, bus } = this.#deps
    this.#stopListening = [
      network.onPeer(({ peerId, connected }) => {
        if (!connected) return
        this.#biller.hurry(peerId)
        this.#cycle.trigger()
      }),
      bus.subscribe('lease-changed', (leaseId) => {
        settleIfOver(this.#deps, leaseId)
        this.#cycle.trigger()
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
    const { leases, store, metering, clock } = this.#deps
    const lease = leases.get(leaseId, 'provider')
    if (lease === undefined || (lease.phase.state !== 'running' && lease.phase.state !== 'grace')) return null
    const channel = store.channel(lease.lease.channelId, 'provider')
    if (channel === undefined) return null
    let left = channel.bestMicro * femtoPerMicro
    let rate = 0n
    for (const account of store.accountsOf(channel.channelId, 'provider')) {
      const other = leases.get(account.leaseId, 'provider')
      if (other === undefined) continue
      left -= dueFemto(other.lease, metering.read(account.leaseId, 'provider'))
      if (other.phase.state === 'running' || other.phase.state === 'grace') rate += runRateFemto(other.lease.rates, other.lease.resources)
    }
    return rate === 0n ? null : clock.nowMs() + Number(left * 1000n / rate)
  }
}
