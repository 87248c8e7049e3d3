import { deadlineSignal } from '../../base/index.ts'
import { imageNotFound } from '../errors.ts'
import { filesOfUser, resolveUser } from '../image-user.ts'
import { type ImageInside, isRunDirectory, maxRunDirectories } from '../scratch.ts'
import { lookSpec } from '../spec.ts'
import type { ImageLook } from '../types.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { withHelper } from './helpers.ts'
import { inspectImageJson } from './image-json.ts'
import { readTar, type TarEntry } from './tar-reader.ts'

/** What is remembered: a few numbers and words for each image. */
const maxKnown = 1000
/** A whole look; the first start of an image waits no longer. */
const deadlineMs = 20_000
/** No list of users is longer. */
const maxTextBytes = 256 * 1024
/** What is read of `/run`: pieces, and bytes with all that stands between them. */
const maxEntries = 2000
const maxArchiveBytes = 4 * 1024 ** 2

type LookContext = Pick<EngineContext, 'client' | 'clock' | 'log' | 'traits'>

/**
 * What images have inside that their containers are made by. An image is looked into through a container that is made of
 * it and never started, once; what it says is bounded, and believed in nothing but whom its own scratch space belongs to.
 */
export class Insides {
  readonly #context: LookContext
  readonly #known = new Map<string, Promise<ImageInside>>()
  /** Images that are others with files added, by id. */
  readonly #bases = new Map<string, string>()

  constructor(context: LookContext) {
    this.#context = context
  }

  /** What is known of one image is so of the other. */
  isLike(imageId: string, baseId: string): void {
    remember(this.#bases, imageId, baseId)
  }

  /** Null when it cannot be looked into; never fails. */
  async of({ owner, service, imageId, user }: ImageLook): Promise<ImageInside | null> {
    const baseId = this.#bases.get(imageId) ?? imageId
    const key = `${baseId} ${user ?? ''}`
    const others = this.#known.get(key)
    const known = others ?? this.#look({ owner, service, imageId: baseId, user })
    remember(this.#known, key, known)
    try {
      return await known
    } catch (error) {
      if (this.#known.get(key) === known) this.#known.delete(key)
      // a lease that ends takes the container of its own look with it, and that is no answer for another's
      if (others !== undefined) return await this.of({ owner, service, imageId, user })
      this.#context.log.warn('an image could not be looked into', { image: baseId, error })
      return null
    }
  }

  async #look(look: ImageLook): Promise<ImageInside> {
    const { client, clock, traits } = this.#context
    const image = await inspectImageJson(client, look.imageId)
    if (image === null) throw imageNotFound(look.imageId, 'no such image')
    const user = look.user ?? image.Config?.User ?? ''
    return await withHelper(this.#context, lookSpec(look, Object.keys(image.Config?.Volumes ?? {}), traits), async (helper) => {
      using deadline = deadlineSignal(clock, 'look into an image', deadlineMs)
      const runDirectories = await this.#runDirectories(helper, deadline.signal)
      const texts: Record<string, string> = {}
      for (const path of filesOfUser(user)) texts[path] = await this.#text(helper, path, deadline.signal)
      return { user: resolveUser(user, texts['/etc/passwd'] ?? '', texts['/etc/group'] ?? ''), runDirectories }
    })
  }

  /** In the order of their names, as engines pack them. */
  async #runDirectories(helper: string, signal: AbortSignal): Promise<string[]> {
    const found: string[] = []
    let entries = 0
    let bytes = 0
    for await (const { kind, path, sizeBytes } of this.#entries(helper, '/run', signal)) {
      const absolute = `/${path.replace(/^(\.?\/)+|\/+$/g, '')}`
      if (kind === 'directory' && isRunDirectory(absolute)) found.push(absolute)
      bytes += sizeBytes
      if (found.length >= maxRunDirectories || ++entries >= maxEntries || bytes > maxArchiveBytes / 2) break
    }
    return found
  }

  /** Empty for what is not there, is no plain file, or is too long. */
  async #text(helper: string, path: string, signal: AbortSignal): Promise<string> {
    for await (const { kind, sizeBytes, body } of this.#entries(helper, path, signal)) {
      if (kind !== 'file' || sizeBytes > maxTextBytes) break
      const chunks: Uint8Array[] = []
      for await (const chunk of body) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    }
    return ''
  }

  async* #entries(helper: string, path: string, signal: AbortSignal): AsyncGenerator<TarEntry, void> {
    const { client } = this.#context
    const what = 'look into an image'
    try {
      // the signal comes first: an image that is slow to pack is no engine that does not answer
      using open = await client.stream(what, (docker, abortSignal) => docker.getContainer(helper).getArchive({ path, ...{ abortSignal } }), signal, deadlineMs * 2)
      yield* readTar(beginningOf(open.body, maxArchiveBytes))
    } catch (error) {
      if (statusOf(error) === 404) return
      throw client.bodyError(what, error, signal)
    }
  }
}

/** Ends too early when there is more, which whoever reads an archive notices. */
async function* beginningOf(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let leftBytes = maxBytes
  for await (const chunk of body) {
    yield chunk.subarray(0, leftBytes)
    leftBytes -= chunk.length
    if (leftBytes <= 0) return
  }
}

/** Forgets the oldest of too many. */
function remember<T>(known: Map<string, T>, key: string, value: T): void {
  known.set(key, value)
  const oldest = known.keys().next().value
  if (known.size > maxKnown && oldest !== undefined) known.delete(oldest)
}
