import { Duplex } from 'node:stream'
import type { FileHandle } from 'node:fs/promises'
import type * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { maxConfigBytes } from '../../contract/wire/v1/image.ts'
import { blobProtocol, blobSizesProtocol } from '../../contract/wire/v1/protocols.ts'
import { type BaseDeps, raceSignal } from '../base/index.ts'
import type { EngineHost, ImageInfo } from '../engine/types.ts'
import type { Caller, Network } from '../network/types.ts'
import type { BlobStore } from './blobs.ts'
import { PeerBudget } from './budget.ts'
import { isConfigOf } from './config.ts'
import type { ImageRecord, ImageStore } from './types.ts'

export interface GiverDeps extends BaseDeps {
  store: ImageStore
  blobs: BlobStore
  engine: EngineHost
  network: Network
  /** This digest is on its way to this node, and the asker may wait for it. */
  isComing: (digest: string, caller: string) => boolean
}

/** An image that could not be taken out of the engine, or was, is not taken out again for this long, ms. */
const exportPauseMs = 60_000
const readBytes = 256 * 1024

/** Gives images to other nodes: those that were deployed from here or run here, to whoever knows their digest. */
export class Giver {
  readonly #deps: GiverDeps
  readonly #budget: PeerBudget
  readonly #exports = new Map<string, Promise<string>>()
  readonly #notBefore = new Map<string, number>()
  readonly #stopped = new AbortController()

  constructor(deps: GiverDeps) {
    this.#deps = deps
    this.#budget = new PeerBudget(deps.clock)
    deps.network.handleRequest(blobSizesProtocol, (input, caller) => this.#sizes(input.digests, caller))
    deps.network.handleDuplex(blobProtocol, (input, caller) => this.#open(input, caller))
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('images stop'))
    await Promise.allSettled(this.#exports.values())
  }

  /** Takes an image out of the engine, so that its pieces can be given; the digest of its configuration. */
  async takeOut(image: ImageInfo, signal: AbortSignal): Promise<string> {
    const running = this.#exports.get(image.id) ?? this.#export(image)
    return await raceSignal(running, signal)
  }

  /** Begins to take out what the engine has and is not ready, unless that was tried a moment ago. True: it will be ready. */
  prepare({ config, variant, heldAs }: ImageRecord): boolean {
    const { clock, engine, blobs, log } = this.#deps
    if ([config, ...variant.layers].every((digest) => blobs.size(digest) !== null)) return false
    if (this.#exports.has(config)) return true
    if (engine.status().state !== 'ready' || (this.#notBefore.get(config) ?? 0) > clock.monotonicMs()) return false
    this.#notBefore.set(config, clock.monotonicMs() + exportPauseMs)
    const work = engine.require().inspectImage(config).then(async (byId) => {
      const found = byId ?? (heldAs === null ? null : await engine.require().inspectImage(heldAs))
      return found === null ? '' : await this.#export(found)
    })
    this.#exports.set(config, work)
    work.catch((error: unknown) => log.warn('an image could not be taken out of the engine', { config, error })).finally(() => this.#exports.delete(config))
    return true
  }

  #export(image: ImageInfo): Promise<string> {
    const work = this.#exportParts(image).finally(() => this.#exports.delete(image.id))
    if (!this.#exports.has(image.id)) this.#exports.set(image.id, work)
    return work
  }

  async #exportParts(image: ImageInfo): Promise<string> {
    const { engine, blobs } = this.#deps
    await blobs.assertRoom(image.sizeBytes)
    const small: string[] = []
    for await (const { body } of engine.require().exportImage(image.id, this.#stopped.signal)) {
      await blobs.take(body, (digest, sizeBytes) => {
        const maybeConfig = image.config === null && sizeBytes <= maxConfigBytes
        if (maybeConfig) small.push(digest)
        return maybeConfig || digest === image.config || image.layers.includes(digest)
      })
    }
    return image.config ?? await this.#findConfig(small, image)
  }

  /** The one among small files that names this image's layers; the others are let go. */
  async #findConfig(candidates: readonly string[], image: ImageInfo): Promise<string> {
    let found: string | undefined
    for (const digest of candidates.filter((each) => !image.layers.includes(each))) {
      if (found === undefined && isConfigOf(await readAll(this.#deps.blobs, digest), image.layers)) found = digest
      else await this.#deps.blobs.remove(digest)
    }
    if (found !== undefined) return found
    throw new DepinError('E_ENGINE', `The container engine gave no configuration with the image ${image.id}.`, { next: 'Look in the log of the engine.' })
  }

  #sizes(digests: readonly string[], caller: Caller): z.input<typeof blobSizesProtocol.output> {
    const { blobs, isComing } = this.#deps
    const given = this.#given()
    let coming = digests.some((digest) => isComing(digest, caller.peerId))
    for (const image of new Set(digests.flatMap((digest) => given.get(digest) ?? []))) coming = this.prepare(image) || coming
    return { sizes: digests.map((digest) => given.has(digest) ? blobs.size(digest) : null), coming }
  }

  /** What may be asked for, and which image it belongs to. */
  #given(): Map<string, ImageRecord> {
    return new Map(this.#deps.store.list().flatMap((image) => [image.config, ...image.variant.layers].map((digest) => [digest, image])))
  }

  async #open({ digest, offset }: { digest: string, offset: number }, caller: Caller): Promise<Duplex> {
    const sizeBytes = this.#deps.blobs.size(digest)
    if (sizeBytes === null || offset > sizeBytes || !this.#given().has(digest)) throw new DepinError('E_NOT_FOUND', 'This piece of an image is not here.', { next: 'Ask another node.' })
    const leave = this.#budget.enter(caller.peerId, sizeBytes - offset)
    try {
      return new BlobDuplex(await this.#deps.blobs.openForReading(digest), offset, (bytes) => this.#budget.spend(caller.peerId, bytes), leave)
    } catch (error) {
      leave()
      throw error
    }
  }
}

/** A file as one way of a conversation; the other way carries nothing. */
class BlobDuplex extends Duplex {
  readonly #file: FileHandle
  readonly #onRead: (bytes: number) => void
  readonly #onClose: () => void
  #position: number

  constructor(file: FileHandle, offset: number, onRead: (bytes: number) => void, onClose: () => void) {
    super({ allowHalfOpen: true, readableHighWaterMark: 2 * readBytes })
    this.#file = file
    this.#position = offset
    this.#onRead = onRead
    this.#onClose = onClose
  }

  override _read(): void {
    this.#file.read(Buffer.allocUnsafe(readBytes), 0, readBytes, this.#position).then(({ bytesRead, buffer }) => {
      this.#position += bytesRead
      this.#onRead(bytesRead)
      this.push(bytesRead === 0 ? null : buffer.subarray(0, bytesRead))
    }).catch((error: unknown) => this.destroy(error as Error))
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    callback(new DepinError('E_PEER_MISBEHAVED', 'Nothing is to be sent here.'))
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#onClose()
    this.#file.close().then(() => callback(error), () => callback(error))
  }
}

export async function readAll(blobs: BlobStore, digest: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of blobs.read(digest)) chunks.push(chunk)
  return Buffer.concat(chunks)
}
