import type { Duplex } from 'node:stream'
import type { ContainerCreateOptions } from 'dockerode'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { DockerClient } from '../engine/docker/client.ts'
import { GuardChannel } from '../engine/guard/channel.ts'
import { ensureGuardImage, guardEntrypoint } from '../engine/guard/image.ts'
import type { NetworkPolicy } from '../engine/guard/policy.ts'
import { type Frame, openingFrames, programArguments } from '../engine/guard/program.ts'
import { createEngineHost } from '../engine/index.ts'
import { silentLog } from './deps.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket } from './engine-images.ts'
import { until } from './wait.ts'

/**
 * A lease's network on the real engine, with neighbours: `inside` belongs to the lease, `outside` stands for the world. Its
 * addresses are public ones that nobody routes, so that the world is told from private networks without any uplink.
 */
export const net = {
  subnet: '11.77.5.0/24', lease: '11.77.5.0/28', gateway: '11.77.5.1', guard: '11.77.5.2', inside: '11.77.5.3', outside: '11.77.5.100',
  subnet6: 'fd77:5::/64', gateway6: 'fd77:5::1', outside6: 'fd77:5::100',
} as const

export const hello = 'hello'
/** Where `inside` and `outside` say hello, besides 7000. */
export const outsidePorts = [25, 80, 443, 445, 465, 587, 3389] as const
/** Where they send without end, take all and tell its sum, and hold the connection. */
export const ports = { hello: 7000, source: 7001, sink: 7002, hold: 7003 } as const

const servers = [
  ...[...outsidePorts, ports.hello].map((port) => `nc -ll -p ${port} -e echo ${hello} &`),
  `nc -ll -p ${ports.source} -e yes & nc -ll -p ${ports.sink} -e md5sum & nc -ll -p ${ports.hold} -e sleep 60 & wait`,
].join(' ')

const caps = { rateKbit: 100_000, maxFlows: 500, newDestinationsPerSecond: 100, namesPerSecond: 2000 }

export function policyFor(egress: NetworkPolicy['egress'], change: Partial<NetworkPolicy['caps']> = {}): NetworkPolicy {
  return {
    egress, peers: { subnet: net.lease, gateway: net.gateway, address: net.guard }, ingress: { ports: [8080], from: [net.gateway] }, denied: [],
    caps: { ...caps, ...change },
  }
}

export interface RunningGuard { id: string, channel: GuardChannel, queues: boolean, readyMs: number }

export class GuardedNetwork {
  readonly docker = testDocker()
  readonly #rubbish: (() => Promise<unknown>)[] = []
  readonly #neighbours: string[] = []
  #client: DockerClient | null = null
  #network = ''
  #busybox = ''
  #guard = ''

  async open(): Promise<void> {
    this.#client = await DockerClient.open({ kind: 'socket', path: testEngineSocket() }, createSystemClock())
    this.#busybox = await makeTestImage(busyboxImage, this.docker)
    this.#guard = await loadGuard()
    const network = await this.docker.createNetwork({
      Name: `depin-test-guarded-${process.pid}`, EnableIPv6: true,
      IPAM: { Driver: 'default', Config: [{ Subnet: net.subnet }, { Subnet: net.subnet6, Gateway: net.gateway6 }] },
    })
    this.#network = network.id
    this.#rubbish.push(() => network.remove())
    for (const [alias, address] of [['inside', net.inside], ['outside', net.outside]] as const) {
      await this.#start({ Image: this.#busybox, Cmd: ['sh', '-c', servers], HostConfig: { Init: true, NetworkMode: network.id }, ...this.#at(address, alias) })
    }
  }

  get imageId(): string {
    return this.#guard
  }

  async close(): Promise<void> {
    for (const remove of this.#rubbish.reverse()) await remove()
    this.#client?.close('the tests are over')
  }

  /** A guard as it is made for leases: nothing but its one capability. */
  async startGuard(policy: NetworkPolicy): Promise<RunningGuard> {
    const startedMs = performance.now()
    const guard = await this.createGuard(openingFrames(policy), policy.egress.tier === 'domains' ? '127.0.0.1' : net.gateway)
    const channel = await this.attach(guard.id)
    await guard.start()
    const { queues } = await channel.ready()
    return { id: guard.id, channel, queues, readyMs: performance.now() - startedMs }
  }

  async createGuard(frames: readonly Frame[], dns: string = net.gateway): Promise<{ id: string, start: () => Promise<unknown>, wait: () => Promise<{ StatusCode: number }>, remove: () => Promise<unknown> }> {
    const container = await this.docker.createContainer({
      Image: this.#guard, Entrypoint: [...guardEntrypoint], User: '0:0', Cmd: programArguments(frames), OpenStdin: true, ExposedPorts: { '8080/tcp': {}, '8081/tcp': {} }, ...this.#at(net.guard, 'app'),
      HostConfig: {
        NetworkMode: this.#network, CapDrop: ['ALL'], CapAdd: ['NET_ADMIN', 'NET_BIND_SERVICE'], ReadonlyRootfs: true, SecurityOpt: ['no-new-privileges'], PidsLimit: 16,
        Memory: 16 * 1024 ** 2, Dns: [dns], PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }], '8081/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
      },
    })
    return { id: container.id, start: () => container.start(), wait: () => container.wait() as Promise<{ StatusCode: number }>, remove: () => container.remove({ force: true }) }
  }

  async attach(guardId: string): Promise<GuardChannel> {
    if (this.#client === null) throw new Error('the network is not open')
    return new GuardChannel(await this.#client.attach(guardId), createSystemClock())
  }

  /** What a script prints in a container that has joined `of`; `capabilities` are for those that play an attacker with more than any lease has. */
  async run(of: string, script: string, capabilities: readonly string[] = []): Promise<string> {
    const container = await this.docker.createContainer(this.#joined(of, script, capabilities))
    try {
      await container.start()
      await container.wait()
      const log = await container.logs({ stdout: true })
      return plain(log)
    } finally {
      await container.remove({ force: true })
    }
  }

  /** Starts a script in a container that has joined `of`; its end, and what ends it. */
  async runOn(of: string, script: string): Promise<{ ended: Promise<unknown>, remove: () => Promise<unknown> }> {
    const container = await this.docker.createContainer(this.#joined(of, script, []))
    await container.start()
    return { ended: container.wait(), remove: () => container.remove({ force: true }) }
  }

  /** Which of the targets say hello to a container that has joined `of`. */
  async reached(of: string, targets: readonly (readonly [string, number])[]): Promise<string[]> {
    const tries = targets.map(([host, port]) => `(nc -w 3 ${host} ${port} </dev/null 2>/dev/null | grep -q ${hello} && echo ${host} ${port}) &`)
    const output = await this.run(of, `${tries.join(' ')} wait`)
    return output.split('\n').filter((line) => line !== '').sort()
  }

  /** A second connection, of somebody without manners. */
  async rawAttach(guardId: string): Promise<Duplex> {
    if (this.#client === null) throw new Error('the network is not open')
    return await this.#client.attach(guardId)
  }

  /** Containers without a guard, to show that what a guard refuses is there. */
  get inside(): string {
    return this.#neighbours[0] ?? ''
  }

  get outside(): string {
    return this.#neighbours[1] ?? ''
  }

  /** A process in the namespace, for those who look at it from this machine. */
  async processOf(guardId: string): Promise<number> {
    return (await this.docker.getContainer(guardId).inspect()).State.Pid
  }

  #joined(of: string, script: string, capabilities: readonly string[]): ContainerCreateOptions {
    return {
      Image: this.#busybox, Cmd: ['sh', '-c', script],
      HostConfig: { Init: true, NetworkMode: `container:${of}`, CapDrop: ['ALL'], CapAdd: [...capabilities], SecurityOpt: ['no-new-privileges'], ReadonlyRootfs: true },
    }
  }

  async #start(options: ContainerCreateOptions): Promise<void> {
    const container = await this.docker.createContainer(options)
    this.#rubbish.push(() => container.remove({ force: true }))
    await container.start()
    this.#neighbours.push(container.id)
  }

  #at(address: string, alias: string): Pick<ContainerCreateOptions, 'NetworkingConfig'> {
    const IPAMConfig = { IPv4Address: address, ...address === net.outside && { IPv6Address: net.outside6 } }
    return { NetworkingConfig: { EndpointsConfig: { [this.#network]: { Aliases: [alias], IPAMConfig } } } }
  }
}

async function loadGuard(): Promise<string> {
  const host = createEngineHost({ choice: testEngineSocket(), clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
  await host.start()
  await until('the engine was found', () => host.status().state === 'ready')
  const { id } = await ensureGuardImage(host.require(), new AbortController().signal)
  await host.stop()
  return id
}

/** Output without the engine's frames. */
function plain(log: Buffer): string {
  let text = ''
  for (let at = 0; at + 8 <= log.length;) {
    const length = log.readUInt32BE(at + 4)
    text += log.subarray(at + 8, at + 8 + length).toString()
    at += 8 + length
  }
  return text
}
