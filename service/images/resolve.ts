import { DepinError } from '../../contract/errors.ts'
import type { App, AppService } from '../../contract/wire/v1/app.ts'
import type { ImageSource, ImageVariant } from '../../contract/wire/v1/image.ts'
import type { BaseDeps } from '../base/index.ts'
import { type ContainerEngine, type EngineHost, type ImageInfo, parsePlatform } from '../engine/index.ts'
import { byDigest } from './reference.ts'
import type { RegistryClient } from './types.ts'

export interface ResolverDeps extends BaseDeps {
  engine: EngineHost
  registry: RegistryClient
  /** Digest of the configuration of an image whose id is something else. */
  configOf: (image: ImageInfo, signal: AbortSignal) => Promise<string>
}

/** What was found stays good this long, ms; a registry that did not answer is left in peace as long. */
const foundMs = 60_000

/** Finds out what names stand for: what the engine here has counts first, as it does with `docker run`. */
export class Resolver {
  readonly #deps: ResolverDeps
  readonly #asked = new Map<string, { untilMs: number, answer: Promise<ImageSource> }>()

  constructor(deps: ResolverDeps) {
    this.#deps = deps
  }

  async resolve(app: App, signal: AbortSignal): Promise<{ app: App, unknown: string[] }> {
    const unknown: string[] = []
    const services = await Promise.all(app.services.map(async (service) => {
      try {
        return { ...service, source: await this.#find(service, signal) }
      } catch (error) {
        if (!(error instanceof DepinError) || error.code !== 'E_REGISTRY_UNREACHABLE') throw error
        this.#deps.log.info('an image could not be looked up', { image: service.image, error })
        unknown.push(service.name)
        return service
      }
    }))
    assertOneMachine(services)
    return { app: { ...app, services }, unknown }
  }

  async #find({ image, platform }: AppService, signal: AbortSignal): Promise<ImageSource> {
    const local = await this.#local(image, signal)
    const published = local === null ? await this.#ask(image, signal) : await this.#publishedAs(image, local, signal)
    const variants = matching(merge(local, published), platform)
    if (variants.length > 0) return { variants }
    throw new DepinError('E_IMAGE_PLATFORM', `The image ${image} is not made for ${platform ?? 'Linux'}.`, { next: 'Use an image that is built for it, or leave out “platform”.' })
  }

  async #local(image: string, signal: AbortSignal): Promise<ImageVariant | null> {
    const { engine } = this.#deps
    const found = engine.status().state === 'ready' ? await lookUp(engine.require(), image) : null
    if (found === null || found.layers.length === 0) return null
    return {
      platform: { os: found.os, arch: found.arch }, config: found.config ?? await this.#deps.configOf(found, signal), layers: [...found.layers],
      manifest: manifestOf(image, found), downloadBytes: null, sizeBytes: found.sizeBytes,
    }
  }

  /** The same image for other machines, when a registry has it. That of the engine does as well. */
  async #publishedAs(image: string, local: ImageVariant, signal: AbortSignal): Promise<ImageSource | null> {
    if (local.manifest === null) return null
    const source = await this.#ask(byDigest(image, local.manifest), signal).catch(() => null)
    return source?.variants.some((variant) => variant.config === local.config) === true ? source : null
  }

  /** Asked once for many services and for a quote that becomes an app. */
  #ask(reference: string, signal: AbortSignal): Promise<ImageSource> {
    const { clock, registry } = this.#deps
    const nowMs = clock.monotonicMs()
    for (const [name, { untilMs }] of this.#asked) if (untilMs <= nowMs) this.#asked.delete(name)
    const known = this.#asked.get(reference)
    if (known !== undefined) return known.answer
    const answer = registry.resolve(reference, signal)
    answer.catch(() => signal.aborted && this.#asked.delete(reference))
    this.#asked.set(reference, { untilMs: nowMs + foundMs, answer })
    return answer
  }
}

async function lookUp(engine: ContainerEngine, image: string): Promise<ImageInfo | null> {
  try {
    return await engine.inspectImage(image)
  } catch {
    // an engine that does not answer knows nothing
    return null
  }
}

/** The digest by which the registry that the name says knows this image. */
function manifestOf(image: string, { digests }: ImageInfo): string | null {
  return digests.map((name) => name.split('@')[1] ?? '').find((digest) => digests.includes(byDigest(image, digest))) ?? null
}

function merge(local: ImageVariant | null, published: ImageSource | null): ImageVariant[] {
  const variants = published?.variants ?? []
  if (local === null) return variants
  return variants.length === 0 ? [local] : variants.map((variant) => variant.config === local.config ? { ...variant, sizeBytes: local.sizeBytes } : variant)
}

function matching(variants: readonly ImageVariant[], platform: string | null): ImageVariant[] {
  const wanted = platform === null ? { os: null, arch: null } : parsePlatform(platform)
  return variants.filter((variant) => (wanted.os ?? variant.platform.os) === variant.platform.os && (wanted.arch ?? variant.platform.arch) === variant.platform.arch)
}

/** All services of an app run on one machine. */
function assertOneMachine(services: readonly AppService[]): void {
  const kinds = services.flatMap(({ name, source }) => source === null ? [] : [{ name, made: source.variants.map(({ platform }) => `${platform.os}/${platform.arch}`) }])
  if (kinds.length === 0 || kinds[0]?.made.some((kind) => kinds.every(({ made }) => made.includes(kind))) === true) return
  throw new DepinError('E_IMAGE_PLATFORM', `No kind of machine can run all the images of this app: ${kinds.map(({ name, made }) => `${name} is made for ${made.join(', ')}`).join('; ')}.`, {
    next: 'Use images that are built for one processor.',
  })
}
