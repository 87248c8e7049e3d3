import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { ManifestBundle } from '../../contract/nouns/deployment.ts'
import type { ShareSettingsPatch } from '../../contract/nouns/node.ts'
import { type BaseDeps, createSystemClock, createSystemRng, type Logger } from '../base/index.ts'
import type { EngineHost } from '../engine/types.ts'
import { type DepinNode, startNode } from '../node.ts'
import { silentLog } from './deps.ts'
import { createFakeDaemon, type FakeDaemon, type FakeImage } from './fake-engine.ts'
import { FakeRegistry } from './fake-registry.ts'
import { roomyMachine } from './machine.ts'

/** Terms that a test can wait for. */
export const quickTerms = { meterIntervalMs: 500, prepaidMs: 1_000, graceMs: 2_000, retentionMs: 60_000 }

/** One whole node in this process: real parts on a fake engine, real libp2p over memory or loopback TCP. */
export interface TestNode {
  readonly peerId: string
  readonly node: DepinNode
  readonly daemon: FakeDaemon
  readonly dataDir: string
  /** Ends without a word to anybody, as a process that is killed; `start` brings it back on the same data directory. */
  crash(): Promise<void>
  start(): Promise<void>
}

export interface TestnetOptions {
  nodes: number
  transport?: 'memory' | 'tcp'
  /** How many of the nodes share, from the first on; all but the last when left out. */
  sharing?: number
  share?: ShareSettingsPatch
  /** Real engines for some of the nodes; the others have a fake one. */
  engines?: readonly EngineHost[]
  log?: Logger
}

/** Many whole nodes in one process, each knowing the first. */
export class Testnet implements AsyncDisposable {
  readonly nodes: TestNode[] = []
  /** The one that all nodes' tenants ask; it cannot be reached before a test publishes something. */
  readonly registry = new FakeRegistry()
  /** For others to be of the same network. */
  readonly networkName = `testnet-${process.pid}-${testnetCount++}`
  readonly #root = mkdtempSync(join(tmpdir(), 'depin-testnet-'))
  readonly #deps: BaseDeps
  readonly #options: TestnetOptions

  private constructor(options: TestnetOptions) {
    this.#options = options
    this.#deps = { clock: createSystemClock(), rng: createSystemRng(), log: options.log ?? silentLog }
  }

  static async start(options: TestnetOptions): Promise<Testnet> {
    // as entry.ts does: what a node writes is its user's alone, or it does not start on it again
    process.umask(0o077)
    const net = new Testnet(options)
    await net.#add(0, [])
    const bootstrap = net.nodes[0]!.node.network.addresses()
    await Promise.all(Array.from({ length: options.nodes - 1 }, (_, at) => net.#add(at + 1, bootstrap)))
    net.nodes.sort((a, b) => a.dataDir.localeCompare(b.dataDir))
    return net
  }

  /** The last node: it shares nothing. */
  get tenant(): TestNode {
    return this.nodes.at(-1)!
  }

  /** Puts an image where tenants look names up and where engines pull from. */
  publish(image: FakeImage): void {
    this.registry.publish(image)
    for (const { daemon } of this.nodes) daemon.publish(image)
  }

  node(peerId: string): TestNode {
    return this.nodes.find((each) => each.peerId === peerId)!
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((each) => each.crash()))
    rmSync(this.#root, { recursive: true, force: true })
  }

  async #add(index: number, bootstrap: readonly string[]): Promise<void> {
    const daemon = createFakeDaemon(this.#deps, { images: [{ ref: 'web:1', exposedPorts: [80], program: { serves: [{ port: 80, protocol: 'http', body: `hello from ${index}` }], prints: ['ready'] } }] })
    const dataDir = join(this.#root, String(index).padStart(3, '0'))
    const isSharing = index < (this.#options.sharing ?? this.#options.nodes - 1)
    const launch = () => this.#launch(dataDir, daemon, bootstrap, isSharing)
    let node: DepinNode | undefined = await launch()
    node.capacity.change({ terms: quickTerms, limits: { cpuMilli: 2000, memoryMiB: 2048, diskMiB: 4096 }, label: `host-${index}`, ...this.#options.share })
    this.nodes.push({
      peerId: node.peerId,
      get node() {
        return node!
      },
      daemon,
      dataDir,
      async crash() {
        await node?.stop()
        node = undefined
      },
      async start() { node = await launch() },
    })
  }

  #launch(dataDir: string, daemon: FakeDaemon, bootstrap: readonly string[], share: boolean): Promise<DepinNode> {
    const transport = this.#options.transport ?? 'memory'
    return startNode({
      dataDir,
      stateDir: join(this.#root, 'state'),
      newIdentity: false,
      network: { listen: transport === 'tcp' ? ['/ip4/127.0.0.1/tcp/0'] : [], bootstrap, mdns: false, networkName: this.networkName, transport },
      http: { host: '127.0.0.1', port: 0 },
      dashboardDir: null,
      version: '0.0.0-test',
      share,
      watchdogProgram: null,
      onStopRequest: () => undefined,
      onRestoreRequest: () => undefined,
    }, { ...this.#deps, registry: this.registry, engine: this.#options.engines?.[Number(basename(dataDir))] ?? daemon.host(), inventory: roomyMachine })
  }
}

let testnetCount = 0

/** A compose file as a client would send it. */
export function bundleOf(compose: string, files: Record<string, string> = {}): ManifestBundle {
  const encoded = Object.entries({ 'compose.yaml': compose, ...files }).map(([path, text]) => [path, Buffer.from(text).toString('base64')])
  return { entry: 'compose.yaml', files: Object.fromEntries(encoded) as Record<string, string>, env: {} }
}
