import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { type BaseDeps, Cycle } from '../base/index.ts'
import type { Host } from './host.ts'

/** Nodes of this kind come and go, and take the records they hold with them: told again long before records expire. */
const renewMs = 20 * 60_000
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

  constructor(networkName: string, host: Host, deps: BaseDeps) {
    this.#networkName = networkName
    this.#host = host
    this.#deps = deps
    this.cycle = new Cycle({ ...deps, name: 'announce cells', intervalMs: renewMs, maxBackoffMs: renewMs, run: (signal) => this.#announce(signal) })
  }

  /** From now on these cells and no others. Resolves when those nodes that should know were told, as far as they answer. */
  async provide(cells: readonly string[]): Promise<void> {
    const dropped = this.#cells.filter((cell) => !cells.includes(cell))
    this.#cells = [...cells]
    for (const cell of dropped) await this.#host.services.dht.cancelReprovide(this.#key(cell))
    await this.cycle.runOnce()
  }

  /** The DHT's nodes have changed: those that came should be told as well. */
  onPeer(): void {
    if (this.#cells.length > 0) this.cycle.trigger()
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

  async #announce(signal: AbortSignal): Promise<void> {
    for (const cell of this.#cells) {
      const deadline = AbortSignal.any([signal, this.#after(provideDeadlineMs)])
      for await (const _ of this.#host.services.dht.provide(this.#key(cell), { signal: deadline })) {
        if (signal.aborted) return
      }
    }
  }

  #after(delayMs: number): AbortSignal {
    const controller = new AbortController()
    this.#deps.clock.after(delayMs, () => controller.abort(new Error('The DHT takes too long')))
    return controller.signal
  }

  /** Where in the DHT a cell is. */
  #key(cell: string): CID {
    const digest = createHash('sha256').update(`depin/cell/v1\0${this.#networkName}\0${cell}`).digest()
    return CID.createV1(rawCodec, createDigest(sha256Code, digest))
  }
}
