import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { type BaseDeps, Cycle, deadlineSignal, type Disposer } from '../base/index.ts'
import type { Host } from './host.ts'

/** Nodes of this kind come and go, and take the records they hold with them: told again long before records expire. */
const renewMs = 20 * 60_000
/** A node that came is in the DHT's table a moment later. */
const settleMs = 3_000
/** Each telling asks dozens of nodes: those that come one after the other are told together. */
const leastPauseMs = 60_000
const provideDeadlineMs = 60_000
const rawCodec = 0x55
const sha256Code = 0x12

/** Says in the DHT in which cells this node sells, and finds who sells in one. */
export class Discovery {
  readonly #networkName: string
  readonly #host: Host
  readonly #deps: BaseDeps
  readonly cycle: Cycle
  #cells: readonly string[] = []
  /** Those of the cells that nobody was told of yet. */
  readonly #untold = new Set<string>()
  #toldAtMs = -Infinity
  #cancelTelling: Disposer | undefined
  readonly #stopped = new AbortController()

  constructor(networkName: string, host: Host, deps: BaseDeps) {
    this.#networkName = networkName
    this.#host = host
    this.#deps = deps
    this.cycle = new Cycle({ ...deps, name: 'announce cells', intervalMs: renewMs, maxBackoffMs: renewMs, run: (signal) => this.#announceAll(signal) })
  }

  /**
   * From now on these cells and no others. Resolves when those nodes that should know were told of new ones, as far as they
   * answer. With the same cells again, tells of those that nobody has heard of yet.
   */
  async provide(cells: readonly string[]): Promise<void> {
    const before = this.#cells
    this.#cells = [...cells]
    for (const cell of cells) if (!before.includes(cell)) this.#untold.add(cell)
    for (const cell of before.filter((each) => !cells.includes(each))) {
      this.#untold.delete(cell)
      await this.#host.services.dht.cancelReprovide(this.#key(cell))
    }
    await this.#announce([...this.#untold], this.#stopped.signal)
  }

  /** The DHT's nodes have changed: those that came should be told as well, soon. */
  onPeer(): void {
    if (this.#cancelTelling !== undefined) return
    const pauseMs = Math.max(settleMs, this.#toldAtMs + leastPauseMs - this.#deps.clock.monotonicMs())
    this.#cancelTelling = this.#deps.clock.after(pauseMs, () => {
      this.#cancelTelling = undefined
      this.cycle.trigger()
    })
  }

  stop(): void {
    this.#cancelTelling?.()
    this.#stopped.abort(new Error('The network stops'))
  }

  /** Peer ids, each once. */
  async* find(cell: string, signal: AbortSignal): AsyncGenerator<string, void> {
    const found = new Set<string>()
    for await (const event of this.#host.services.dht.findProviders(this.#key(cell), { signal })) {
      if (event.name !== 'PROVIDER' && event.name !== 'PEER_RESPONSE') continue
      for (const { id } of event.providers) {
        const peerId = id.toString()
        if (!found.has(peerId)) yield peerId
        found.add(peerId)
      }
    }
  }

  async #announceAll(signal: AbortSignal): Promise<void> {
    if (this.#cells.length > 0) this.#toldAtMs = this.#deps.clock.monotonicMs()
    await this.#announce(this.#cells, signal)
  }

  async #announce(cells: readonly string[], signal: AbortSignal): Promise<void> {
    for (const cell of cells) {
      using deadline = deadlineSignal(this.#deps.clock, `telling of ${cell}`, provideDeadlineMs, signal)
      for await (const event of this.#host.services.dht.provide(this.#key(cell), { signal: deadline.signal })) {
        if (signal.aborted) return
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') this.#untold.delete(cell)
      }
    }
  }

  /** Where in the DHT a cell is. */
  #key(cell: string): CID {
    const digest = createHash('sha256').update(`depin/cell/v1\0${this.#networkName}\0${cell}`).digest()
    return CID.createV1(rawCodec, createDigest(sha256Code, digest))
  }
}
