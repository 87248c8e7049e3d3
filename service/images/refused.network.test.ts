import { afterEach, describe, expect, it } from 'vitest'
import type { QuoteReport, Replica } from '../../contract/nouns/deployment.ts'
import { bundleOf, Testnet, type TestNode } from '../testing/testnet.ts'
import { until } from '../testing/wait.ts'

const compose = (image: string): string => `services: { web: { image: "${image}", cpus: 0.5, mem_limit: 256m, restart: always } }\n`
const subject = 'repository:docker.io/library/web'

let net: Testnet | undefined
async function start(nodes: number): Promise<Testnet> {
  net = await Testnet.start({ nodes })
  const { network } = net.tenant.node
  await until('the tenant knows the hosts', () => network.connectedPeers().length >= nodes - 1)
  return net
}
afterEach(async () => {
  await net?.[Symbol.asyncDispose]()
  net = undefined
})

const copy = ({ node }: TestNode): Replica => node.deployments.get('site').replicas[0]!
const leasedOn = (tenant: TestNode) => copy(tenant).events.filter(({ kind }) => kind === 'leased' || kind === 'replaced').map(({ provider }) => provider)

describe('an app whose image a host does not take', () => {
  it('ends at once with that reason where there is no other host, and runs when it is tried again and taken', async () => {
    const { tenant, nodes: [host] } = await start(2)
    host!.node.images.setRule({ action: 'deny', subject })
    await tenant.node.deployments.create(bundleOf(compose('web:1')), { name: 'site' })
    await until('its owner is told', () => tenant.node.deployments.get('site').state === 'failed')
    expect(copy(tenant).reason).toMatchObject({ code: 'image-refused', detail: expect.stringContaining('does not accept it') as string })
    expect(leasedOn(tenant)).toEqual([host!.peerId])
    host!.node.images.removeRule(subject)
    tenant.node.deployments.retry('site')
    await until('it runs', () => tenant.node.deployments.get('site').state === 'running')
  })

  it('goes to another host, and not back to the first', async () => {
    const { tenant, nodes: [first, second] } = await start(3)
    first!.node.images.setRule({ action: 'deny', subject })
    first!.node.capacity.change({ prices: { cpuCoreMonthMicro: 1n, memoryGiBMonthMicro: 1n } })
    await tenant.node.deployments.create(bundleOf(compose('web:1')), { name: 'site' })
    await until('it runs', () => tenant.node.deployments.get('site').state === 'running')
    expect(leasedOn(tenant)).toEqual([first!.peerId, second!.peerId])
  })
})

describe('an app that an owner has sent away', () => {
  it('is not priced on that host, which would not get it', async () => {
    const { tenant, nodes: [host] } = await start(2)
    await tenant.node.deployments.create(bundleOf(compose('web:1')), { name: 'site' })
    await until('it runs', () => tenant.node.deployments.get('site').state === 'running')
    const price = async () => {
      let last: QuoteReport | undefined
      for await (const report of tenant.node.deployments.quote(bundleOf(compose('web:1')), { name: 'other' })) last = report
      return last
    }
    expect(await price()).toMatchObject({ hosts: [{ chosen: true, why: null }], problem: null })
    await host!.node.market.close(copy(tenant).leaseId!, 'provider', { code: 'owner-ended' })
    await until('its renter knows', () => copy(tenant).reason?.code === 'no-host')
    expect(await price()).toMatchObject({ hosts: [{ chosen: false, why: 'sent this app away a while ago' }], totalMonthMicro: null, problem: expect.stringContaining('sent this app away') as string })
  })
})

describe('an app whose image nobody gives just now', () => {
  it('says so while its host tries again, and runs when somebody does', async () => {
    const { tenant, nodes: [host] } = await start(2)
    host!.daemon.setRegistryReachable(false)
    await tenant.node.deployments.create(bundleOf(compose('shop:1')), { name: 'site' })
    const { trouble, state } = await until('its renter is told', () => copy(tenant).trouble == null ? null : copy(tenant))
    expect({ trouble, state }).toMatchObject({ state: 'starting', trouble: { code: 'image-unreachable', detail: expect.stringContaining('shop:1') as string } })
    host!.daemon.publish({ ref: 'shop:1' })
    host!.daemon.setRegistryReachable(true)
    await until('it runs', () => tenant.node.deployments.get('site').state === 'running')
    expect(copy(tenant).trouble).toBeNull()
    expect(leasedOn(tenant)).toEqual([host!.peerId])
  })
})

describe('a host whose engine stops', () => {
  it('says so to its renters, and no more once it answers', async () => {
    const { tenant, nodes: [host] } = await start(2)
    await tenant.node.deployments.create(bundleOf(compose('web:1')), { name: 'site' })
    await until('it runs', () => tenant.node.deployments.get('site').state === 'running')
    await host!.daemon.setState('down')
    await until('its renter is told', () => copy(tenant).trouble?.code === 'engine')
    await host!.daemon.setState('up')
    await until('it is well', () => copy(tenant).trouble === null && copy(tenant).state === 'running')
  })
})
