import { createHash } from 'node:crypto'
import * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { Digest, type ImageSource, type ImageVariant, maxConfigBytes, maxLayers } from '../../contract/wire/v1/image.ts'
import { type Clock, withDeadline } from '../base/index.ts'
import { imageArch } from '../engine/index.ts'
import { parseReference, type Reference } from './reference.ts'
import type { RegistryClient } from './types.ts'

/**
 * Asks registries what an image is, without fetching it: OCI distribution API, with the anonymous tokens that public registries hand
 * out (https://distribution.github.io/distribution/spec/auth/token/). Every answer is bounded, and held against its digest.
 */
const manifestTypes = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json', 'application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json']
const maxManifestBytes = 4 * 1024 ** 2
const deadlineMs = 8_000
const maxVariants = 16

const Descriptor = z.object({ digest: Digest, size: z.int().min(0), platform: z.object({ os: z.string(), architecture: z.string() }).optional() })
const Index = z.object({ manifests: z.array(Descriptor).max(500) })
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor).min(1).max(maxLayers) })
const Config = z.object({ os: z.string().max(20), architecture: z.string().max(20), rootfs: z.object({ diff_ids: z.array(Digest).min(1).max(maxLayers) }) })
const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() })

export function createRegistryClient(clock: Clock, fetchImpl: typeof fetch = fetch): RegistryClient {
  return {
    resolve: (reference, signal) => withDeadline(clock, `ask the registry for ${reference}`, deadlineMs, (limited) => new Conversation(reference, fetchImpl, limited).resolve(), signal)
      .catch((error: unknown) => {
        signal.throwIfAborted()
        throw error instanceof DepinError ? error : unreachable(reference, error)
      }),
  }
}

/** One image at one registry, with the token for it. */
class Conversation {
  readonly #written: string
  readonly #name: Reference
  readonly #fetch: typeof fetch
  readonly #signal: AbortSignal
  #token: string | undefined

  constructor(written: string, fetchImpl: typeof fetch, signal: AbortSignal) {
    this.#written = written
    this.#name = parseReference(written)
    this.#fetch = fetchImpl
    this.#signal = signal
  }

  async resolve(): Promise<ImageSource> {
    const top = await this.#get(`manifests/${this.#name.digest ?? this.#name.tag}`, maxManifestBytes, this.#name.digest)
    const index = Index.safeParse(top.json)
    if (!index.success) return { variants: [await this.#variant(Manifest.parse(top.json), top.digest)] }
    const found = new Map(index.data.manifests.filter(({ platform }) => platform?.os === 'linux' && platform.architecture !== 'unknown')
      .map((each) => [imageArch(each.platform?.architecture ?? ''), each]))
    const variants = await Promise.all([...found.values()].slice(0, maxVariants).map(async ({ digest }) => {
      const { json } = await this.#get(`manifests/${digest}`, maxManifestBytes, digest)
      return await this.#variant(Manifest.parse(json), digest)
    }))
    if (variants.length === 0) throw new DepinError('E_IMAGE_PLATFORM', `The image ${this.#written} is not made for Linux.`, { next: 'Use an image that is.' })
    return { variants }
  }

  async #variant({ config, layers }: z.infer<typeof Manifest>, manifest: string): Promise<ImageVariant> {
    const { json } = await this.#get(`blobs/${config.digest}`, maxConfigBytes, config.digest)
    const { os, architecture, rootfs } = Config.parse(json)
    return {
      platform: { os, arch: imageArch(architecture) }, config: config.digest, layers: rootfs.diff_ids, manifest,
      downloadBytes: layers.reduce((sum, layer) => sum + layer.size, config.size), sizeBytes: null,
    }
  }

  async #get(path: string, maxBytes: number, digest: string | null): Promise<{ json: unknown, digest: string }> {
    let response = await this.#ask(path)
    if (response.status === 401 && this.#token === undefined) {
      this.#token = await this.#authorize(response.headers.get('www-authenticate') ?? '')
      response = await this.#ask(path)
    }
    if ([401, 403, 404].includes(response.status)) throw new DepinError('E_IMAGE_NOT_FOUND', `There is no image ${this.#written}, or it is private.`, { next: 'Check its name and tag; a private image cannot be used, unless the engine of this computer has it.' })
    if (!response.ok) throw unreachable(this.#written, new Error(`it answered ${response.status}`))
    const body = await readBounded(response, maxBytes)
    const found = `sha256:${createHash('sha256').update(body).digest('hex')}`
    if (digest !== null && digest !== found) throw unreachable(this.#written, new Error('it sent something else than was asked for'))
    return { json: JSON.parse(body.toString()) as unknown, digest: found }
  }

  #ask(path: string): Promise<Response> {
    const headers: Record<string, string> = { accept: manifestTypes.join(', ') }
    if (this.#token !== undefined) headers['authorization'] = `Bearer ${this.#token}`
    return this.#fetch(`${baseOf(this.#name.registry)}/v2/${this.#name.repository}/${path}`, { headers, signal: this.#signal })
  }

  /** `Bearer realm="https://…",service="…"`: where a token for reading is to be had. */
  async #authorize(challenge: string): Promise<string> {
    const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]))
    const realm = URL.parse(fields.get('realm') ?? '')
    if (realm === null || !/^bearer /i.test(challenge) || (realm.protocol !== 'https:' && !isLoopback(realm.hostname))) {
      throw new DepinError('E_IMAGE_NOT_FOUND', `The image ${this.#written} is private.`, { next: 'A private image cannot be used, unless the engine of this computer has it.' })
    }
    realm.searchParams.set('scope', `repository:${this.#name.repository}:pull`)
    const service = fields.get('service')
    if (service !== undefined) realm.searchParams.set('service', service)
    const response = await this.#fetch(realm, { signal: this.#signal })
    const answer = response.ok ? Token.safeParse(JSON.parse((await readBounded(response, 64 * 1024)).toString())).data : undefined
    return answer?.token ?? answer?.access_token ?? ''
  }
}

/** Where the API of a registry is. Docker's own has another name than its images say; plain HTTP is for this machine only. */
function baseOf(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io'
  return `${isLoopback(registry.replace(/:\d+$/, '')) ? 'http' : 'https'}://${registry}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(\.\d+){3}$/.test(host)
}

async function readBounded(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length
    if (bytes > maxBytes) throw new Error('its answer has no end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function unreachable(reference: string, cause: unknown): DepinError {
  const words = cause instanceof Error ? cause.message : String(cause)
  return new DepinError('E_REGISTRY_UNREACHABLE', `The registry of the image ${reference} cannot be asked: ${words.slice(0, 300)}`, {
    next: 'Check the name of the registry and the network.', cause,
  })
}
