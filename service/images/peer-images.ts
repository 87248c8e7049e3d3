import { DepinError } from '../../contract/errors.ts'
import { type ImageVariant, maxConfigBytes } from '../../contract/wire/v1/image.ts'
import { formatSize } from '../../contract/units.ts'
import type { ContainerEngine, ImageInfo, LoadableImage, PullProgress } from '../engine/types.ts'
import { parseConfig, sameLayers } from './config.ts'
import { type Giver, readAll } from './give.ts'
import { type Holder, PeerSource, type PeersDeps } from './peers.ts'

export interface PeerErrand {
  reference: string
  variant: ImageVariant
  maxBytes: number
  signal: AbortSignal
  report: (progress: PullProgress) => void
}

/** Between two questions to somebody whose image is coming, ms. */
const askAgainMs = 1_000

/** The name of an image that came without a registry: found by its content on any engine, and ours to take away. */
export function cacheName(config: string): string {
  return `localhost/depin-image:${config.replace(/^sha256:/, '')}`
}

/** Whole images from other nodes: only what is missing travels, and is verified before the engine sees it. */
export class PeerImages {
  readonly #deps: PeersDeps & { giver: Giver }
  readonly #peers: PeerSource

  constructor(deps: PeersDeps & { giver: Giver }) {
    this.#deps = deps
    this.#peers = new PeerSource(deps)
  }

  ranked(tenant: string): Promise<{ near: string[], far: string[] }> {
    return this.#peers.ranked(tenant)
  }

  /** @param patienceMs how long to wait for what is coming to one of them. */
  async bring(engine: ContainerEngine, errand: PeerErrand, peerIds: readonly string[], patienceMs: number): Promise<ImageInfo> {
    const { variant, signal } = errand
    const local = await engine.listImages()
    const held = new Set(local.flatMap((image) => image.layers))
    const missing = (): string[] => [...new Set([variant.config, ...variant.layers])].filter((digest) => this.#deps.blobs.size(digest) === null && !held.has(digest))
    if (missing().length > 0) {
      const holders = await this.#findHolders(errand, peerIds, missing, patienceMs)
      await this.#fetch(errand, holders, missing)
    }
    await this.#assertConfig(errand)
    return await this.#load(engine, errand, local, signal)
  }

  /** Who has all that is missing, between them. E_PEER_UNREACHABLE. */
  async #findHolders({ reference, signal }: PeerErrand, peerIds: readonly string[], missing: () => string[], patienceMs: number): Promise<Holder[]> {
    const { clock } = this.#deps
    const untilMs = clock.monotonicMs() + patienceMs
    for (;;) {
      const holders = await this.#peers.ask(peerIds, missing(), signal)
      if (missing().every((digest) => holders.some((holder) => holder.sizes.has(digest)))) return holders
      if (!holders.some((holder) => holder.coming) || clock.monotonicMs() >= untilMs) {
        throw new DepinError('E_PEER_UNREACHABLE', `None of ${peerIds.length} connected nodes has the image ${reference}.`)
      }
      await clock.sleep(askAgainMs, signal)
    }
  }

  async #fetch({ reference, variant, maxBytes, signal, report }: PeerErrand, holders: readonly Holder[], missing: () => string[]): Promise<void> {
    const bounded = holders.map((holder) => ({ ...holder, sizes: new Map([...holder.sizes].filter(([digest, bytes]) => bytes <= (digest === variant.config ? maxConfigBytes : maxBytes))) }))
    const wanted = missing()
    // what the most modest of them say: one who exaggerates keeps nothing from coming
    const sizeOf = (digest: string): number => Math.min(...bounded.flatMap((holder) => holder.sizes.get(digest) ?? []))
    const totalBytes = wanted.reduce((sum, digest) => sum + sizeOf(digest), 0)
    if (totalBytes > maxBytes) throw new DepinError('E_IMAGE_TOO_LARGE', `The image ${reference} is larger than the ${formatSize(maxBytes)} this host takes.`, { next: 'Ask for more disk (x-depin: disk), or use a smaller image.' })
    await this.#deps.blobs.assertRoom(totalBytes)
    let doneBytes = 0
    report({ doneBytes, totalBytes })
    await this.#peers.fetch(wanted, bounded, signal, (count) => {
      doneBytes += count
      report({ doneBytes: Math.max(0, Math.min(doneBytes, totalBytes)), totalBytes })
    })
  }

  /** The configuration is what its digest says by now; the layers and the machine must be what it says. */
  async #assertConfig({ reference, variant }: PeerErrand): Promise<void> {
    const { os, arch, layers } = parseConfig(await readAll(this.#deps.blobs, variant.config))
    if (sameLayers(layers, variant.layers) && (os ?? variant.platform.os) === variant.platform.os && (arch ?? variant.platform.arch) === variant.platform.arch) return
    throw new DepinError('E_IMAGE_REFUSED', `The image ${reference} is not what the renter said it is.`, { next: 'Deploy the app again, so that its images are looked up anew.' })
  }

  async #load(engine: ContainerEngine, errand: PeerErrand, local: readonly ImageInfo[], signal: AbortSignal): Promise<ImageInfo> {
    const { variant } = errand
    const shared = Math.max(0, ...local.map((image) => sharedLayers(image.layers, variant.layers)))
    await this.#takeOut(variant.layers.slice(shared), local, signal)
    try {
      return await engine.loadImage(await this.#loadable(variant, shared), signal)
    } catch (error) {
      signal.throwIfAborted()
      if (shared === 0 || !(error instanceof DepinError) || error.code !== 'E_ENGINE') throw error
      // not every engine lets layers be left out
      this.#deps.log.info('the engine wants all layers of an image', { error })
      await this.#takeOut(variant.layers, local, signal)
      return await engine.loadImage(await this.#loadable(variant, 0), signal)
    }
  }

  /** Layers that the engine has, but in no place that it would look for them. */
  async #takeOut(layers: readonly string[], local: readonly ImageInfo[], signal: AbortSignal): Promise<void> {
    const { blobs, giver } = this.#deps
    for (const digest of layers) {
      const image = blobs.size(digest) === null ? local.find((each) => each.layers.includes(digest)) : undefined
      if (image !== undefined) await giver.takeOut(image, signal)
    }
  }

  async #loadable({ config, layers }: ImageVariant, leftOut: number): Promise<LoadableImage> {
    const { blobs } = this.#deps
    return {
      name: cacheName(config),
      config: { digest: config, content: await readAll(blobs, config) },
      layers: layers.map((digest, at) => ({ digest, sizeBytes: blobs.size(digest) ?? 0, open: at < leftOut ? null : () => blobs.read(digest) })),
    }
  }
}

/** How many of the lowest layers two images have in common. */
export function sharedLayers(a: readonly string[], b: readonly string[]): number {
  const differing = a.findIndex((digest, at) => digest !== b[at])
  return differing === -1 ? Math.min(a.length, b.length) : differing
}
