import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { DepinError } from '../contract/errors.ts'
import { bundleOf, Testnet, type TestnetOptions, type TestNode } from './testing/testnet.ts'
import { until } from './testing/wait.ts'

const web = (extra = '') => `services: { web: { image: "web:1", cpus: 0.5, mem_limit: 256m, restart: always${extra} } }\n`
const nothing = { cpuMilli: 0, memoryMiB: 0, diskMiB: 0 }

let net: Testnet | undefined
async function start(options: TestnetOptions): Promise<Testnet> {
  net = await Testnet.start(options)
  const { network } = net.tenant.node
  await until('the tenant knows the hosts', () => network.connectedPeers().length >= Math.min(1, options.nodes - 1))
  return net
}
afterEach(async () => {
  await net?.[Symbol.asyncDispose]()
  net = undefined
})

async function deploy({ node }: TestNode, compose: string, name = 'site'): Promise<void> {
  await node.deployments.create(bundleOf(compose), { name })
  await until(`${name} runs`, () => node.deployments.get(name).state === 'running')
}
const hostOf = (copy = 0): TestNode => net!.node(net!.tenant.node.deployments.get('site').replicas[copy]!.provider!)
const booksClosed = ({ node }: TestNode) => until('the host’s books are closed', () => {
  const { earned } = node.ledger.earnings()
  return earned.leases[0]?.state === 'final' ? earned : null
})
const refusal = async (work: Promise<unknown>): Promise<DepinError> => {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(DepinError)
  return error as DepinError
}

describe('a network of whole nodes', () => {
  it('an app is leased, runs, is paid for and removed, and nothing of it is left', async () => {
    const { tenant } = await start({ nodes: 10 })
    await deploy(tenant, web())
    const host = hostOf()
    await until('something is paid', () => tenant.node.ledger.earnings().spent.total.signed > 0n)
    await tenant.node.deployments.remove('site')
    await until('the host has cleared up', () => host.daemon.containerIds().length === 0 && host.node.capacity.reservedLeaseIds().length === 0)
    expect(host.node.capacity.status().reserved).toEqual(nothing)
    const earned = await booksClosed(host)
    expect([earned.total.due, earned.total.accruing]).toEqual([tenant.node.ledger.earnings().spent.total.signed, 0n])
    expect(host.node.ledgerStore.firstBrokenEntry()).toBeNull()
  })

  it('copies run on different hosts; one whose host dies moves, with the reason, and the other stays', async () => {
    const { tenant } = await start({ nodes: 4 })
    await deploy(tenant, web(', deploy: { replicas: 2 }') + 'x-depin: { grace: 2s }\n')
    const [first, second] = [hostOf(0), hostOf(1)]
    expect(first).not.toBe(second)
    await first.crash()
    const replicas = await until('the copy has moved', () => {
      const now = tenant.node.deployments.get('site')
      return now.state === 'running' && now.replicas[0]!.provider !== first.peerId ? now.replicas : null
    })
    expect(replicas[1]!.provider).toBe(second.peerId)
    expect(replicas[0]!.events.map((event) => `${event.kind} ${event.reason?.code ?? ''}`.trim())).toEqual(['leased', 'running', 'lost provider-gone', 'replaced provider-gone', 'running'])
  })

  it('an owner who ends a guest: the renter learns why, and the copy goes on elsewhere', async () => {
    const { tenant } = await start({ nodes: 3 })
    await deploy(tenant, web())
    const host = hostOf()
    const [leaseId] = host.node.capacity.reservedLeaseIds()
    await host.node.market.close(leaseId!, 'provider', { code: 'owner-ended' })
    const replica = await until('the copy has moved', () => {
      const [copy] = tenant.node.deployments.get('site').replicas
      return copy!.state === 'running' && copy!.provider !== host.peerId ? copy : null
    })
    expect(replica.events.find((event) => event.kind === 'ended')?.reason).toEqual({ code: 'owner-ended' })
    await booksClosed(host)

    const again = await refusal(tenant.node.deployments.create(bundleOf(web()), { name: 'again', providers: [host.peerId] }))
    expect(again.message).toContain('sent this app away')
    await tenant.node.deployments.create(bundleOf(web(', environment: { WHAT: another }')), { name: 'another', providers: [host.peerId] })
    await until('another app is welcome there', () => tenant.node.deployments.get('another').state === 'running')
  })

  it('an engine that stops loses no lease and bills no downtime', async () => {
    const { tenant } = await start({ nodes: 2 })
    await deploy(tenant, web())
    const host = hostOf()
    const [leaseId] = host.node.capacity.reservedLeaseIds()
    await host.daemon.setState('down')
    await until('it is noticed', () => host.node.engine.status().state === 'stopped', 30_000)
    const { runMs } = host.node.metering.read(leaseId!, 'provider')
    await host.node.engine.retry()
    expect(host.node.metering.read(leaseId!, 'provider').runMs).toBe(runMs)
    await host.daemon.setState('up')
    await host.node.engine.retry()
    await until('it is billed again', () => host.node.metering.read(leaseId!, 'provider').runMs > runMs)
    expect(host.node.capacity.reservedLeaseIds()).toEqual([leaseId])
    expect(tenant.node.deployments.get('site').replicas[0]!.leaseId).toBe(leaseId)
  }, 60_000)

  it('an image that nobody has: the renter is told which, once, and nothing keeps trying', async () => {
    const { tenant } = await start({ nodes: 3 })
    await tenant.node.deployments.create(bundleOf('services: { web: { image: "no-such-image:9" } }'), { name: 'site' })
    const failed = await until('it is given up', () => {
      const now = tenant.node.deployments.get('site')
      return now.state === 'failed' ? now : null
    })
    expect(failed.replicas[0]!.reason).toMatchObject({ code: 'image-not-found', detail: expect.stringContaining('no-such-image:9') as string })
    expect(failed.replicas[0]!.events.filter((event) => event.kind === 'leased')).toHaveLength(1)
  })

  it('an owner may rent from their own machine, and comes out even', async () => {
    const { nodes: [self] } = await start({ nodes: 2 })
    const { node } = self!
    await node.deployments.create(bundleOf(web()), { name: 'mine', providers: [node.peerId] })
    await until('it runs', () => node.deployments.get('mine').state === 'running')
    await until('it is paid', () => node.ledger.earnings().earned.total.signed > 0n)
    await node.deployments.remove('mine')
    const { earned, spent } = await until('the books are closed', () => node.ledger.earnings().earned.leases[0]?.state === 'final' ? node.ledger.earnings() : null)
    expect([earned.total.signed, spent.total.signed]).toEqual([earned.total.due, earned.total.due])
  })
})

describe('reaching an app', () => {
  it('through a tunnel, and its log as it is written', async () => {
    const { tenant } = await start({ nodes: 2 })
    await deploy(tenant, web())
    const forward = await tenant.node.ingress.forward({ service: 'web', port: 80, localPort: 0, targets: () => tenant.node.deployments.targets('site', 'web', null) })
    expect(await (await fetch(`http://127.0.0.1:${forward.port}/`)).text()).toBe('hello from 1')
    expect(forward.counts()).toMatchObject({ totalConnections: 1, problem: null })
    await forward.close()

    const stop = new AbortController()
    const lines: string[] = []
    const reading = (async () => {
      for await (const batch of tenant.node.deployments.logs({ name: 'site', service: null, replica: null, follow: true, tailLines: 100 }, stop.signal)) lines.push(...batch.lines.map((line) => line.text))
    })()
    await until('what was printed at the start is there', () => lines.includes('ready'))
    const host = hostOf()
    host.daemon.print(host.daemon.containerIds()[0]!, 'something new\n')
    await until('and what is printed now', () => lines.includes('something new'))
    stop.abort()
    await reading
  })

  it('shows what all copies printed in the order of time, and then goes on', async () => {
    const { tenant } = await start({ nodes: 3 })
    await deploy(tenant, web(', deploy: { replicas: 2 }'))
    const print = async (copy: number, text: string): Promise<void> => {
      const { daemon } = hostOf(copy)
      daemon.print(daemon.containerIds()[0]!, text)
      // the next line is at least a millisecond younger
      const atMs = Date.now()
      await until('time passes', () => Date.now() > atMs)
    }
    for (const [at, copy] of [1, 0, 1, 0].entries()) await print(copy, `line ${at}\n`)
    const request = { name: 'site', service: null, replica: null, tailLines: 100 }
    const stop = new AbortController()
    const [past, followed]: string[][] = [[], []]
    for await (const { lines } of tenant.node.deployments.logs({ ...request, follow: false }, stop.signal)) past!.push(...lines.map(({ text }) => text))
    expect(past!.filter((text) => text.startsWith('line'))).toEqual(['line 0', 'line 1', 'line 2', 'line 3'])
    const reading = (async () => {
      for await (const { lines } of tenant.node.deployments.logs({ ...request, follow: true }, stop.signal)) followed!.push(...lines.map(({ text }) => text))
    })()
    await until('the past is there', () => followed!.includes('line 3'))
    await print(0, 'line 4\n')
    await until('and the present', () => followed!.includes('line 4'))
    expect(followed!.filter((text) => text.startsWith('line'))).toEqual(['line 0', 'line 1', 'line 2', 'line 3', 'line 4'])
    stop.abort()
    await reading
  })

  it('has what the services of one copy printed in the order of time', async () => {
    const { tenant } = await start({ nodes: 2 })
    await deploy(tenant, 'services: { web: { image: "web:1", mem_limit: 64m }, store: { image: "web:1", mem_limit: 64m } }\n')
    const { daemon } = hostOf()
    const ids = daemon.containerIds()
    expect(ids).toHaveLength(2)
    for (const [at, id] of [ids[1]!, ids[0]!, ids[1]!, ids[0]!].entries()) {
      daemon.print(id, `line ${at}\n`)
      const atMs = Date.now()
      await until('time passes', () => Date.now() > atMs)
    }
    const lines: string[] = []
    for await (const batch of tenant.node.deployments.logs({ name: 'site', service: null, replica: null, tailLines: 100, follow: false }, new AbortController().signal)) lines.push(...batch.lines.map(({ text }) => text))
    expect(lines.filter((text) => text.startsWith('line'))).toEqual(['line 0', 'line 1', 'line 2', 'line 3'])
  })

  it('is measured for its owner: what it sent and used since the look before, for an hour', async () => {
    const { tenant } = await start({ nodes: 2 })
    await deploy(tenant, web())
    const host = hostOf()
    const [leaseId] = host.node.capacity.reservedLeaseIds()
    const sent = (bytes: number): void => host.daemon.count({ node: host.peerId, leaseId: leaseId! }, 'web', { out: { packets: 1, bytes } })
    let told = 0
    const stop = host.node.workloads.onUse(() => told++)
    sent(1_000_000)
    await host.node.workloads.measureUse()
    sent(5_000_000)
    const fromMs = Date.now()
    await until('time passes', () => Date.now() > fromMs + 50)
    await host.node.workloads.measureUse()
    stop()
    const sample = host.node.workloads.use(leaseId!).at(-1)!
    expect(sample.sentBytesPerS).toBeGreaterThan(0)
    expect(sample.sentBytesPerS! * (Date.now() - fromMs + 1_000) / 1000).toBeGreaterThan(4_000_000)
    expect(sample).toMatchObject({ receivedBytesPerS: 0, cpuMilli: expect.any(Number) as number })
    expect(told).toBeGreaterThanOrEqual(2)
    expect(host.node.workloads.use('no-such-lease')).toEqual([])
  })

  it('only by its renter: a stranger who knows the lease is refused', async () => {
    const { tenant, nodes } = await start({ nodes: 3 })
    await deploy(tenant, web())
    const host = hostOf()
    const stranger = nodes.find((each) => each !== host && each !== tenant)!
    const [leaseId] = host.node.capacity.reservedLeaseIds()
    const forward = await stranger.node.ingress.forward({ service: 'web', port: 80, localPort: 0, targets: () => [{ provider: host.peerId, leaseId: leaseId! }] })
    const socket = connect(forward.port, '127.0.0.1')
    socket.end('GET / HTTP/1.0\r\n\r\n')
    socket.on('error', () => undefined).resume()
    await new Promise((resolve) => socket.once('close', resolve))
    expect(forward.counts().problem).toMatch(/no lease/i)
    expect(socket.bytesRead).toBe(0)
    await forward.close()
  })
})

describe('what cannot be had', () => {
  it.each([
    ['too large', web(', deploy: { resources: { limits: { memory: 3g } } }'), 'host-0 has 2 GB of the 3 GB of memory it needs (1 GB short)'],
    ['too dear', web() + 'x-depin: { max_price: 0.50 }\n', 'host-0 asks $1.53 a month, $1.03 over the limit of $0.50'],
    ['nowhere', web() + 'x-depin: { regions: [TZ] }\n', 'host-0 does not tell its region, and must be in TZ'],
  ])('%s: says which requirement failed and by how much, and starts nothing', async (_, compose, sentence) => {
    const { tenant } = await start({ nodes: 2 })
    const error = await refusal(tenant.node.deployments.create(bundleOf(compose), { name: 'site' }))
    expect([error.code, error.message]).toEqual(['E_NO_PROVIDER', `1 host asked, none fits: ${sentence}.`])
    expect(tenant.node.deployments.list()).toEqual([])
  })

  it('a name that is taken, an app that is not there, a service it does not have', async () => {
    const { tenant } = await start({ nodes: 2 })
    await deploy(tenant, web())
    const { deployments } = tenant.node
    expect((await refusal(deployments.create(bundleOf(web()), { name: 'site' }))).code).toBe('E_CONFLICT')
    expect((await refusal(deployments.remove('other'))).code).toBe('E_NOT_FOUND')
    expect(() => deployments.targets('site', 'db', null)).toThrow('“site” has no service “db”.')
  })
})
