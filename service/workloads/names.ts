import { Resolver } from 'node:dns/promises'
import type { Clock } from '../base/index.ts'
import { isPublicAddress } from '../engine/index.ts'

export interface NameAnswer { address: string, ttl: number }

/** Asks for the IPv4 addresses of a name, with how long they may be kept, s. Replaced in tests. */
export type NameLookup = (name: string) => Promise<readonly NameAnswer[]>

const leastKeptMs = 60_000
const mostKeptMs = 3_600_000
const maxAddresses = 8
const lookupTimeoutMs = 3000

export function systemLookup(): NameLookup {
  const resolver = new Resolver({ timeout: lookupTimeoutMs, tries: 2 })
  return async (name) => await resolver.resolve4(name, { ttl: true })
}

/**
 * The addresses of names that apps may connect to. Answers are kept as long as their servers say, within bounds, and a
 * name that leads into a private network leads nowhere: else whoever owns a name could point guests at the owner's home.
 */
export class Names {
  readonly #lookup: NameLookup
  readonly #clock: Clock
  readonly #known = new Map<string, { addresses: readonly string[], untilMs: number }>()

  constructor(lookup: NameLookup, clock: Clock) {
    this.#lookup = lookup
    this.#clock = clock
  }

  /** A name without an answer is left out: the guest is told that there is no such host. */
  async hosts(names: readonly string[]): Promise<{ name: string, address: string }[]> {
    const found = await Promise.all(names.map(async (name) => (await this.#addresses(name)).map((address) => ({ name, address }))))
    return found.flat()
  }

  async #addresses(name: string): Promise<readonly string[]> {
    const known = this.#known.get(name)
    const nowMs = this.#clock.monotonicMs()
    if (known !== undefined && known.untilMs > nowMs) return known.addresses
    try {
      const answers = (await this.#lookup(name)).filter(({ address }) => isPublicAddress(address)).slice(0, maxAddresses)
      const keptMs = Math.min(mostKeptMs, Math.max(leastKeptMs, ...answers.map(({ ttl }) => ttl * 1000)))
      const addresses = answers.map(({ address }) => address).sort()
      this.#known.set(name, { addresses, untilMs: nowMs + keptMs })
      return addresses
    } catch {
      // no answer now: what was known is better than nothing
      return known?.addresses ?? []
    }
  }
}
