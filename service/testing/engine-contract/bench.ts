import type { ContainerEngine, ContainerInfo, ContainerRequest, EngineHost, Owner, PodInfo, PodRequest } from '../../engine/types.ts'

/** What a container of the suite does; each engine has its own way to be told so. */
export interface ContractProgram extends Partial<Pick<ContainerRequest, 'command' | 'healthcheck'>> {
  imageId: string
}

export interface ContractSetup {
  host: EngineHost
  /** `echo` on port 7000; `chatter` prints one, two, three and stays; `brief` prints done and ends with 3; `healthy` becomes so soon. */
  programs: Readonly<Record<'idle' | 'echo' | 'chatter' | 'brief' | 'healthy', ContractProgram>>
  /** False: the engine runs no health checks here; Podman has systemd do it. */
  checksHealth?: boolean
  /** An image that is in no place the engine can reach. */
  unreachableImage: string
  /** Starts a container that is not ours, with these labels; the disposer removes it. */
  startForeign(labels: Readonly<Record<string, string>>): Promise<() => Promise<void> | void>
  dispose(): Promise<void>
}

/** What the tests of the suite stand on: an engine, and leases that are cleared away after each test. */
export class Bench {
  readonly #setUp: () => Promise<ContractSetup>
  readonly #used: Owner[] = []
  #setup: ContractSetup | undefined
  #leases = 0

  constructor(setUp: () => Promise<ContractSetup>) {
    this.#setUp = setUp
  }

  async open(): Promise<void> {
    this.#setup = await this.#setUp()
  }

  get setup(): ContractSetup {
    if (this.#setup === undefined) throw new Error('the suite has not begun')
    return this.#setup
  }

  get engine(): ContainerEngine {
    return this.setup.host.require()
  }

  /** A lease of its own for each test, so that none sees another's leftovers. */
  newOwner(node = `contract-${process.pid}`): Owner {
    const owner = { node, leaseId: `lease${String(++this.#leases).padStart(7, '0')}abcdefghijklmnopqrst` }
    this.clearLater(owner)
    return owner
  }

  clearLater(owner: Owner): void {
    this.#used.push(owner)
  }

  async clear(): Promise<void> {
    for (const owner of this.#used.splice(0)) await removeEverything(this.engine, owner)
  }

  request(owner: Owner, program: ContractProgram, change: Partial<ContainerRequest> = {}): ContainerRequest {
    return {
      owner, service: 'main', imageId: program.imageId,
      entrypoint: null, command: program.command ?? null, env: {}, workingDir: null, user: null, ports: [], volumes: [], tmpfs: [],
      healthcheck: program.healthcheck ?? null, limits: { cpuMilli: 500, memoryMiB: 64, pids: 64 }, shmMiB: null,
      init: true, tty: false, stdinOpen: false, stopSignal: null, stopGraceMs: 2000, ...change,
    }
  }

  pod(owner: Owner, change: Partial<PodRequest> = {}): Promise<PodInfo> {
    const policy = { egress: { tier: 'none' as const }, denied: [], caps: { rateKbit: 10_000, maxFlows: 100, newDestinationsPerSecond: 10, namesPerSecond: 2000 } }
    return this.engine.ensurePod({ owner, service: 'main', alone: false, hostname: null, aliases: [], ports: [], policy, ...change })
  }

  async create(owner: Owner, program: ContractProgram, change: Partial<ContainerRequest> = {}, pod: Partial<PodRequest> = {}): Promise<ContainerInfo> {
    const { service = 'main', ports = [] } = change
    const [, info] = await Promise.all([this.pod(owner, { service, ports, ...pod }), this.engine.createContainer(this.request(owner, program, change))])
    return info
  }

  /** Creates and starts; the container's id. */
  async run(owner: Owner, program: ContractProgram, change: Partial<ContainerRequest> = {}, pod: Partial<PodRequest> = {}): Promise<string> {
    const { id } = await this.create(owner, program, change, pod)
    await this.engine.start(id)
    return id
  }

  async state(id: string): Promise<ContainerInfo['state'] | undefined> {
    return (await this.engine.inspect(id))?.state
  }
}

/** In the order that a provider ends a lease in. */
export async function removeEverything(engine: ContainerEngine, owner: Owner): Promise<void> {
  for (const container of await engine.listContainers(owner.node)) {
    if (container.owner.leaseId === owner.leaseId) await engine.removeContainer(container.id)
  }
  await engine.removePods(owner)
  await Promise.all([engine.removeNetwork(owner), engine.removeVolumes(owner), engine.removeLeaseImages(owner)])
}
