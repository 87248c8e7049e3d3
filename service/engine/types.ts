/**
 * The container engine as the rest of the service sees it: Docker or Podman through its socket, or the fake, which
 * passes the same contract suite. Nothing above this file knows Docker's words.
 */
import type { Socket } from 'node:net'
import type { EngineStatus } from '../../contract/nouns/node.ts'
import type { Yielding } from '../../contract/nouns/owner.ts'
import type { Healthcheck } from '../../contract/wire/v1/app.ts'
import type { Disposer, Startable } from '../base/index.ts'
import type { Counters } from './guard/counters.ts'
import type { Destination } from './guard/destinations.ts'
import type { NetworkPolicy } from './guard/policy.ts'
import type { FileLayer, ImageInfo, ImagePart, LoadableImage, PullOptions } from './image-types.ts'
import type { ContainerUse, DiskUse } from './measures.ts'

export type * from './image-types.ts'
export type * from './measures.ts'
export type { Counters, Destination }

/** Who a labelled object belongs to. Objects without `node` are not ours and are never touched. */
export interface Owner {
  /** Peer id of the node: several nodes may share one engine. */
  node: string
  leaseId: string
}

/** What one container may use. Every limit is enforced by the engine. */
export interface ContainerLimits {
  cpuMilli: number
  memoryMiB: number
  pids: number
}

/** What may be changed of one that runs. */
export interface ChangedLimits extends Partial<ContainerLimits> {
  /**
   * How much of the machine guests have while the owner wants the rest; null: they are not held back. Beside its quota a guest
   * then keeps to so many of the cores, and writes slowly, where the engine has a means to it.
   */
  heldBackPercent?: number | null
}

/** What a service may reach. Its own network and who reaches it from this machine are the engine's to know. */
export type PodPolicy = Pick<NetworkPolicy, 'egress' | 'denied' | 'caps'>

/**
 * The network of one service: a namespace on its lease's own network that a guard has closed before anybody joins. All
 * that a container has of the network is its pod's: name, aliases, hosts, ports.
 */
export interface PodRequest {
  owner: Owner
  service: string
  /** No other pod joins its lease's network. */
  alone: boolean
  hostname: string | null
  aliases: readonly string[]
  /** TCP ports to reach through `dial`, from this machine alone. */
  ports: readonly number[]
  policy: PodPolicy
}

export interface PodInfo {
  id: string
  owner: Owner
  service: string
  /** Deterministic, as a container's is. */
  name: string
  /** False: its guard has ended, and the network is gone for whoever was in it. */
  isRunning: boolean
  /** Null before the first start. Who joined before this has lost the network. */
  startedAtMs: number | null
  /** On its lease's network; null while it does not run. */
  address: string | null
  /** This machine's end of that network. */
  gateway: string | null
}

/**
 * All that may be asked of a container. There is no field for a privilege, a capability, a device, a host path, a
 * namespace, a network or a public port, so no caller can ask for one; `spec.ts` adds the hardening to whatever comes in,
 * and the network is always the service's own pod.
 */
export interface ContainerRequest {
  owner: Owner
  service: string
  /** Image id as `ImageInfo.id` gives it: content, never a name that could change meanwhile. */
  imageId: string
  entrypoint: readonly string[] | null
  command: readonly string[] | null
  env: Readonly<Record<string, string>>
  workingDir: string | null
  user: string | null
  /** TCP ports to reach through `dial`: its pod's. */
  ports: readonly number[]
  volumes: readonly { name: string, path: string, readOnly: boolean }[]
  tmpfs: readonly { path: string, sizeMiB: number }[]
  healthcheck: Healthcheck | 'none' | null
  limits: ContainerLimits
  shmMiB: number | null
  init: boolean
  tty: boolean
  stdinOpen: boolean
  stopSignal: string | null
  stopGraceMs: number
}

/** An image, and whose container will be made of it. */
export type ImageLook = Pick<ContainerRequest, 'owner' | 'service' | 'imageId' | 'user'>

export interface ContainerInfo {
  id: string
  owner: Owner
  service: string
  /** Deterministic: the same lease and service always make the same name, so a second create finds the first. */
  name: string
  state: 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead'
  health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** Null before the first start. */
  startedAtMs: number | null
  /** Null while it has never ended. */
  finishedAtMs: number | null
  exitCode: number | null
  oomKilled: boolean
  /** Its quota of the processor now, thousandths of a core; null: none, or the engine does not tell. */
  cpuMilli: number | null
  /** How many of the machine's cores it keeps to now; null: the engine has no means to that. */
  cores: { kept: number, of: number } | null
  /** How it may write to its volumes now, as the kernel has it; `partly`: not everywhere the same. Null: it does not run, or the engine has no means to that. */
  writes: 'free' | 'slow' | 'partly' | null
  /** Container ports that `dial` can reach. */
  ports: readonly number[]
}

export interface LogOptions {
  follow: boolean
  /** Last lines to begin with. */
  tailLines: number
  signal: AbortSignal
}

/** A piece of output as the engine kept it: not cut at line ends. */
export interface LogChunk {
  source: 'stdout' | 'stderr'
  atMs: number
  text: string
}

/** A container changed, a guest's or a guard. Look again: events are hints, never the truth. */
export interface EngineEvent {
  kind: 'container'
  containerId: string
  leaseId: string
}

export interface NetworkInfo { name: string, owner: Owner }
export interface VolumeInfo { name: string, owner: Owner, volume: string }

/**
 * One engine. Every call has a deadline of its own and follows `signal` where it takes one; errors are `DepinError` with
 * an `E_ENGINE*` or `E_IMAGE*`/`E_REGISTRY*` code. `create*`, `start`, `stop`, `pause` and `remove*` are idempotent:
 * "already so" and "already gone" are success.
 */
export interface ContainerEngine {
  readonly status: Extract<EngineStatus, { state: 'ready' }>
  /** By what means it lets the owner's work go first. */
  readonly yielding: Yielding

  ping(signal?: AbortSignal): Promise<void>

  /** The image as it is on the engine's disk, or null. */
  inspectImage(ref: string): Promise<ImageInfo | null>
  /** Gets the image unless it is there, checks that it is for this machine, and describes it. */
  pullImage(ref: string, options: PullOptions): Promise<ImageInfo>
  /** All images there are, but for those with a lease's files. */
  listImages(): Promise<ImageInfo[]>
  /** What an image is made of, in no order. Each part is read to its end before the next. E_IMAGE_NOT_FOUND. */
  exportImage(id: string, signal: AbortSignal): AsyncIterable<ImagePart>
  /** Puts an image together from parts that the caller has verified. Finding it there already is success. */
  loadImage(image: LoadableImage, signal: AbortSignal): Promise<ImageInfo>
  /** Takes away one name of an image, and the image with its last name. False: it is in use. */
  removeImage(ref: string): Promise<boolean>
  /**
   * An image with `files` added on top of `imageId`, labelled with `owner` and removed with `removeLeaseImages`. Runs
   * nothing. Directories of files that scratch space would hide (`/run/secrets`) are among the `volumes` of the new image.
   * E_BAD_INPUT for a file inside a volume that the image declares.
   */
  addFiles(imageId: string, owner: Owner, service: string, files: readonly FileLayer[]): Promise<ImageInfo>
  removeLeaseImages(owner: Owner): Promise<void>
  /**
   * Finds out, once for an image, what its containers are made by: who the user is, and what scratch space would hide. Runs nothing,
   * leaves nothing, never fails. `createContainer` does so too, and waits; asked before, it need not.
   */
  lookInto(look: ImageLook): Promise<void>

  ensureNetwork(owner: Owner): Promise<NetworkInfo>
  /** After its pods. */
  removeNetwork(owner: Owner): Promise<void>
  /** Finds the volume, or makes it so that it holds no more than `sizeMiB` where the engine has a means to that. E_DISK_FULL: too little to make one of. */
  ensureVolume(owner: Owner, volume: string, sizeMiB: number): Promise<VolumeInfo>
  /** With whatever keeps them to their size. After the containers that use them. */
  removeVolumes(owner: Owner): Promise<void>
  /** What each lease's volumes hold. Costs little, but more than nothing: ask as often as it matters. */
  diskUse(node: string): Promise<Map<string, DiskUse>>

  /**
   * Makes a service's pod on its lease's network, which is made if need be, or finds the one that is there; returns when
   * its guard has closed it with this policy. A pod whose guard has ended is closed again before anything can join.
   * Throws E_ENGINE when the kernel refuses the rules: then there is no pod.
   */
  ensurePod(request: PodRequest): Promise<PodInfo>
  /** Changes the policy of a pod that runs; what is open is judged by it from now on. Throws E_ENGINE: the old one holds. */
  setPodPolicy(podId: string, policy: PodPolicy): Promise<void>
  /** What the guard has counted since it started. */
  podCounters(podId: string): Promise<Counters>
  /** Where a pod has newly turned to outside of its lease within the last minute, by address and port. */
  podDestinations(podId: string): Promise<Destination[]>
  /** Of leases: a spare is nobody's. */
  listPods(node: string): Promise<PodInfo[]>
  /** After the containers in them. */
  removePods(owner: Owner): Promise<void>
  /**
   * Keeps as many pods ready, each on a network of its own and closed to everything. `ensurePod` takes one for a service
   * that is alone on its lease's network and asks for nothing that a pod gets at its making: a host name, aliases,
   * a name server, published ports. Removes those too many, and what a crash has left of one. Returns how many there are;
   * 0 where the engine cannot.
   */
  keepSpares(node: string, count: number): Promise<number>

  /**
   * Creates, or finds the one that is already there under this lease and service. Does not start it. May be called while
   * `ensurePod` is still under way, which saves time; the pod must be there by the start.
   */
  createContainer(request: ContainerRequest): Promise<ContainerInfo>
  /**
   * With these limits from its first moment on, as far as the engine can: whoever is held back must be told so again, for part of
   * that ends with the container. E_APP_FAILED when its program is not there or cannot be run; E_ENGINE or E_NOT_FOUND when
   * its pod does not run.
   */
  start(containerId: string, limits?: ChangedLimits): Promise<void>
  /** Asks with the container's stop signal, then kills after `graceMs`. */
  stop(containerId: string, graceMs: number): Promise<void>
  pause(containerId: string): Promise<void>
  unpause(containerId: string): Promise<void>
  update(containerId: string, limits: ChangedLimits): Promise<void>
  /** Kills if need be. */
  removeContainer(containerId: string): Promise<void>

  inspect(containerId: string): Promise<ContainerInfo | null>
  /** All containers labelled with this node. */
  listContainers(node: string): Promise<ContainerInfo[]>
  listNetworks(node: string): Promise<NetworkInfo[]>
  /** What a crash has left of one counts as one. */
  listVolumes(node: string): Promise<VolumeInfo[]>
  /** Measures running containers at once, in parallel. Those that are gone are left out. */
  use(containerIds: readonly string[]): Promise<Map<string, ContainerUse>>

  /** Ends with the container when following. Never holds more in memory than a reader has asked for. */
  logs(containerId: string, options: LogOptions): AsyncIterable<LogChunk>
  /**
   * How fast a container prints, bytes a second, by reading along for a moment; what is read is counted and not looked at. A
   * line counts as 64 more, for that is about what one costs the engine, which writes logs on nobody's account: printing costs a
   * guest a small part of what it costs the machine.
   */
  outputRate(containerId: string, signal: AbortSignal): Promise<number>
  /** Changes of this node's containers from the call on, and a moment before it; throws E_ENGINE_STOPPED when the engine ends. */
  events(node: string, signal: AbortSignal): AsyncIterable<EngineEvent>
  /** A TCP connection to a container's port. E_NOT_FOUND: no such container or port; E_APP_FAILED: it does not run or listen. */
  dial(containerId: string, port: number, signal?: AbortSignal): Promise<Socket>
  /** Free space where images and volumes are kept, MiB; null when it cannot be known. */
  freeDiskMiB(): Promise<number | null>
}

/** `auto`: the first engine that is found; `docker`: the same, but no Podman; `none`: run nothing; else a socket or an address. */
export type EngineChoice = 'auto' | 'docker' | 'none' | (string & {})

/**
 * Finds an engine, watches it and finds it again: the one place that knows whether there is one.
 *
 *     looking ──found──► ready ──no answer──► stopped ──answers──► ready
 *        ├──installed, and does not run──► stopped
 *        └──nothing there──► missing ──appears──► ready
 */
export interface EngineHost extends Startable {
  status(): EngineStatus
  /** Since when none answers, wall ms; null: one does. */
  awaySinceMs(): number | null
  /** The engine, or E_ENGINE_MISSING / E_ENGINE_STOPPED with what to do. */
  require(): ContainerEngine
  /** Looks again now. */
  retry(): Promise<EngineStatus>
  onChange(listener: (status: EngineStatus) => void): Disposer
  /** What an attack from inside has shown of the engine that is there; known until another one is. */
  noteContainment(containment: 'proven' | 'broken', leaks: readonly string[]): void
}
