import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { createEngineHost } from '../engine/index.ts'
import { silentLog } from '../testing/deps.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket } from '../testing/engine-images.ts'
import { bundleOf, Testnet, type TestNode } from '../testing/testnet.ts'
import { until } from '../testing/wait.ts'

const run = promisify(execFile)
const deps = { clock: createSystemClock(), rng: createSystemRng(), log: silentLog }
/** Public addresses that nobody routes, on a bridge of this engine's: what a guest sends there goes no further than this machine. */
const world = { subnet: '11.77.6.0/24', address: '11.77.6.100' }

/** What abusers do, in a shell. Each tries again for as long as it lives. */
const fixtures = {
  scan: `while true; do for ((port = 21000; port < 40000; port++)); do echo x > /dev/udp/${world.address}/$port; done; done 2>/dev/null`,
  mail: `while true; do true > /dev/tcp/${world.address}/25; done 2>/dev/null`,
  // one sender waits for the queue; many of them do not ask whether anything arrives
  flood: `printf -v block %1000s; for i in $(seq 16); do (exec 3>/dev/udp/${world.address}/9; while true; do printf %s "$block" >&3; done) 2>/dev/null & done; wait`,
} as const
type Fixture = keyof typeof fixtures
const names = Object.keys(fixtures) as Fixture[]

const tag = `depin-test/abuser:${process.pid}`

/** The busybox of all tests, with this machine's bash in it: a shell that sends over UDP. */
async function makeAbuser(docker: Docker): Promise<void> {
  const { stdout } = await run('ldd', ['/bin/bash'])
  const files = ['/bin/bash', ...stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? [])]
  const tar = spawn('tar', ['-C', '/', '-chf', '-', ...files.map((path) => path.slice(1))], { stdio: ['ignore', 'pipe', 'inherit'] })
  const container = await docker.createContainer({ Image: busyboxImage.ref, NetworkDisabled: true })
  await container.putArchive(tar.stdout, { path: '/' })
  const [repo, version] = tag.split(':')
  await container.commit({ repo, tag: version })
  await container.remove()
}

describe('guests with the tier open, on a real engine', () => {
  const docker = testDocker()
  let net: Testnet
  let host: TestNode
  let network: { remove: () => Promise<unknown> }

  beforeAll(async () => {
    await makeTestImage(busyboxImage)
    await makeAbuser(docker)
    network = await docker.createNetwork({ Name: `depin-test-world-${process.pid}`, IPAM: { Driver: 'default', Config: [{ Subnet: world.subnet }] } })
    net = await Testnet.start({ nodes: 2, engines: [testEngineSocket(), testEngineSocket()].map((choice) => createEngineHost({ ...deps, choice })), share: { egress: { tier: 'open', rateMbit: 2 } } })
    host = net.nodes[0]!
    await until('the host is proven', () => {
      const status = host.node.engine.status()
      return status.state === 'ready' && status.containment === 'proven' && net.tenant.node.network.connectedPeers().length > 0
    }, 60_000)
  })
  afterAll(async () => {
    for (const { name } of net.tenant.node.deployments.list()) await net.tenant.node.deployments.remove(name).catch(() => undefined)
    await until('nothing is left', async () => (await host.node.engine.require().listPods(host.peerId)).length === 0, 60_000)
    await net[Symbol.asyncDispose]()
    await network.remove()
    await docker.getImage(tag).remove()
  })

  async function deploy(name: string, script: string): Promise<void> {
    const compose = JSON.stringify({
      services: { app: { image: tag, init: true, command: ['/bin/bash', '-c', script.replaceAll('$', '$$$$')], cpus: 0.2, mem_limit: '64m', pids_limit: 200, restart: 'always' } }, 'x-depin': { egress: 'open' },
    })
    await net.tenant.node.deployments.create(bundleOf(compose), { name })
  }
  const copy = (name: string) => net.tenant.node.deployments.get(name).replicas[0]!
  const lines = (leaseId: string) => host.node.activity.list(null, 200).filter(({ params }) => params['leaseId'] === leaseId).map(({ kind, params }) => [kind, params['reason'] ?? ''])

  it('are held back within five seconds and ended when they go on, with a line and a reason each; others live', async () => {
    await deploy('neighbour', 'sleep 1d & wait')
    await until('the neighbour runs', () => copy('neighbour').state === 'running', 60_000)
    for (const name of names) await deploy(name, fixtures[name])
    const leases = new Map<Fixture, string>()
    const engine = host.node.engine.require()
    const tookMs = await Promise.all(names.map(async (name) => {
      const leaseId = await until(`${name} has a lease`, () => copy(name).leaseId, 60_000)
      leases.set(name, leaseId)
      const pod = await until(`${name} has a pod`, async () => (await engine.listPods(host.peerId)).find(({ owner, isRunning }) => owner.leaseId === leaseId && isRunning), 60_000)
      // however late it comes to it on a busy machine
      const begunAtMs = await until(`${name} begins`, async () => (await engine.podCounters(pod.id))[name].packets > 0 && Date.now(), 60_000)
      await until(`${name} is held back`, () => host.node.abuse.verdict(leaseId).level !== 'fine')
      return (host.node.abuse.evidence(leaseId).verdicts[0]?.atMs ?? Infinity) - begunAtMs
    }))
    expect(Math.max(...tookMs), `ms from the first refusal to being held back: ${names.map((name, at) => `${name} ${tookMs[at]}`).join(', ')}`).toBeLessThan(5000)
    for (const name of names) {
      await until(`${name} is ended, and its renter knows why`, () => copy(name).state === 'failed' && copy(name).reason?.code === `abuse-${name}`, 60_000)
      expect(lines(leases.get(name)!).filter(([kind]) => kind === 'guest-throttled' || kind === 'guest-ended')).toEqual([['guest-ended', `abuse-${name}`], ['guest-throttled', `abuse-${name}`]])
    }
    expect(copy('neighbour')).toMatchObject({ state: 'running', throttled: null })
    expect(host.node.abuse.verdict(copy('neighbour').leaseId!)).toEqual({ level: 'fine' })
    const { hours, destinations } = host.node.abuse.evidence(leases.get('scan')!)
    expect(hours.reduce((sum, { counts }) => sum + (counts['scan']?.packets ?? 0), 0)).toBeGreaterThan(100)
    expect(new Set(destinations.map(({ address }) => address))).toEqual(new Set([world.address]))
  })
})
