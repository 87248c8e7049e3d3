import type { IsolationLevel } from '../../../contract/wire/v1/records.ts'
import type { Disposer } from '../../base/index.ts'
import type { Count, CounterName } from '../guard/counters.ts'
import type { Destination } from '../guard/destinations.ts'
import type { EngineHost, ImageInfo, Owner, PodPolicy, PodRequest } from '../types.ts'

/** What a container of an image does while it runs. Nothing is executed. */
export interface FakeProgram {
  /** Listens on loopback for as long as the container runs. `echo` sends back what it gets and closes when the other side does. */
  serves?: readonly { port: number, protocol: 'http' | 'echo', body?: string }[]
  /** Printed at every start. */
  prints?: readonly string[]
  /** Ends by itself this long after its start. */
  exits?: { afterMs: number, code: number }
  /** Has a health check that passes this long after its start. */
  healthyAfterMs?: number
  /** Does not end when asked to, only when killed. */
  ignoresStop?: boolean
  /** What it uses of what it may use, 0 … 1; a tenth when left out. */
  load?: number
  /** Bytes, as somebody hears who listens. */
  printsPerS?: number
}

/** A pod that closes nothing, since nothing of the fake reaches anywhere; it remembers what it was told. */
export interface FakePod {
  request: PodRequest
  policy: PodPolicy
  id: string
  isRunning: boolean
  startedAtMs: number
  counts: Partial<Record<CounterName, Count>>
  destinations?: readonly Destination[]
}

export interface FakeImage {
  ref: string
  program?: FakeProgram
  arch?: string
  sizeMiB?: number
  /** Content of its layers; one small layer of its own when left out. Nothing is unpacked. */
  layers?: readonly Uint8Array[]
  exposedPorts?: readonly number[]
  volumes?: readonly string[]
}

export interface FakeEngineOptions {
  cpuMilli?: number
  memoryMiB?: number
  isolation?: IsolationLevel
  freeDiskMiB?: number
  images?: readonly FakeImage[]
}

/** How the engine answers. `down`: refuses; `hung`: takes calls and never answers; `absent`: was never installed. */
export type FakeEngineState = 'up' | 'down' | 'hung' | 'absent'

/** One engine that exists in memory only, for any number of nodes, with the handles a test needs. */
export interface FakeDaemon {
  /** A node's view of it. */
  host(): EngineHost
  /** Puts an image on the engine's disk. */
  addImage(image: FakeImage): ImageInfo
  /** Puts an image where a pull finds it. */
  publish(image: FakeImage): void
  /** What the engine has under this name, or null. */
  findImage(ref: string): ImageInfo | null
  /** False: every pull fails as if the registry could not be reached. */
  setRegistryReachable(reachable: boolean): void
  setFreeDiskMiB(freeMiB: number): void
  /** Each volume of this lease now holds so much. */
  write(leaseId: string, bytes: number): void
  /** `down` ends the containers, as an engine that is stopped does; `hung` leaves them running. */
  setState(state: FakeEngineState): Promise<void>
  /** Something printed by a running container. */
  print(containerId: string, text: string): void
  /** The guard of a service's pod ends by itself. */
  endPod(owner: Owner, service: string): void
  /** What the guard of a service's pod has counted, and where to. */
  count(owner: Owner, service: string, counts: FakePod['counts'], destinations?: readonly Destination[]): void
  /** What a pod was told last; null when there is none. */
  podPolicy(owner: Owner, service: string): PodPolicy | null
  /** A running container ends by itself. */
  exit(containerId: string, code: number): Promise<void>
  /** Ids of all containers, whosever they are, to see what was left behind. */
  containerIds(): string[]
  /** A container that nobody of ours made. */
  addForeignContainer(labels: Readonly<Record<string, string>>): Disposer
}
