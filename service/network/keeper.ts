import { multiaddr } from '@multiformats/multiaddr'
import { DepinError } from '../../contract/errors.ts'
import { backoffMs, type BaseDeps, Cycle } from '../base/index.ts'
import { peerIdIn } from './addresses.ts'

/** Whom to stay connected with, and at which addresses they may be. */
export interface Wish {
  peerId: string
  addresses: readonly string[]
}

export interface KeeperDeps extends BaseDeps {
  wishes: () => readonly Wish[]
  isConnected: (peerId: string) => boolean
  dial: (wish: Wish, signal: AbortSignal) => Promise<unknown>
}

const intervalMs = 2_000
const maxDialsAtOnce = 8
const backoff = { initialMs: 1_000, maxMs: 15_000 }

/** Dials those we want to be connected with, for ever, with growing pauses for those that do not answer. */
export class Keeper {
  readonly #deps: KeeperDeps
  readonly #attempts = new Map<string, { failures: number, notBeforeMs: number }>()
  readonly cycle: Cycle

  constructor(deps: KeeperDeps) {
    this.#deps = deps
    this.cycle = new Cycle({ ...deps, name: 'reconnect', intervalMs, run: (signal) => this.#run(signal) })
  }

  /** Something about this one has changed: no pause before the next attempt. */
  retryNow(peerId: string): void {
    this.#attempts.delete(peerId)
    this.cycle.trigger()
  }

  async #run(signal: AbortSignal): Promise<void> {
    const nowMs = this.#deps.clock.monotonicMs()
    const due = this.#deps.wishes().filter(({ peerId }) => !this.#deps.isConnected(peerId) && (this.#attempts.get(peerId)?.notBeforeMs ?? 0) <= nowMs)
    const queue = due.values()
    const dialNext = async (): Promise<void> => {
      for (const wish of queue) await this.#attempt(wish, signal)
    }
    await Promise.all(Array.from({ length: Math.min(maxDialsAtOnce, due.length) }, dialNext))
  }

  async #attempt(wish: Wish, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const { clock, rng, log, dial } = this.#deps
    try {
      await dial(wish, signal)
      this.#attempts.delete(wish.peerId)
    } catch (error) {
      const failures = (this.#attempts.get(wish.peerId)?.failures ?? 0) + 1
      this.#attempts.set(wish.peerId, { failures, notBeforeMs: clock.monotonicMs() + backoffMs(failures, backoff, rng) })
      log.debug('a node does not answer', { peerId: wish.peerId, failures, error })
    }
  }
}

/** The owner's bootstrap addresses, by peer. @throws E_ADDRESS for one that does not say who is there. */
export function bootstrapWishes(addresses: readonly string[], ownPeerId: string): Wish[] {
  const byPeer = Map.groupBy(addresses, bootstrapPeer)
  return [...byPeer].filter(([peerId]) => peerId !== ownPeerId).map(([peerId, group]) => ({ peerId, addresses: group }))
}

function bootstrapPeer(address: string): string {
  let peerId: string | undefined
  try {
    peerId = peerIdIn(multiaddr(address))
  } catch {
    // said below
  }
  if (peerId !== undefined) return peerId
  throw new DepinError('E_ADDRESS', `“${address}” does not say which node is there.`, { next: 'A bootstrap address ends in /p2p/ and a peer id, as “depin status” shows it on that node.' })
}
