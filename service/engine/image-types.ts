/** Images as the engine and the rest of the service speak of them. */
export interface ImageInfo {
  /** Content id (`sha256:…`). */
  id: string
  /** Digest of its configuration: the same on every engine. Null on engines whose ids are something else: an export tells. */
  config: string | null
  /** SHA-256 of each layer, uncompressed, the lowest first. */
  layers: readonly string[]
  /** What registries call it, as `repository@sha256:…`. */
  digests: readonly string[]
  os: string
  arch: string
  sizeBytes: number
  exposedPorts: readonly number[]
  /** Paths the image declares as volumes: each gets a volume of the lease, since the root is read-only. */
  volumes: readonly string[]
  healthcheck: boolean
}

export interface PullProgress {
  doneBytes: number
  totalBytes: number
}

export interface PullOptions {
  platform: string | null
  signal: AbortSignal
  onProgress?: (progress: PullProgress) => void
  /** The pull is given up when less than this is free on the engine's disk, MiB. */
  keepFreeMiB?: number
}

/** Bytes that an image is made of: its configuration or a layer, uncompressed; or something else, to be passed over. */
export interface ImagePart {
  body: AsyncIterable<Uint8Array>
}

/** An image to be put into an engine. */
export interface LoadableImage {
  /** What it is called there. */
  name: string
  config: { digest: string, content: Uint8Array }
  /** In order. Those without `open` are left out: the engine has them, on top of the same layers below. */
  layers: readonly { digest: string, sizeBytes: number, open: (() => AsyncIterable<Uint8Array>) | null }[]
}

export interface FileLayer {
  path: string
  content: Uint8Array
  mode: number
  uid: number
  gid: number
}
