import { DepinError } from '../../../contract/errors.ts'
import type { Clock, Disposer } from '../../base/index.ts'

export type ConversationKind = 'request' | 'stream' | 'duplex'

/** Per peer, and for each protocol: how many conversations at once, and how many may begin. */
const rules: Record<ConversationKind, { atOnce: number, burst: number, perSecond: number }> = {
  request: { atOnce: 32, burst: 500, perSecond: 100 },
  stream: { atOnce: 64, burst: 200, perSecond: 20 },
  // one per TCP connection of a tunnel
  duplex: { atOnce: 2048, burst: 20_000, perSecond: 10_000 },
}
/** So many offences at once, or this many a second for long, and the peer is shown the door for a while. */
const offences = { burst: 20, perSecond: 0.2 }
/** Going on although told to wait is a small offence. */
const busyWeight = 0.02
const refusedForMs = 5 * 60_000
const maxPeers = 2000

/** Holds `burst` tokens, gains `perSecond`. */
export class TokenBucket {
  readonly #burst: number
  readonly #perMs: number
  #tokens: number
  #atMs: number

  constructor(rule: { burst: number, perSecond: number }, nowMs: number) {
    this.#burst = rule.burst
    this.#perMs = rule.perSecond / 1000
    this.#tokens = rule.burst
    this.#atMs = nowMs
  }

  /** Takes when there is enough. */
  take(nowMs: number, count = 1): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs)
    this.#atMs = nowMs
    if (this.#tokens < count) return false
    this.#tokens -= count
    return true
  }

  isFull(nowMs: number): boolean {
    return this.#tokens + (nowMs - this.#atMs) * this.#perMs >= this.#burst
  }
}

interface PeerAccount {
  offences: TokenBucket
  refused: { untilMs: number, why: DepinError } | undefined
  protocols: Map<string, { open: number, starts: TokenBucket }>
}

/** What each peer may ask of this node, and who has lost the right to ask. */
export class PeerLimits {
  readonly #clock: Clock
  readonly #onRefused: (peerId: string) => void
  readonly #accounts = new Map<string, PeerAccount>()

  /** @param onRefused the peer has gone too far: to be disconnected. */
  constructor(clock: Clock, onRefused: (peerId: string) => void) {
    this.#clock = clock
    this.#onRefused = onRefused
  }

  /**
   * Begins a conversation; the disposer ends it.
   *
   * @throws E_BUSY when the peer has too many, or begins too many.
   */
  enter(peerId: string, protocolId: string, kind: ConversationKind): Disposer {
    const nowMs = this.#clock.monotonicMs()
    const account = this.#account(peerId, nowMs)
    const protocol = account.protocols.get(protocolId) ?? { open: 0, starts: new TokenBucket(rules[kind], nowMs) }
    account.protocols.set(protocolId, protocol)
    if (protocol.open >= rules[kind].atOnce || !protocol.starts.take(nowMs)) {
      this.offend(peerId, busyWeight)
      throw new DepinError('E_BUSY', 'You ask for more than this node gives one peer at a time.', { next: 'Wait a moment, then go on more slowly.' })
    }
    protocol.open++
    let isOpen = true
    return () => {
      if (isOpen) protocol.open--
      isOpen = false
    }
  }

  /** Counts a breach of the rules. */
  offend(peerId: string, weight = 1): void {
    const nowMs = this.#clock.monotonicMs()
    const account = this.#account(peerId, nowMs)
    if (this.refusal(peerId) !== undefined || account.offences.take(nowMs, weight)) return
    this.refuse(peerId, refusedForMs, new DepinError('E_PEER_MISBEHAVED', `${peerId} broke the rules too often, and is kept out for some minutes.`, {
      next: 'Try again later, or choose another node.', details: { peerId },
    }))
    this.#onRefused(peerId)
  }

  /** Keeps a peer out for a while: no connection with it is made or taken. One that is there is not cut by this. */
  refuse(peerId: string, forMs: number, why: DepinError): void {
    const nowMs = this.#clock.monotonicMs()
    this.#account(peerId, nowMs).refused = { untilMs: nowMs + forMs, why }
  }

  /** Lets a peer in again, whatever was. */
  forgive(peerId: string): void {
    this.#accounts.delete(peerId)
  }

  /** How many peers are remembered. */
  get size(): number {
    return this.#accounts.size
  }

  isRefused(peerId: string): boolean {
    return this.refusal(peerId) !== undefined
  }

  /** Why a peer is kept out now. */
  refusal(peerId: string): DepinError | undefined {
    const refused = this.#accounts.get(peerId)?.refused
    return refused !== undefined && refused.untilMs > this.#clock.monotonicMs() ? refused.why : undefined
  }

  #account(peerId: string, nowMs: number): PeerAccount {
    const known = this.#accounts.get(peerId)
    if (known !== undefined) return known
    if (this.#accounts.size >= maxPeers) this.#tidy(nowMs)
    const account: PeerAccount = { offences: new TokenBucket(offences, nowMs), refused: undefined, protocols: new Map() }
    this.#accounts.set(peerId, account)
    return account
  }

  /** Forgets those with nothing open and nothing to remember; if none is, the oldest. */
  #tidy(nowMs: number): void {
    for (const [peerId, account] of this.#accounts) {
      const isIdle = [...account.protocols.values()].every((protocol) => protocol.open === 0)
      if (isIdle && (account.refused?.untilMs ?? 0) <= nowMs && account.offences.isFull(nowMs)) this.#accounts.delete(peerId)
    }
    for (const peerId of this.#accounts.keys()) {
      if (this.#accounts.size < maxPeers) return
      this.#accounts.delete(peerId)
    }
  }
}
