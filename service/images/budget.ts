import { DepinError } from '../../contract/errors.ts'
import type { Clock, Disposer } from '../base/index.ts'

/** At once, for one peer and for all together. */
const maxOfPeer = 4
const maxOfAll = 16
/** So much at a time, and about 170 GB a day. One blob is never cut because it is larger. */
const burstBytes = 8 * 1024 ** 3
const bytesPerMs = 2 * 1024 ** 2 / 1000
const maxPeers = 2000

/** What other nodes may take of this one's images. */
export class PeerBudget {
  readonly #clock: Clock
  readonly #peers = new Map<string, { open: number, bytes: number, atMs: number }>()
  #open = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins to give `bytes`; the disposer ends it. E_BUSY. */
  enter(peerId: string, bytes: number): Disposer {
    const account = this.#account(peerId)
    if (account.open >= maxOfPeer || this.#open >= maxOfAll || account.bytes < Math.min(bytes, burstBytes)) {
      throw new DepinError('E_BUSY', 'You take more of this node’s images than it gives one peer at a time.', { next: 'Go on later from where you are, or ask another node.' })
    }
    account.open++
    this.#open++
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      account.open--
      this.#open--
    }
  }

  spend(peerId: string, bytes: number): void {
    this.#account(peerId).bytes -= bytes
  }

  #account(peerId: string): { open: number, bytes: number, atMs: number } {
    const nowMs = this.#clock.monotonicMs()
    const account = this.#peers.get(peerId) ?? { open: 0, bytes: burstBytes, atMs: nowMs }
    account.bytes = Math.min(burstBytes, account.bytes + (nowMs - account.atMs) * bytesPerMs)
    account.atMs = nowMs
    if (!this.#peers.has(peerId) && this.#peers.size >= maxPeers) this.#tidy()
    this.#peers.set(peerId, account)
    return account
  }

  /** Those who take nothing now and took little are forgotten. */
  #tidy(): void {
    for (const [peerId, { open, bytes }] of this.#peers) if (open === 0 && bytes > burstBytes / 2) this.#peers.delete(peerId)
  }
}
