import { isDeepStrictEqual } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { everyHour, type SignalsPush } from '../contract/nouns/owner.ts'
import { bundleOf, Testnet, type TestNode } from './testing/testnet.ts'
import { until } from './testing/wait.ts'

const web = 'services: { web: { image: "web:1", cpus: 1, mem_limit: 256m, restart: always } }\n'
const writing = 'services: { web: { image: "web:1", cpus: 1, mem_limit: 256m, restart: always, volumes: ["data:/data"] } }\nvolumes: { data: {} }\n'
const away: SignalsPush = { idleMs: 60 * 60_000, fullScreen: false, power: { onBattery: false, percent: 90 }, metered: false, temperatureC: 50 }

let net: Testnet | undefined
afterEach(async () => {
  await net?.[Symbol.asyncDispose]()
  net = undefined
})

async function start(compose = web, nodes = 2): Promise<{ host: TestNode, tenant: TestNode, leaseId: string }> {
  net = await Testnet.start({ nodes })
  const { tenant } = net
  await until('the tenant knows the hosts', () => tenant.node.network.connectedPeers().length > 0)
  await tenant.node.deployments.create(bundleOf(compose), { name: 'site' })
  await until('it runs', () => copy(tenant).state === 'running')
  const host = net.node(copy(tenant).provider!)
  host.node.capacity.pushSignals(away)
  return { host, tenant, leaseId: copy(tenant).leaseId! }
}
const copy = ({ node }: TestNode) => node.deployments.get('site').replicas[0]!
const containers = ({ node }: TestNode) => node.engine.require().listContainers(node.peerId)
const container = async (host: TestNode) => (await containers(host))[0]!
const lines = ({ node }: TestNode) => node.activity.list(null, 50).map(({ kind, params }) => [kind, params['cause'] ?? params['reason']].filter(Boolean).join(' '))
const isAsleep = (host: TestNode, tenant: TestNode) => until('it sleeps, on both sides', async () => (await container(host)).state === 'paused' && copy(tenant).state === 'suspended', 3_000)
const isAwake = (host: TestNode, tenant: TestNode) => until('it is awake, on both sides', async () => (await container(host)).state === 'running' && copy(tenant).state === 'running', 3_000)

describe('the owner comes first', () => {
  it('the mouse moves: guests are held back within a second, and get their share again when nobody is there', async () => {
    const { host } = await start()
    host.node.capacity.change({ rules: { inUse: 25 } })
    host.node.capacity.pushSignals({ idleMs: 0 })
    await until('guests are held back', async () => (await container(host)).cpuMilli === 250, 1_000)
    expect(host.node.capacity.state()).toMatchObject({ kind: 'sharing', held: { cause: 'in-use', cpuPercent: 25 } })
    host.node.capacity.pushSignals({ idleMs: 11 * 60_000 })
    await until('guests have their share again', async () => (await container(host)).cpuMilli === 1000, 1_000)
  })

  it('held back is what is so, not what was once said: a guest that ends and starts, a service that was dead, a half-done change, a new guest', async () => {
    const { host, tenant } = await start(writing)
    const { peerId } = host
    const share = async (index = 0) => {
      const { cpuMilli, cores, writes } = (await containers(host))[index]!
      return [cpuMilli, cores?.kept, writes]
    }
    const [held, free] = [[250, 1, 'slow'], [1000, 4, 'free']]
    const becomes = (what: string, expected: unknown[], index = 0) => until(what, async () => isDeepStrictEqual(await share(index), expected), 5_000)
    host.node.capacity.change({ rules: { inUse: 25 } })
    host.node.capacity.pushSignals({ idleMs: 0 })
    await becomes('guests are held back', held)
    const before = (await container(host)).startedAtMs
    await host.daemon.exit((await container(host)).id, 1)
    await until('it was started again', async () => (await container(host)).startedAtMs !== before && (await container(host)).state === 'running')
    await becomes('it is held back as before', held)

    await host.crash()
    await host.start()
    host.node.capacity.pushSignals(away)
    await becomes('the owner had left meanwhile', free)
    // what is left of a change that nobody ended
    await host.node.engine.require().update((await container(host)).id, { heldBackPercent: 25 })
    await becomes('it is free again', free)

    host.node.capacity.pushSignals({ idleMs: 0 })
    await becomes('guests are held back', held)
    await until('the tenant knows the host', () => tenant.node.network.connectedPeers().length > 0)
    const seen: string[] = []
    const stop = new AbortController()
    const watching = (async () => {
      for await (const { containerId } of host.node.engine.require().events(peerId, stop.signal)) {
        const info = await host.node.engine.require().inspect(containerId)
        if (info?.state === 'running') seen.push([info.cpuMilli, info.cores?.kept, info.writes].join(' '))
      }
    })().catch(() => undefined)
    await tenant.node.deployments.create(bundleOf(writing), { name: 'second' })
    await until('it runs', () => tenant.node.deployments.get('second').replicas[0]?.state === 'running')
    await becomes('the new one is held back', held, 1)
    stop.abort()
    await watching
    expect(new Set(seen)).toEqual(new Set([held.join(' ')]))
  })

  it('the plug is pulled: guests sleep within a second, only disk is billed, and both sides know why', async () => {
    const { host, tenant, leaseId } = await start()
    host.node.capacity.pushSignals({ power: { onBattery: true, percent: 80 } })
    await until('it sleeps', async () => (await container(host)).state === 'paused', 1_000)
    await isAsleep(host, tenant)
    expect(copy(tenant).reason).toEqual({ code: 'power' })
    expect(host.node.leases.get(leaseId, 'provider')?.phase).toEqual({ state: 'suspended', reason: { code: 'power' } })
    const before = await until('the meter has seen it', () => {
      const reading = host.node.metering.read(leaseId, 'provider')
      return reading.suspendedMs > 0 ? reading : null
    })
    await until('time passes for the meter', () => host.node.metering.read(leaseId, 'provider').suspendedMs > before.suspendedMs + 200)
    expect(host.node.metering.read(leaseId, 'provider').runMs).toBe(before.runMs)

    host.node.capacity.pushSignals({ power: { onBattery: false, percent: 79 } })
    await isAwake(host, tenant)
    expect(copy(tenant).leaseId).toBe(leaseId)
    expect(lines(host)).toEqual(expect.arrayContaining(['sharing-paused battery', 'sharing-resumed']))
    expect(lines(tenant)).toEqual(expect.arrayContaining(['app-copy-asleep power', 'app-copy-awake']))
    expect(copy(tenant).events.map((event) => event.kind)).toEqual(['leased', 'running', 'asleep', 'awake'])
  })

  it('share anyway: guests wake until the cause is over, and sleep when it comes again', async () => {
    const { host, tenant } = await start()
    const { capacity } = host.node
    expect(() => capacity.anyway()).toThrow(expect.objectContaining({ code: 'E_CONFLICT' }))
    capacity.pushSignals({ idleMs: 0 })
    await isAsleep(host, tenant)
    capacity.anyway()
    await isAwake(host, tenant)
    expect(capacity.status().owner.holds).toMatchObject([{ cause: 'in-use', lifted: true }])
    capacity.pushSignals({ idleMs: 11 * 60_000 })
    capacity.pushSignals({ idleMs: 0 })
    await isAsleep(host, tenant)
    expect(lines(host)).toContain('sharing-anyway in-use')
  })

  it('quiet hours, heat, and the owner’s own pause each say what they are', async () => {
    const { host, tenant } = await start()
    const { capacity } = host.node
    capacity.change({ rules: { hours: { on: true, grid: everyHour().map((day) => day.map(() => false)) } } })
    await isAsleep(host, tenant)
    expect([capacity.state(), copy(tenant).reason?.code]).toMatchObject([{ kind: 'paused', cause: 'hours' }, 'schedule'])
    capacity.change({ rules: { hours: { on: false } } })
    await isAwake(host, tenant)
    capacity.pushSignals({ temperatureC: 95 })
    await isAsleep(host, tenant)
    expect([capacity.state(), copy(tenant).reason?.code]).toMatchObject([{ kind: 'paused', cause: 'hot', untilMs: null }, 'too-hot'])
    expect(() => capacity.anyway()).toThrow(/too hot/)
    capacity.pushSignals({ temperatureC: 50 })
    await isAwake(host, tenant)
    capacity.change({ pausedUntilMs: Date.now() + 60_000 })
    await isAsleep(host, tenant)
    expect([capacity.state(), copy(tenant).reason?.code]).toMatchObject([{ kind: 'paused', cause: 'you' }, 'owner-needed-machine'])
    capacity.change({ pausedUntilMs: null })
    await isAwake(host, tenant)
  })

  it('another cause takes over: the guest sleeps on, and its renter learns the new one', async () => {
    const { host, tenant } = await start()
    host.node.capacity.pushSignals({ idleMs: 0 })
    await isAsleep(host, tenant)
    host.node.capacity.pushSignals({ idleMs: 11 * 60_000, metered: true })
    await until('the renter knows', () => copy(tenant).reason?.code === 'metered')
    expect((await container(host)).state).toBe('paused')
  })

  it('a copy that sleeps longer than its grace moves to a host that takes it; without one it keeps its place', async () => {
    const { host, tenant, leaseId } = await start(`${web}x-depin: { grace: 6s }\n`, 3)
    const other = net!.nodes.find((each) => each !== host && each !== tenant)!
    other.node.capacity.change({ on: false })
    host.node.capacity.pushSignals({ power: { onBattery: true, percent: 80 } })
    await isAsleep(host, tenant)
    await until('another place was looked for', () => Date.now() - copy(tenant).sinceMs > 7_500)
    expect(copy(tenant)).toMatchObject({ leaseId, state: 'suspended' })
    other.node.capacity.change({ on: true })
    const moved = await until('it runs elsewhere', () => copy(tenant).provider === other.peerId && copy(tenant).state === 'running' ? copy(tenant) : null, 40_000)
    expect(moved.events.map((event) => `${event.kind} ${event.reason?.code ?? ''}`.trim())).toEqual(
      ['leased', 'running', 'asleep power', 'ended asleep-too-long', 'replaced asleep-too-long', 'running'])
    await until('the first host has cleared up', () => host.daemon.containerIds().length === 0)
  }, 60_000)
})
