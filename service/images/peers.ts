import { DepinError } from '../../contract/errors.ts'
import { blobProtocol, blobSizesProtocol } from '../../contract/wire/v1/protocols.ts'
import { type BaseDeps, deadlineSignal } from '../base/index.ts'
import type { Network, PeerInfo } from '../network/types.ts'
import { type BlobReceiver, type BlobStore, CorruptBlob } from './blobs.ts'

/** Somebody who has some of what is wanted. */
export interface Holder {
  peerId: string
  /** Bytes by digest, as they say. */
  sizes: Map<string, number>
  /** The rest will be there in a while. */
  coming: boolean
}

export interface PeersDeps extends BaseDeps {
  network: Network
  blobs: BlobStore
}

const askDeadlineMs = 5_000
/** A source from which nothing comes for this long is left, ms. */
const silenceMs = 20_000
const atOnce = 3
/** Who gave something else than was asked is not asked again for this long, ms. */
const distrustMs = 6 * 3_600_000
const nearRoundTripMs = 10
const maxAsked = 32

/** Gets pieces of images from other nodes, from several at once, and believes none of them. */
export class PeerSource {
  readonly #deps: PeersDeps
  /** Until when, monotonic ms. */
  readonly #distrusted = new Map<string, number>()

  constructor(deps: PeersDeps) {
    this.#deps = deps
  }

  /** Who is connected: neighbours first, then the tenant, then the others, the fastest first. */
  async ranked(tenant: string): Promise<{ near: string[], far: string[] }> {
    const { network, clock } = this.#deps
    const connected = new Set(network.connectedPeers())
    const known = (await network.peers()).filter(({ peerId }) => connected.has(peerId) && (this.#distrusted.get(peerId) ?? 0) <= clock.monotonicMs())
    const sorted = known.toSorted((a, b) => Number(b.peerId === tenant) - Number(a.peerId === tenant) || (a.roundTripMs ?? Infinity) - (b.roundTripMs ?? Infinity))
    const near = sorted.filter(isNear)
    return { near: near.map(({ peerId }) => peerId).slice(0, maxAsked), far: sorted.filter((peer) => !near.includes(peer)).map(({ peerId }) => peerId).slice(0, maxAsked) }
  }

  /** Who of these has what; in their order. */
  async ask(peerIds: readonly string[], digests: readonly string[], signal: AbortSignal): Promise<Holder[]> {
    const answers = await Promise.all(peerIds.map(async (peerId): Promise<Holder | null> => {
      try {
        const { sizes, coming } = await this.#deps.network.request(peerId, blobSizesProtocol, { digests: [...digests] }, { signal, deadlineMs: askDeadlineMs })
        return { peerId, coming, sizes: new Map(digests.flatMap((digest, at) => typeof sizes[at] === 'number' ? [[digest, sizes[at]] as const] : [])) }
      } catch {
        signal.throwIfAborted()
        return null
      }
    }))
    return answers.filter((answer) => answer !== null && (answer.coming || answer.sizes.size > 0)) as Holder[]
  }

  /**
   * Fetches these blobs into the store.
   *
   * @throws DepinError E_PEER_UNREACHABLE when some could be had from nobody; what came is kept.
   */
  async fetch(digests: readonly string[], holders: readonly Holder[], signal: AbortSignal, onBytes: (count: number) => void): Promise<void> {
    const queue = [...digests]
    const busy = new Map<string, number>()
    const failures: unknown[] = []
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let digest = queue.shift(); digest !== undefined; digest = queue.shift()) {
        await this.#fetchOne(digest, holders, busy, signal, onBytes).catch((error: unknown) => {
          signal.throwIfAborted()
          failures.push(error)
          // disk and bounds will be the same for the next
          if (!isAboutPeers(error)) queue.splice(0)
        })
      }
    }))
    if (failures.length > 0) throw failures.find((error) => !isAboutPeers(error)) ?? failures[0]
  }

  /** From one holder after the other, going on where the last one left off. */
  async #fetchOne(digest: string, holders: readonly Holder[], busy: Map<string, number>, signal: AbortSignal, onBytes: (count: number) => void): Promise<void> {
    const left = new Set(holders.filter((holder) => holder.sizes.has(digest)))
    let last: unknown
    while (left.size > 0) {
      const holder = [...left].toSorted((a, b) => (busy.get(a.peerId) ?? 0) - (busy.get(b.peerId) ?? 0))[0]
      if (holder === undefined) break
      left.delete(holder)
      busy.set(holder.peerId, (busy.get(holder.peerId) ?? 0) + 1)
      try {
        await this.#fetchFrom(holder, digest, signal, onBytes)
        return
      } catch (error) {
        signal.throwIfAborted()
        if (!isAboutPeers(error)) throw error
        this.#deps.log.info('a piece of an image did not come from a peer', { peerId: holder.peerId, digest, error })
        last = error
      } finally {
        busy.set(holder.peerId, (busy.get(holder.peerId) ?? 1) - 1)
      }
    }
    throw new DepinError('E_PEER_UNREACHABLE', `Nobody who is connected gives ${digest}.`, { next: 'It is tried again when somebody appears.', cause: last })
  }

  async #fetchFrom({ peerId, sizes }: Holder, digest: string, signal: AbortSignal, onBytes: (count: number) => void): Promise<void> {
    const { blobs } = this.#deps
    const sizeBytes = sizes.get(digest) ?? 0
    await blobs.assertRoom(sizeBytes)
    const receiver = await blobs.receive(digest, sizeBytes)
    let isFinished = false
    try {
      const wasResumed = receiver.offset > 0
      isFinished = await this.#attempt(peerId, digest, receiver, signal, onBytes)
      // what others sent before may be what was wrong: once more, from the start
      if (!isFinished && wasResumed) isFinished = await this.#attempt(peerId, digest, receiver, signal, onBytes)
      if (!isFinished) throw this.#distrust(peerId)
    } finally {
      if (!isFinished) await receiver.leave()
    }
  }

  /** False: what came was not what its digest says, and is gone. Bytes of a failed attempt are not counted. */
  async #attempt(peerId: string, digest: string, receiver: BlobReceiver, signal: AbortSignal, onBytes: (count: number) => void): Promise<boolean> {
    let counted = receiver.offset
    onBytes(counted)
    try {
      await this.#pour(peerId, digest, receiver, signal, (count) => {
        counted += count
        onBytes(count)
      })
      await receiver.finish()
      return true
    } catch (error) {
      onBytes(-counted)
      if (!(error instanceof CorruptBlob)) throw error
      await receiver.reset()
      return false
    }
  }

  async #pour(peerId: string, digest: string, receiver: BlobReceiver, signal: AbortSignal, onBytes: (count: number) => void): Promise<void> {
    const { network, clock } = this.#deps
    using silence = deadlineSignal(clock, `a piece of an image from ${peerId}`, silenceMs, signal)
    const conversation = await network.duplex(peerId, blobProtocol, { digest, offset: receiver.offset }, { signal: silence.signal })
    const cut = (): void => void conversation.destroy(silence.signal.reason as Error)
    silence.signal.addEventListener('abort', cut, { once: true })
    conversation.on('error', () => undefined)
    conversation.end()
    try {
      await receiver.add(conversation, (count) => {
        silence.extend()
        onBytes(count)
      })
    } finally {
      silence.signal.removeEventListener('abort', cut)
      conversation.destroy()
    }
  }

  #distrust(peerId: string): DepinError {
    const { clock, log } = this.#deps
    log.warn('a peer gave something else than was asked', { peerId })
    this.#distrusted.set(peerId, clock.monotonicMs() + distrustMs)
    return new DepinError('E_PEER_MISBEHAVED', `${peerId} gave something else than was asked.`)
  }
}

/** Another peer may do better. */
function isAboutPeers(error: unknown): boolean {
  return !(error instanceof DepinError) || !['E_DISK_FULL', 'E_CONFLICT'].includes(error.code)
}

/** On the same wire: by what was measured, or by its address while nothing was. */
function isNear({ addresses, roundTripMs }: PeerInfo): boolean {
  if (roundTripMs !== null) return roundTripMs <= nearRoundTripMs
  return addresses.some((address) => /^\/(memory|ip4\/(10|127|192\.168|172\.(1[6-9]|2\d|3[01]))\.|ip6\/(::1|f[cd]))/.test(address))
}
