import { DepinError } from '../../contract/errors.ts'
import type { CachedImage } from '../../contract/nouns/images.ts'
import type { ImageVariant } from '../../contract/wire/v1/image.ts'
import { formatSize } from '../../contract/units.ts'
import { raceSignal } from '../base/index.ts'
import { keepFreeDiskMiB } from '../capacity/index.ts'
import type { ContainerEngine, ImageInfo, PullProgress } from '../engine/types.ts'
import { sameLayers } from './config.ts'
import type { PeerImages } from './peer-images.ts'
import { cacheName } from './peer-images.ts'
import type { Verdict } from './policy.ts'
import { byDigest } from './reference.ts'
import type { BringRequest, ImagesDeps, ImageStore } from './types.ts'

export interface BringerDeps extends ImagesDeps {
  store: ImageStore
  peerImages: PeerImages
  judge: (reference: string, variant: ImageVariant | null) => Verdict
}

type Accepted = Extract<Verdict, { kind: 'accepted' }>

/** One image on its way, for all who wait for it. */
interface Job {
  digests: readonly string[]
  done: Promise<ImageInfo>
  listeners: Set<(progress: PullProgress) => void>
  last: PullProgress
}

interface Found { image: ImageInfo, heldAs: string | null, origin: CachedImage['origin'] }

/** What one image is brought by. */
interface Errand {
  reference: string
  variant: ImageVariant
  verdict: Accepted
  tenant: string
  maxBytes: number
  signal: AbortSignal
  report: (progress: PullProgress) => void
}

/** Gets images to the engine of a host, each once however many ask, and lets none in that is not what was agreed. */
export class Bringer {
  readonly #deps: BringerDeps
  readonly #jobs = new Map<string, Job>()
  readonly #stopped = new AbortController()

  constructor(deps: BringerDeps) {
    this.#deps = deps
  }

  async stop(): Promise<void> {
    this.#stopped.abort(new Error('images stop'))
    await Promise.allSettled([...this.#jobs.values()].map((job) => job.done))
  }

  /** Of two nodes that fetch the same at once, the one with the smaller id waits for nobody. */
  isComing(digest: string, caller: string): boolean {
    return caller > this.#deps.network.peerId && [...this.#jobs.values()].some((job) => job.digests.includes(digest))
  }

  /** Digests of what is on its way. */
  inUse(): Set<string> {
    return new Set([...this.#jobs.values()].flatMap((job) => job.digests))
  }

  async bring(request: BringRequest): Promise<ImageInfo> {
    const { engine, capacity } = this.#deps
    const { image: reference, source } = request.service
    const { os, arch } = engine.require().status
    const maxBytes = Math.max(capacity.settings().imageCacheMiB, request.diskMiB) * 1024 ** 2
    if (source === null) return await this.#byName(request, maxBytes)
    const variant = source.variants.find(({ platform }) => platform.os === os && platform.arch === arch)
    if (variant === undefined) throw new DepinError('E_IMAGE_PLATFORM', `The image ${reference} is not made for ${os}/${arch}.`, { next: 'Use an image that is built for this processor too.' })
    const verdict = this.#accept(reference, variant)
    // before it is here: it must not go again before the lease has used it
    this.#pin(request.leaseId, variant.config)
    const job = this.#jobs.get(variant.config) ?? this.#begin({ reference, variant, verdict, tenant: request.tenant, maxBytes })
    job.listeners.add(request.onProgress)
    try {
      return await raceSignal(job.done, request.signal)
    } finally {
      job.listeners.delete(request.onProgress)
    }
  }

  #accept(reference: string, variant: ImageVariant | null): Accepted {
    const verdict = this.#deps.judge(reference, variant)
    if (verdict.kind === 'accepted') return verdict
    throw new DepinError('E_IMAGE_REFUSED', `The image ${reference} is not accepted here: ${verdict.why}.`, { next: 'Choose another host, or another image.' })
  }

  #begin(errand: Omit<Errand, 'signal' | 'report'>): Job {
    const { variant } = errand
    const listeners: Job['listeners'] = new Set()
    const job: Job = { digests: [variant.config, ...variant.layers], listeners, last: { doneBytes: 0, totalBytes: 0 }, done: Promise.resolve(null as never) }
    const report = (progress: PullProgress): void => {
      job.last = progress
      for (const listener of listeners) listener(progress)
    }
    job.done = this.#run({ ...errand, signal: this.#stopped.signal, report }).finally(() => this.#jobs.delete(variant.config))
    job.done.catch(() => undefined)
    this.#jobs.set(variant.config, job)
    return job
  }

  async #run(errand: Errand): Promise<ImageInfo> {
    const { variant, reference, maxBytes } = errand
    if ((variant.downloadBytes ?? 0) > maxBytes || (variant.sizeBytes ?? 0) > maxBytes) throw tooLarge(reference, Math.max(variant.downloadBytes ?? 0, variant.sizeBytes ?? 0), maxBytes)
    const engine = this.#deps.engine.require()
    const found = await this.#present(engine, errand) ?? await this.#fetch(engine, errand)
    if (found.image.sizeBytes > maxBytes) {
      if (found.heldAs !== null) await engine.removeImage(found.heldAs)
      throw tooLarge(reference, found.image.sizeBytes, maxBytes)
    }
    this.#record(errand.reference, { ...variant, sizeBytes: found.image.sizeBytes }, found)
    return found.image
  }

  async #present(engine: ContainerEngine, { variant, reference, verdict }: Errand): Promise<Found | null> {
    const pulled = variant.manifest === null ? [] : [byDigest(reference, variant.manifest)]
    // what must come from its registry must have come from there
    const names = verdict.fromPeers ? [variant.config, cacheName(variant.config), ...pulled] : pulled
    for (const name of names) {
      const image = await engine.inspectImage(name)
      if (image === null || !isSame(image, variant)) continue
      const known = this.#deps.store.get(variant.config)
      return { image, heldAs: known?.heldAs ?? null, origin: known?.origin ?? 'engine' }
    }
    return null
  }

  /** Neighbours, the registry, everybody else. The error that tells most, when none of them has it. */
  async #fetch(engine: ContainerEngine, errand: Errand): Promise<Found> {
    const { verdict, variant, tenant, signal } = errand
    const { peerImages } = this.#deps
    const { near, far } = verdict.fromPeers ? await peerImages.ranked(tenant) : { near: [], far: [] }
    const errors: unknown[] = []
    const attempt = async (work: () => Promise<Found>): Promise<Found | null> => {
      try {
        return await work()
      } catch (error) {
        signal.throwIfAborted()
        if (isFinal(error)) throw error
        errors.push(error)
        return null
      }
    }
    const viaPeers = (peerIds: readonly string[], patienceMs: number) => attempt(async () => (
      { image: await peerImages.bring(engine, errand, peerIds, patienceMs), heldAs: cacheName(variant.config), origin: 'peers' as const }
    ))
    const mayPull = verdict.fromRegistry && variant.manifest !== null
    const found = (near.length > 0 ? await viaPeers(near, mayPull ? 60_000 : 600_000) : null)
      ?? (mayPull ? await attempt(() => this.#pull(engine, errand)) : null)
      ?? (far.length > 0 ? await viaPeers(far, 600_000) : null)
    if (found !== null) return found
    throw this.#nobodyHas(errand, errors, [...near, ...far].includes(tenant))
  }

  #nobodyHas({ reference, verdict }: Errand, errors: readonly unknown[], wasTenantAsked: boolean): unknown {
    const missing = errors.find((error) => error instanceof DepinError && error.code === 'E_IMAGE_NOT_FOUND')
    const engineError = errors.find((error) => error instanceof DepinError && error.code.startsWith('E_ENGINE'))
    if (engineError !== undefined) return engineError
    if (missing !== undefined && (wasTenantAsked || !verdict.fromPeers)) return missing
    return new DepinError('E_REGISTRY_UNREACHABLE', `The image ${reference} can be had from nobody now: neither its registry nor a connected node gives it.`, {
      next: 'It is tried again. Keep the computer connected that has the image.', cause: errors[0],
    })
  }

  async #pull(engine: ContainerEngine, { reference, variant, signal, report }: Errand): Promise<Found> {
    const name = byDigest(reference, variant.manifest ?? '')
    const image = await engine.pullImage(name, { platform: null, signal, keepFreeMiB: keepFreeDiskMiB, onProgress: report })
    if (isSame(image, variant)) return { image, heldAs: name, origin: 'registry' }
    await engine.removeImage(name)
    throw new DepinError('E_IMAGE_REFUSED', `What the registry has as ${name} is not what the renter said.`, { next: 'Deploy the app again, so that its images are looked up anew.' })
  }

  /** Nobody said what the name stands for: what the engine finds under it counts. */
  async #byName(request: BringRequest, maxBytes: number): Promise<ImageInfo> {
    const engine = this.#deps.engine.require()
    const { image: reference, platform } = request.service
    const before = await engine.inspectImage(reference)
    const verdict = this.#accept(reference, before === null ? null : variantOf(before))
    if (before === null && !verdict.fromRegistry) throw new DepinError('E_IMAGE_REFUSED', `The image ${reference} is not fetched from its registry: the owner did not allow it.`, { next: 'Deploy from a computer that has the image.' })
    const image = await engine.pullImage(reference, { platform, signal: request.signal, keepFreeMiB: keepFreeDiskMiB, onProgress: request.onProgress })
    const variant = variantOf(image)
    const heldAs = before === null ? reference : this.#deps.store.get(variant.config)?.heldAs ?? null
    try {
      this.#accept(reference, variant)
      if (image.sizeBytes > maxBytes) throw tooLarge(reference, image.sizeBytes, maxBytes)
    } catch (error) {
      if (before === null) await engine.removeImage(reference)
      throw error
    }
    if (image.config !== null && image.layers.length > 0) {
      this.#record(reference, variant, { image, heldAs, origin: before === null ? 'registry' : 'engine' })
      this.#pin(request.leaseId, variant.config)
    }
    return image
  }

  #record(reference: string, variant: ImageVariant, { heldAs, origin }: Found): void {
    const { database, store, clock } = this.#deps
    const nowMs = clock.nowMs()
    const known = store.get(variant.config)
    database.transaction((tx) => store.put(tx, {
      config: variant.config, reference, variant, heldAs: heldAs ?? known?.heldAs ?? null, origin: known?.origin ?? origin,
      createdAtMs: known?.createdAtMs ?? nowMs, lastUsedMs: nowMs,
    }))
  }

  #pin(leaseId: string, config: string): void {
    const { database, store } = this.#deps
    database.transaction((tx) => store.pin(tx, leaseId, config))
  }
}

function isSame(image: ImageInfo, { platform, config, layers }: ImageVariant): boolean {
  const isConfig = image.config === null || image.config === config
  return isConfig && image.os === platform.os && image.arch === platform.arch && sameLayers(image.layers, layers)
}

export function variantOf(image: ImageInfo): ImageVariant {
  return {
    platform: { os: image.os, arch: image.arch }, config: image.config ?? image.id, layers: [...image.layers],
    manifest: image.digests[0]?.split('@')[1] ?? null, downloadBytes: null, sizeBytes: image.sizeBytes,
  }
}

function tooLarge(reference: string, bytes: number, maxBytes: number): DepinError {
  return new DepinError('E_IMAGE_TOO_LARGE', `The image ${reference} has ${formatSize(bytes)}; this host takes ${formatSize(maxBytes)}.`, { next: 'Ask for more disk (x-depin: disk), or use a smaller image.' })
}

/** It will be the same from anybody. */
function isFinal(error: unknown): boolean {
  return error instanceof DepinError && ['E_IMAGE_REFUSED', 'E_IMAGE_PLATFORM', 'E_IMAGE_TOO_LARGE', 'E_DISK_FULL', 'E_ENGINE_STOPPED', 'E_ENGINE_FORBIDDEN'].includes(error.code)
}
