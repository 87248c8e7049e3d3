import { randomBytes } from 'node:crypto'
import { createSystemClock, createSystemRng, type Logger } from '../base/index.ts'
import { createMemoryStore, createNetwork, type Network, type NetworkDeps, type NetworkOptions } from '../network/index.ts'
import { silentLog } from './deps.ts'

export interface TestNode {
  network: Network
  /** To start another node with, as after a restart: the same key and memory. */
  deps: NetworkDeps
  options: NetworkOptions
}

/** Nodes of a network of their own, on loopback or in memory, that are stopped together. */
export class NetworkBench {
  readonly transport: 'tcp' | 'memory'
  readonly #nodes: Network[] = []
  #count = 0
  log: Logger = silentLog

  constructor(transport: 'tcp' | 'memory') {
    this.transport = transport
  }

  /** A node that has not been started. */
  create(options: Partial<NetworkOptions> = {}, deps: Partial<NetworkDeps> = {}): TestNode {
    const all: NetworkDeps = { clock: createSystemClock(), rng: createSystemRng(), log: this.log, seed: randomBytes(32), store: createMemoryStore(), ...deps }
    const full: NetworkOptions = {
      listen: this.transport === 'tcp' ? ['/ip4/127.0.0.1/tcp/0'] : [], bootstrap: [], mdns: false, networkName: 'test', transport: this.transport, ...options,
    }
    const network = createNetwork(full, all)
    this.#nodes.push(network)
    return { network, deps: all, options: full }
  }

  async start(options: Partial<NetworkOptions> = {}, deps: Partial<NetworkDeps> = {}): Promise<TestNode> {
    const node = this.create(options, deps)
    await node.network.start()
    return node
  }

  /** Running nodes, each connected with the first. */
  async star(count: number, options: Partial<NetworkOptions> = {}): Promise<TestNode[]> {
    const nodes = await Promise.all(Array.from({ length: count }, () => this.start(options)))
    const [first, ...others] = nodes
    await Promise.all(others.map(({ network }) => network.join(first!.network.createInvite(60_000).link)))
    return nodes
  }

  /** A name for something of which a test needs its own. */
  name(prefix: string): string {
    return `${prefix}${++this.#count}`
  }

  async clear(): Promise<void> {
    await Promise.all(this.#nodes.splice(0).map(async (network) => await network.stop()))
  }
}
