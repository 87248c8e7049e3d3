import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/** An image as a registry has it: one layer, for one processor. */
export interface PublishedImage { name: string, arch: string, layer: Uint8Array, labels?: Record<string, string> }

/**
 * A registry on loopback, where engines accept plain HTTP; just enough of the OCI distribution API to pull from.
 * `https://github.com/opencontainers/distribution-spec`.
 */
export class TestRegistry {
  readonly #server: Server
  readonly #manifests = new Map<string, Buffer>()
  readonly #blobs = new Map<string, Buffer>()
  /** Called with each layer that is asked for; resolves when it may be sent to the end. The first half goes out at once. */
  onLayer: (digest: string) => Promise<void> = () => Promise.resolve()

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
    this.#server.unref()
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** `127.0.0.1:port/name`, to which a tag is added. */
  ref(name: string): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`
  }

  /** Publishes under `name:tag`; the manifest's digest. */
  publish(image: PublishedImage, tag: string): string {
    const layer = gzipSync(image.layer, { level: 0 })
    const config = Buffer.from(JSON.stringify({
      architecture: image.arch, os: 'linux', config: { Cmd: ['/x'], Labels: image.labels ?? {} },
      rootfs: { type: 'layers', diff_ids: [digestOf(image.layer)] },
    }))
    for (const blob of [layer, config]) this.#blobs.set(digestOf(blob), blob)
    const type = 'application/vnd.docker.'
    const manifest = Buffer.from(JSON.stringify({
      schemaVersion: 2, mediaType: `${type}distribution.manifest.v2+json`,
      config: { mediaType: `${type}container.image.v1+json`, size: config.length, digest: digestOf(config) },
      layers: [{ mediaType: `${type}image.rootfs.diff.tar.gzip`, size: layer.length, digest: digestOf(layer) }],
    }))
    this.#manifests.set(`${image.name}:${tag}`, manifest)
    this.#manifests.set(`${image.name}:${digestOf(manifest)}`, manifest)
    return digestOf(manifest)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, name = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? []
    const body = kind === 'manifests' ? this.#manifests.get(`${name}:${reference}`) : this.#blobs.get(reference)
    if (request.url === '/v2/') {
      response.writeHead(200).end('{}')
    } else if (body === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }))
    } else if (kind === 'manifests') {
      response.writeHead(200, { 'content-type': 'application/vnd.docker.distribution.manifest.v2+json', 'docker-content-digest': digestOf(body), 'content-length': body.length })
      response.end(request.method === 'HEAD' ? undefined : body)
    } else {
      await this.#send(body, reference, response)
    }
  }

  async #send(blob: Buffer, digest: string, response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': blob.length })
    const isLayer = blob[0] === 0x1f
    const half = isLayer ? Math.floor(blob.length / 2) : 0
    response.write(blob.subarray(0, half))
    if (isLayer) await this.onLayer(digest)
    response.end(blob.subarray(half))
  }
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
