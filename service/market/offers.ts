import { offerProtocol } from '../../contract/wire/v1/protocols.ts'
import { Cycle, type Disposer } from '../base/index.ts'
import { verifyRecord } from '../identity/index.ts'
import type { CallOptions } from '../network/types.ts'
import type { KnownOffer, MarketDeps } from './types.ts'
import { cellsFor } from './cells.ts'

/** Offers are fetched again this often, ms: well within their validity. */
const refreshIntervalMs = 120_000
/** No more hosts than this are asked for one order. */
const maxCandidates = 64
/** A search of the DHT never holds an order up for longer, ms. */
const searchDeadlineMs = 5_000

/** What others would sell, as far as known: asked of each peer when it connects, and again now and then. */
export class OfferBook {
  readonly #deps: MarketDeps
  readonly #offers = new Map<string, KnownOffer>()
  /** Each host's clock minus ours when it signed its offer, ms. */
  readonly #skewsMs = new Map<string, number>()
  readonly #cycle: Cycle
  #stopListening: Disposer | undefined

  constructor(deps: MarketDeps) {
    this.#deps = deps
    this.#cycle = new Cycle({ ...deps, name: 'offers', intervalMs: refreshIntervalMs, run: () => this.#refresh() })
  }

  start(): void {
    this.#stopListening = this.#deps.network.onPeer(({ peerId, connected }) => {
      if (connected) void this.lookUp(peerId)
    })
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    this.#stopListening?.()
    await this.#cycle.stop()
  }

  get(provider: string): KnownOffer | undefined {
    const known = this.#offers.get(provider)
    return known !== undefined && known.offer.validToMs > this.#deps.clock.nowMs() ? known : undefined
  }

  list(): KnownOffer[] {
    return [...this.#offers.keys()].flatMap((provider) => this.get(provider) ?? [])
  }

  /** The median; null when nobody was heard. */
  clockSkewMs(): number | null {
    const skewsMs = [...this.#skewsMs.values()].toSorted((a, b) => a - b)
    return skewsMs[Math.floor(skewsMs.length / 2)] ?? null
  }

  /** The offer of one host, asked for unless it is known. Undefined when it sells nothing or does not answer. */
  async lookUp(provider: string, options: CallOptions = {}): Promise<KnownOffer | undefined> {
    return this.get(provider) ?? await this.#fetch(provider, options)
  }

  /** Everybody who might sell: all that are connected, and all whose offers are known. Searches first when that is nobody. */
  async candidates(signal?: AbortSignal): Promise<string[]> {
    const known = await this.#reachable()
    if (known.length > 0) return known
    await this.search([], signal)
    return await this.#reachable()
  }

  /** Looks for hosts through the DHT, connects to them, and asks for their offers. */
  async search(regions: readonly string[], signal?: AbortSignal): Promise<void> {
    const { network, log } = this.#deps
    const found = new Set<string>()
    const options = { deadlineMs: searchDeadlineMs, ...signal !== undefined && { signal } }
    for (const cell of cellsFor(regions, { cpuMilli: 0, memoryMiB: 0, diskMiB: 0 })) {
      try {
        for await (const peerId of network.findProviders(cell, options)) found.add(peerId)
      } catch (error) {
        log.debug('host search ended early', { cell, error })
      }
    }
    await Promise.allSettled([...found].filter((peerId) => peerId !== network.peerId).map((peerId) => this.lookUp(peerId, options)))
  }

  async #reachable(): Promise<string[]> {
    const { network } = this.#deps
    const connected = (await network.peers()).filter((peer) => peer.connected).map((peer) => peer.peerId)
    const offering = this.list().map((known) => known.offer.provider)
    return [...new Set([...offering, ...connected])].filter((peerId) => peerId !== network.peerId).slice(0, maxCandidates)
  }

  async #refresh(): Promise<void> {
    const { network } = this.#deps
    await this.search([])
    const connected = (await network.peers()).filter((peer) => peer.connected && peer.peerId !== network.peerId)
    await Promise.allSettled(connected.map((peer) => this.#fetch(peer.peerId, {})))
  }

  async #fetch(provider: string, options: CallOptions): Promise<KnownOffer | undefined> {
    const { network, networkName, bus, clock, log } = this.#deps
    try {
      const { offer } = await network.request(provider, offerProtocol, {}, options)
      if (offer === null) {
        this.#offers.delete(provider)
        return undefined
      }
      const { record } = verifyRecord('offer', offer, provider)
      this.#skewsMs.set(provider, record.issuedAtMs - clock.nowMs())
      if (record.network !== networkName || record.provider !== provider || record.validToMs <= clock.nowMs()) return undefined
      const roundTripMs = (await network.peers()).find((peer) => peer.peerId === provider)?.roundTripMs ?? null
      this.#offers.set(provider, { offer: record, roundTripMs })
      bus.publish('peer-changed', provider)
      return this.#offers.get(provider)
    } catch (error) {
      log.debug('no offer', { provider, error })
      return undefined
    }
  }
}
