import { afterEach, describe, expect, it } from 'vitest'
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
