import { afterEach, describe, expect, it } from 'vitest'
import { Evidence } from '../contract/nouns/evidence.ts'
import { bundleOf, Testnet, type TestNode } from './testing/testnet.ts'
import { until } from './testing/wait.ts'

const compose = (egress: string) => `services: { web: { image: "web:1", cpus: 1, mem_limit: 256m, restart: always } }\nx-depin: { egress: ${egress} }\n`
const bytesPerGiB = 1024 ** 3

let net: Testnet | undefined
afterEach(async () => {
  await net?.[Symbol.asyncDispose]()
  net = undefined
})

interface Guest { host: TestNode, owner: { node: string, leaseId: string } }

async function start(egress: string): Promise<Guest> {
  net = await Testnet.start({ nodes: 2 })
  const { tenant } = net
  for (const { node } of net.nodes) node.capacity.change({ egress: { tier: 'open', rateMbit: 8, monthlyGiB: 1 } })
  await until('the tenant knows the hosts', () => tenant.node.network.connectedPeers().length > 0)
  await tenant.node.deployments.create(bundleOf(compose(egress)), { name: 'site' })
  const copy = () => tenant.node.deployments.get('site').replicas[0]!
  await until('it runs', () => copy().state === 'running')
  const host = net.node(copy().provider!)
  return { host, owner: { node: host.node.peerId, leaseId: copy().leaseId! } }
}
const kinds = ({ node }: TestNode) => node.activity.list(null, 50).map(({ kind }) => kind)

describe('a guest’s network', () => {
  it('reaches nothing unless the app asked for more', async () => {
    const { host, owner } = await start('none')
    expect(host.daemon.podPolicy(owner, 'web')?.egress).toEqual({ tier: 'none' })
  })

  it('is what was signed, at the owner’s rate, until the month’s volume is used up', async () => {
    const { host, owner } = await start('open')
    const policy = () => host.daemon.podPolicy(owner, 'web')
    expect(policy()).toMatchObject({ egress: { tier: 'open' }, caps: { rateKbit: 8000 } })
    host.daemon.count(owner, 'web', { in: { packets: 1, bytes: bytesPerGiB }, out: { packets: 1, bytes: 1 } })
    await host.node.workloads.settle()
    await until('the way out is closed', () => policy()?.egress.tier === 'none')
    expect(kinds(host).filter((kind) => kind === 'egress-used-up')).toHaveLength(1)
    host.node.capacity.change({ egress: { monthlyGiB: 2 } })
    await host.node.workloads.settle()
    await until('the owner opens it again', () => policy()?.egress.tier === 'open')
  })

  it('that is abused is held back in seconds and ended when it goes on, with one line each and its reason on both sides', async () => {
    const { host, owner } = await start('open')
    const tenant = () => net!.tenant.node.deployments.get('site').replicas[0]!
    const engine = host.node.engine.require()
    const policy = () => host.daemon.podPolicy(owner, 'web')
    const cpuMilli = async () => (await engine.listContainers(owner.node))[0]?.cpuMilli
    let refused = 0
    const scan = async () => {
      refused += 500
      host.daemon.count(owner, 'web', { scan: { packets: refused, bytes: refused * 60 }, out: { packets: 80, bytes: 4800 } }, [{ address: '11.0.0.9', port: 22 }])
      await host.node.abuse.settle()
    }
    await host.node.abuse.settle()
    await scan()
    await until('it is held back', () => policy()?.caps.newDestinationsPerSecond === 1)
    expect(policy()).toMatchObject({ egress: { tier: 'open' }, caps: { rateKbit: 64 } })
    await until('on the processor as well', async () => await cpuMilli() === 250)
    await until('the renter is told', () => tenant().throttled?.code === 'abuse-scan')
    expect(tenant().state).toBe('running')
    // what was decided outlives this program, and what goes on in spite of it is the end
    await host.crash()
    await host.start()
    await until('the engine is there again', () => host.node.engine.status().state === 'ready')
    expect(host.node.abuse.verdict(owner.leaseId)).toMatchObject({ level: 'throttled', reason: { code: 'abuse-scan' } })
    const lease = () => host.node.leases.get(owner.leaseId, 'provider')!
    await until('it is ended', async () => {
      await scan()
      return lease().phase.state !== 'running'
    }, 50_000)
    await until('the renter knows why, and asks nobody else', () => tenant().state === 'failed' && tenant().reason?.code === 'abuse-scan')
    const lines = host.node.activity.list(null, 50).filter(({ params }) => params['reason'] === 'abuse-scan').map(({ kind, tone }) => [kind, tone])
    expect(lines).toEqual([['guest-ended', 'attention'], ['guest-throttled', 'attention']])
    const evidence = host.node.abuse.evidence(owner.leaseId)
    expect(Evidence.parse(evidence)).toMatchObject({ lease: { leaseId: owner.leaseId, reason: { code: 'abuse-scan' } }, destinations: [{ address: '11.0.0.9', port: 22 }] })
    expect(evidence.verdicts.map(({ level }) => level)).toEqual(['throttled', 'stopped'])
    expect(evidence.hours.reduce((sum, { counts }) => sum + (counts['scan']?.packets ?? 0), 0)).toBeGreaterThanOrEqual(1000)
  })

  it('leads to no mining pool: such an app is refused before anything is reserved', async () => {
    net = await Testnet.start({ nodes: 2 })
    const { tenant } = net
    for (const { node } of net.nodes) node.capacity.change({ egress: { tier: 'open' } })
    await until('the tenant knows the hosts', () => tenant.node.network.connectedPeers().length > 0)
    await tenant.node.deployments.create(bundleOf(compose('[pool.supportxmr.com]')), { name: 'site' })
    await until('it is refused', () => tenant.node.deployments.get('site').replicas[0]?.reason?.detail?.includes('pool.supportxmr.com is a mining pool') === true)
    expect(net.nodes[0]?.node.leases.list('provider')).toEqual([])
  })

  it('that an attack from inside was made in, and cut off, is gone after the next start', async () => {
    const { host } = await start('none')
    const engine = host.node.engine.require()
    const owner = { node: `${host.peerId}-attack`, leaseId: 'victim' }
    await engine.ensurePod({ owner, service: 'target', alone: true, hostname: null, aliases: [], ports: [], policy: { egress: { tier: 'none' }, denied: [], caps: { rateKbit: 1000, maxFlows: 1, newDestinationsPerSecond: 1, namesPerSecond: 2000 } } })
    await host.crash()
    await host.start()
    await until('it is gone', async () => host.node.engine.status().state === 'ready' && (await host.node.engine.require().listPods(owner.node)).length === 0)
    expect(await host.node.engine.require().listNetworks(owner.node)).toEqual([])
    expect((await host.node.engine.require().listPods(host.peerId)).length).toBe(1)
  })

  it('that has lost its guard is closed anew, and the guest starts again in it', async () => {
    const { host, owner } = await start('none')
    const engine = host.node.engine.require()
    const container = async () => (await engine.listContainers(owner.node))[0]!
    const before = await container()
    host.daemon.endPod(owner, 'web')
    await until('it was told', () => kinds(host).includes('guest-network-lost'))
    await until('it runs again', async () => (await container()).state === 'running')
    expect((await container()).id).toBe(before.id)
    expect((await engine.listPods(owner.node)).map(({ isRunning }) => isRunning)).toEqual([true])
    expect(host.node.leases.get(owner.leaseId, 'provider')?.phase.state).toBe('running')
  })
})
