import { join } from 'node:path'
import { DepinError } from '../../contract/errors.ts'
import type { BlocklistDraft, CachedImage, ImagePolicy, ImageRule } from '../../contract/nouns/images.ts'
import type { App } from '../../contract/wire/v1/app.ts'
import type { Refusal } from '../../contract/wire/v1/protocols.ts'
import { Cycle } from '../base/index.ts'
import type { ContainerEngine, ImageInfo } from '../engine/types.ts'
import { BlobStore } from './blobs.ts'
import { Bringer } from './bring.ts'
import { planTidy } from './cache.ts'
import { Giver } from './give.ts'
import { PeerImages } from './peer-images.ts'
import { Resolver } from './resolve.ts'
import { ImageRules } from './rules.ts'
import { createImageStore } from './store.sqlite.ts'
import type { BringRequest, ImageRecord, Images, ImagesDeps, ImageStore } from './types.ts'

const tidyIntervalMs = 5 * 60_000

export function createImages(deps: ImagesDeps): Images {
  return new ImagesPart(deps)
}

class ImagesPart implements Images {
  readonly #deps: ImagesDeps
  readonly #store: ImageStore
  readonly #blobs: BlobStore
  readonly #rules: ImageRules
  readonly #giver: Giver
  readonly #bringer: Bringer
  readonly #resolver: Resolver
  readonly #cycle: Cycle

  constructor(deps: ImagesDeps) {
    this.#deps = deps
    this.#store = createImageStore(deps.database)
    this.#blobs = new BlobStore(join(deps.directory, 'blobs'))
    const parts = { ...deps, store: this.#store, blobs: this.#blobs }
    this.#rules = new ImageRules(parts)
    this.#giver = new Giver({ ...parts, isComing: (digest, caller) => this.#bringer.isComing(digest, caller) })
    const peerImages = new PeerImages({ ...parts, giver: this.#giver })
    this.#bringer = new Bringer({ ...parts, peerImages, judge: (reference, variant) => this.#rules.judge(reference, variant) })
    this.#resolver = new Resolver({ ...deps, configOf: (image, signal) => this.#giver.takeOut(image, signal) })
    this.#cycle = new Cycle({ ...deps, name: 'images', intervalMs: tidyIntervalMs, run: () => this.#tidy() })
  }

  async start(): Promise<void> {
    await this.#blobs.open()
    this.#rules.start()
    this.#cycle.start()
  }

  async stop(): Promise<void> {
    await this.#cycle.stop()
    await this.#rules.stop()
    await this.#bringer.stop()
    await this.#giver.stop()
  }

  resolve(app: App, signal: AbortSignal): ReturnType<Images['resolve']> {
    return this.#resolver.resolve(app, signal)
  }

  share(app: App): void {
    const { database, clock, engine } = this.#deps
    const status = engine.status()
    const nowMs = clock.nowMs()
    for (const { image: reference, source } of app.services) {
      const variant = source?.variants.find(({ platform }) => status.state === 'ready' && platform.os === status.os && platform.arch === status.arch)
      if (variant === undefined) continue
      const known = this.#store.get(variant.config)
      const record: ImageRecord = known ?? { config: variant.config, reference, variant, heldAs: null, origin: 'engine', createdAtMs: nowMs, lastUsedMs: nowMs }
      database.transaction((tx) => this.#store.put(tx, { ...record, lastUsedMs: nowMs }))
      // a host that can pull it will do so; what is in no registry will be asked for
      if (variant.manifest === null) this.#giver.prepare(record)
    }
  }

  refusalFor(app: App): Refusal | null {
    const status = this.#deps.engine.status()
    for (const { image, source } of app.services) {
      const variant = source?.variants.find(({ platform }) => status.state === 'ready' && platform.os === status.os && platform.arch === status.arch)
      if (source !== null && variant === undefined) return { code: 'platform' }
      const verdict = this.#rules.judge(image, variant ?? null)
      if (verdict.kind === 'refused') return { code: 'policy', detail: verdict.why.slice(0, 200) }
      // with only a name there is only the registry, or what the engine has
      if (source === null && !verdict.fromRegistry && !verdict.fromPeers) return { code: 'policy' }
    }
    return null
  }

  async bring(request: BringRequest): Promise<ImageInfo> {
    const image = await this.#bringer.bring(request)
    this.#cycle.trigger()
    return image
  }

  async list(): Promise<CachedImage[]> {
    const pins = this.#livePins()
    const engine = this.#engine()
    return await Promise.all(this.#store.list().map(async (image): Promise<CachedImage> => ({
      config: image.config,
      reference: image.reference,
      origin: image.origin,
      sizeBytes: (engine === null ? null : await findInEngine(engine, image))?.sizeBytes ?? 0,
      readyBytes: digestsOf(image).reduce((sum, digest) => sum + (this.#blobs.size(digest) ?? 0), 0),
      createdAtMs: image.createdAtMs,
      lastUsedMs: image.lastUsedMs,
      pinnedBy: pins.filter((pin) => pin.config === image.config).map((pin) => pin.leaseId),
    })))
  }

  async remove(config: string): Promise<void> {
    const image = this.#store.get(config)
    if (image === undefined) throw new DepinError('E_NOT_FOUND', `There is no image ${config} here.`, { next: 'See “depin images”.' })
    const inUse = new DepinError('E_CONFLICT', `A guest runs on ${image.reference}.`, { next: 'It can be removed when the guest has gone: see “depin guests”.' })
    if (this.#livePins().some((pin) => pin.config === config) || this.#bringer.inUse().has(config)) throw inUse
    if (!await this.#takeFromEngine(image)) throw inUse
    await this.#forget(image)
  }

  async tidy(): Promise<void> {
    await this.#cycle.runOnce()
  }

  policy(): ImagePolicy {
    return this.#rules.policy()
  }

  setRule(rule: ImageRule): ImagePolicy {
    this.#rules.setRule(rule)
    return this.policy()
  }

  removeRule(subject: string): ImagePolicy {
    this.#rules.removeRule(subject)
    return this.policy()
  }

  setOnlyAllowed(on: boolean): ImagePolicy {
    this.#rules.setOnlyAllowed(on)
    return this.policy()
  }

  async subscribe(source: string, publisher: string): Promise<ImagePolicy> {
    await this.#rules.subscribe(source, publisher)
    return this.policy()
  }

  unsubscribe(source: string): ImagePolicy {
    this.#rules.unsubscribe(source)
    return this.policy()
  }

  async refresh(): Promise<ImagePolicy> {
    await this.#rules.refresh()
    return this.policy()
  }

  signBlocklist(draft: BlocklistDraft): string {
    return this.#rules.sign(draft)
  }

  async #tidy(): Promise<void> {
    const engine = this.#engine()
    if (engine === null) return
    this.#forgetPins()
    const pinned = new Set(this.#store.pins().map((pin) => pin.config))
    const inUse = this.#bringer.inUse()
    // before anything is waited for: what comes meanwhile belongs to images that are not in this list
    const blobs = new Map(this.#blobs.list().map(({ digest, sizeBytes }) => [digest, sizeBytes]))
    const images = this.#store.list()
    const kept = await Promise.all(images.map(async (image) => ({
      config: image.config, digests: digestsOf(image), lastUsedMs: image.lastUsedMs, isPinned: pinned.has(image.config) || inUse.has(image.config),
      engineBytes: image.heldAs === null ? 0 : (await findInEngine(engine, image))?.sizeBytes ?? 0,
    })))
    const capBytes = this.#deps.capacity.settings().imageCacheMiB * 1024 ** 2
    const plan = planTidy(kept, blobs, inUse, capBytes)
    for (const digest of plan.blobs) await this.#blobs.remove(digest)
    for (const image of images.filter((each) => plan.images.includes(each.config))) {
      // a guest may have come for it meanwhile
      if (this.#store.pins().some((pin) => pin.config === image.config)) continue
      this.#deps.log.info('removing an image to make room', { config: image.config, reference: image.reference })
      if (await this.#takeFromEngine(image)) await this.#forget(image)
    }
    if (inUse.size === 0 && plan.images.length > 0) await this.#blobs.discardParts()
  }

  #engine(): ContainerEngine | null {
    return this.#deps.engine.status().state === 'ready' ? this.#deps.engine.require() : null
  }

  /** False: something runs on it. What was there before this node came is left there. */
  async #takeFromEngine({ heldAs }: ImageRecord): Promise<boolean> {
    return heldAs === null || await this.#deps.engine.require().removeImage(heldAs)
  }

  async #forget(image: ImageRecord): Promise<void> {
    this.#deps.database.transaction((tx) => this.#store.remove(tx, image.config))
    const used = new Set(this.#store.list().flatMap(digestsOf))
    for (const digest of digestsOf(image).filter((each) => !used.has(each))) await this.#blobs.remove(digest)
  }

  #livePins(): { leaseId: string, config: string }[] {
    return this.#store.pins().filter((pin) => this.#deps.isLeaseLive(pin.leaseId))
  }

  #forgetPins(): void {
    const { database, isLeaseLive } = this.#deps
    const ended = new Set(this.#store.pins().map((pin) => pin.leaseId).filter((leaseId) => !isLeaseLive(leaseId)))
    if (ended.size > 0) database.transaction((tx) => { for (const leaseId of ended) this.#store.unpin(tx, leaseId) })
  }
}

function digestsOf({ config, variant }: ImageRecord): string[] {
  return [...new Set([config, ...variant.layers])]
}

async function findInEngine(engine: ContainerEngine, { config, heldAs }: ImageRecord): Promise<ImageInfo | null> {
  return await engine.inspectImage(config) ?? (heldAs === null ? null : await engine.inspectImage(heldAs))
}
