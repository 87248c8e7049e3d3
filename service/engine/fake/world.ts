import { createHash } from 'node:crypto'
import type { AsyncQueue, Clock } from '../../base/index.ts'
import type { EngineEvent, ImageInfo, NetworkInfo, Owner, VolumeInfo } from '../types.ts'
import type { FakeContainer } from './container.ts'
import type { FakeEngineOptions, FakeEngineState, FakeImage, FakeProgram } from './types.ts'

export interface StoredImage { ref: string, info: ImageInfo, program: FakeProgram, owner: Owner | null }

const bytesPerMiB = 1024 ** 2

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
  readonly watchers = new Set<AsyncQueue<EngineEvent & { node: string }>>()
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
    if (state === 'down' || state === 'absent') await Promise.all([...this.containers.values()].map((container) => container.kill()))
    this.#stateChange.resolve(null)
    this.#stateChange = Promise.withResolvers()
  }

  stateChange(): Promise<unknown> {
    return this.#stateChange.promise
  }

  addImage({ ref, program = {}, arch = 'amd64', sizeMiB = 1, exposedPorts = [], volumes = [] }: FakeImage): ImageInfo {
    const info: ImageInfo = {
      id: `sha256:${createHash('sha256').update(JSON.stringify([ref, program, arch, sizeMiB, exposedPorts, volumes])).digest('hex')}`,
      os: 'linux', arch, sizeBytes: sizeMiB * bytesPerMiB, exposedPorts, volumes, healthcheck: program.healthyAfterMs !== undefined,
    }
    this.images.set(info.id, { ref, info, program, owner: null })
    return info
  }

  findImage(ref: string): StoredImage | null {
    const byId = this.images.get(ref)
    if (byId !== undefined) return byId
    return [...this.images.values()].find((image) => image.owner === null && image.ref === ref) ?? null
  }

  newContainerId(): string {
    return createHash('sha256').update(`container ${this.#made++}`).digest('hex')
  }

  announce(node: string, event: EngineEvent): void {
    for (const watcher of this.watchers) watcher.push({ ...event, node })
  }
}
