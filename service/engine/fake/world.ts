import { createHash } from 'node:crypto'
import type { AsyncQueue, Clock } from '../../base/index.ts'
import type { EngineEvent, ImageInfo, NetworkInfo, Owner, VolumeInfo } from '../types.ts'
import type { FakeContainer } from './container.ts'
import type { FakeEngineOptions, FakeEngineState, FakeImage, FakePod, FakeProgram } from './types.ts'

export interface StoredImage {
  /** Its names; an image of a lease has none. */
  refs: Set<string>
  info: ImageInfo
  program: FakeProgram
  owner: Owner | null
  config: Uint8Array
  layers: readonly Uint8Array[]
}

const bytesPerMiB = 1024 ** 2
export const defaultCpuMilli = 4000

interface FakeConfig extends Required<Pick<FakeImage, 'program' | 'arch' | 'sizeMiB' | 'exposedPorts' | 'volumes'>> { rootfs: { diff_ids: string[] } }

/** What an engine has on its disk and in its memory; shared by all who are connected to it. */
export class FakeWorld {
  readonly clock: Clock
  readonly options: FakeEngineOptions
  readonly images = new Map<string, StoredImage>()
  readonly registry = new Map<string, FakeImage>()
  readonly containers = new Map<string, FakeContainer>()
  /** Containers of strangers, by id, with their labels. */
  readonly foreign = new Map<string, Readonly<Record<string, string>>>()
  readonly networks = new Map<string, NetworkInfo>()
  readonly volumes = new Map<string, VolumeInfo>()
  /** Pods by name. */
  readonly pods = new Map<string, FakePod>()
  /** Pods that wait for a lease, by node: how many. */
  readonly spares = new Map<string, number>()
  readonly watchers = new Set<AsyncQueue<EngineEvent & { node: string }>>()
  /** What apps have written into volumes, bytes by the engine's name of the volume. */
  readonly written = new Map<string, number>()
  registryReachable = true
  freeDiskMiB: number
  #state: FakeEngineState = 'up'
  #stateChange = Promise.withResolvers<null>()
  #made = 0

  constructor(clock: Clock, options: FakeEngineOptions) {
    this.clock = clock
    this.options = options
    this.freeDiskMiB = options.freeDiskMiB ?? 100_000
    for (const image of options.images ?? []) this.addImage(image)
  }

  get state(): FakeEngineState {
    return this.#state
  }

  async setState(state: FakeEngineState): Promise<void> {
    this.#state = state
    if (state === 'down' || state === 'absent') {
      await Promise.all([...this.containers.values()].map((container) => container.kill()))
      for (const pod of this.pods.values()) pod.isRunning = false
    }
    this.#stateChange.resolve(null)
    this.#stateChange = Promise.withResolvers()
  }

  stateChange(): Promise<unknown> {
    return this.#stateChange.promise
  }

  addImage(image: FakeImage): ImageInfo {
    const { config, layers } = contentOf(image)
    return this.putImage(image.ref, config, layers)
  }

  /** As a load does: the configuration says what it is. */
  putImage(ref: string, config: Uint8Array, layers: readonly Uint8Array[], digests: readonly string[] = []): ImageInfo {
    const id = digestOf(config)
    const known = this.images.get(id)
    const { info, program } = parseConfig(config, layers)
    for (const image of this.images.values()) image.refs.delete(ref)
    const stored = { info: { ...info, digests: [...new Set([...known?.info.digests ?? [], ...digests])] }, program, owner: null, config, layers, refs: new Set([...known?.refs ?? [], ref]) }
    this.images.set(id, stored)
    return stored.info
  }

  findImage(ref: string): StoredImage | null {
    const byId = this.images.get(ref)
    if (byId !== undefined) return byId
    return [...this.images.values()].find((image) => image.refs.has(ref) || image.info.digests.includes(ref)) ?? null
  }

  /** Content of a layer that some image here has. */
  findLayer(digest: string): Uint8Array {
    const layer = [...this.images.values()].flatMap((image) => image.layers).find((each) => digestOf(each) === digest)
    if (layer === undefined) throw new Error(`the fake has no layer ${digest}`)
    return layer
  }

  newContainerId(): string {
    return createHash('sha256').update(`container ${this.#made++}`).digest('hex')
  }

  announce(node: string, event: EngineEvent): void {
    for (const watcher of this.watchers) watcher.push({ ...event, node })
  }
}

/** What a fake image is made of: its layers, and a configuration that says what its containers pretend to do. */
export function contentOf({ ref, program = {}, arch = 'amd64', sizeMiB = 1, exposedPorts = [], volumes = [], layers = [Buffer.from(`layer of ${ref}`)] }: FakeImage): { config: Uint8Array, layers: readonly Uint8Array[] } {
  const config: FakeConfig = { program, arch, sizeMiB, exposedPorts, volumes, rootfs: { diff_ids: layers.map(digestOf) } }
  return { config: Buffer.from(JSON.stringify(config)), layers }
}

function parseConfig(bytes: Uint8Array, layers: readonly Uint8Array[]): { info: ImageInfo, program: FakeProgram } {
  const { program, arch, sizeMiB, exposedPorts, volumes } = JSON.parse(Buffer.from(bytes).toString()) as FakeConfig
  const id = digestOf(bytes)
  const info: ImageInfo = {
    id, config: id, layers: layers.map(digestOf), digests: [], os: 'linux', arch, sizeBytes: sizeMiB * bytesPerMiB, exposedPorts, volumes,
    healthcheck: program.healthyAfterMs !== undefined,
  }
  return { info, program }
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
