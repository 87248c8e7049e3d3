import type { Reason } from '../../contract/reasons.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import { cellsOf } from './cells.ts'
import { OfferBook } from './offers.ts'
import { Provider } from './provider.ts'
import { Tenant } from './tenant.ts'
import type { HostAnswer, KnownOffer, LeaseRecord, Leases, Market, MarketDeps, NewLease, OpenResult, Order, Role } from './types.ts'

/** How often the cells this node announces itself in are brought up to date, ms. */
const announceIntervalMs = 60_000

export function createMarket(deps: MarketDeps): Market {
  return new MarketPart(deps)
}

class MarketPart implements Market {
  readonly leases: Leases
  readonly #deps: MarketDeps
  readonly #book: OfferBook
  readonly #tenant: Tenant
  readonly #provider: Provider
  readonly #announce: Cycle
  #stopListening: Disposer | undefined

  constructor(deps: MarketDeps) {
    this.#deps = deps
    this.leases = deps.leases
    this.#book = new OfferBook(deps)
    this.#tenant = new Tenant(deps, this.#book)
    this.#provider = new Provider(deps)
    this.#announce = new Cycle({ ...deps, name: 'announce', intervalMs: announceIntervalMs, run: () => this.#announceCells() })
    this.#provider.register()
  }

  start(): void {
    this.#book.start()
    this.#announce.start()
    this.#stopListening = this.#deps.bus.subscribe('sharing-changed', () => this.#announce.trigger())
  }

  async stop(): Promise<void> {
    this.#stopListening?.()
    await this.#announce.stop()
    await this.#book.stop()
  }

  offer(): ReturnType<Market['offer']> {
    return this.#provider.offer()
  }

  offers(): KnownOffer[] {
    return this.#book.list()
  }

  clockSkewMs(): number | null {
    return this.#book.clockSkewMs()
  }

  discover(signal?: AbortSignal): Promise<void> {
    return this.#book.search([], signal)
  }

  candidates(signal?: AbortSignal): Promise<string[]> {
    return this.#book.candidates(signal)
  }

  ask(order: Order, providers: readonly string[], signal?: AbortSignal): AsyncIterable<HostAnswer> {
    return this.#tenant.ask(order, providers, signal)
  }

  open(request: NewLease): Promise<OpenResult> {
    return this.#tenant.open(request)
  }

  settle(lease: LeaseRecord): Promise<OpenResult> {
    return this.#tenant.settle(lease)
  }

  async close(leaseId: string, role: Role, reason: Reason): Promise<boolean> {
    const after = this.#deps.database.transaction((tx) => this.leases.apply(tx, leaseId, role, { kind: 'end', reason }))
    if (role === 'provider' || after.phase.state === 'final') return true
    return await this.#tenant.sendClose(after)
  }

  async #announceCells(): Promise<void> {
    const { capacity, network } = this.#deps
    const sells = this.offer().offer !== null
    await network.provide(sells ? cellsOf(capacity.settings().region, capacity.available()) : [])
  }
}
