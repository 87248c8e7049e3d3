import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { AppService } from '../../contract/wire/v1/app.ts'
import { appOf, appService } from '../testing/apps.ts'
import type { FakeImage } from '../testing/fake-engine.ts'
import { bundleOf, Testnet, type TestNode } from '../testing/testnet.ts'
import { until } from '../testing/wait.ts'

const nets: Testnet[] = []
afterEach(async () => {
  for (const net of nets.splice(0)) await net[Symbol.asyncDispose]()
})

async function start(options: Parameters<typeof Testnet.start>[0]): Promise<Testnet> {
  const net = await Testnet.start(options)
  nets.push(net)
  for (const [at, node] of net.nodes.entries()) {
    for (const other of net.nodes.slice(at + 1)) await acquaint(node, other)
  }
  return net
}

async function acquaint(a: TestNode, b: TestNode): Promise<void> {
  await b.node.network.join(a.node.network.createInvite(60_000).link)
  await until('both know of it', () => a.node.network.isConnected(b.peerId) && b.node.network.isConnected(a.peerId))
}

const base = randomBytes(400_000)
const top = randomBytes(600_000)
const shop: FakeImage = { ref: 'shop:1', layers: [base, top], exposedPorts: [80], program: { prints: ['open'] } }
const compose = 'services: { web: { image: "shop:1", cpus: 0.1, mem_limit: 64m } }\n'

/** The service as this node's tenant would send it. */
async function resolved(node: TestNode, image = 'shop:1'): Promise<AppService> {
  const { app } = await node.node.images.resolve(appOf(appService({ image })), new AbortController().signal)
  return app.services[0]!
}

function bring(node: TestNode, service: AppService, tenant: TestNode, onProgress: (done: number, total: number) => void = () => undefined) {
  return node.node.images.bring({ leaseId: 'a'.repeat(32), tenant: tenant.peerId, service, diskMiB: 100, signal: new AbortController().signal, onProgress: ({ doneBytes, totalBytes }) => onProgress(doneBytes, totalBytes) })
}

function blobPath(node: TestNode, content: Uint8Array): string {
  return join(node.dataDir, 'images', 'blobs', createHash('sha256').update(content).digest('hex'))
}

describe('an image that is in no registry', () => {
  it('goes from its tenant to a host that never saw it, and from there to a third while the tenant is away', async () => {
    const net = await start({ nodes: 3, sharing: 2 })
    const [first, second] = net.nodes as [TestNode, TestNode]
    const { tenant } = net
    const { id } = tenant.daemon.addImage(shop)
    await tenant.node.deployments.create(bundleOf(compose), { name: 'shop', providers: [first.peerId] })
    await until('it runs', () => tenant.node.deployments.get('shop').state === 'running')
    expect(first.daemon.findImage(id)?.layers).toHaveLength(2)
    expect(await first.node.images.list()).toMatchObject([{ config: id, reference: 'shop:1', origin: 'peers', readyBytes: expect.any(Number) as number, pinnedBy: [expect.any(String)] }])

    const service = await resolved(tenant)
    await tenant.crash()
    const seen: [number, number][] = []
    expect(await bring(second, service, tenant, (done, total) => void seen.push([done, total]))).toMatchObject({ id, layers: service.source!.variants[0]!.layers })
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1])
    expect(seen.at(-1)![1]).toBeGreaterThan(1_000_000)
    await tenant.start()
  })

  it('moves only the layers that are missing', async () => {
    const net = await start({ nodes: 2 })
    const [host] = net.nodes as [TestNode]
    net.tenant.daemon.addImage(shop)
    host.daemon.addImage({ ref: 'other:1', layers: [base] })
    let total = 0
    await bring(host, await resolvedAndShared(net.tenant), net.tenant, (_, bytes) => { total = bytes })
    expect(total).toBeGreaterThan(600_000)
    expect(total).toBeLessThan(700_000)
  })

  it('a piece that arrives damaged is refused, and fetched from another', async () => {
    const net = await start({ nodes: 4, sharing: 3 })
    const [first, second, third] = net.nodes as [TestNode, TestNode, TestNode]
    net.tenant.daemon.addImage(shop)
    const service = await resolvedAndShared(net.tenant)
    await bring(first, service, net.tenant)
    await bring(second, service, net.tenant)
    // the tenant and one host lie from now on
    for (const liar of [first, net.tenant]) {
      const path = blobPath(liar, top)
      const bytes = readFileSync(path)
      bytes[300_000]! ^= 1
      writeFileSync(path, bytes)
    }
    expect((await bring(third, service, net.tenant)).config).toBe(service.source!.variants[0]!.config)
    expect(createHash('sha256').update(readFileSync(blobPath(third, top))).digest()).toEqual(createHash('sha256').update(top).digest())
  })

  it('goes on where it was after the host was killed', async () => {
    const net = await start({ nodes: 2 })
    const [host] = net.nodes as [TestNode]
    net.tenant.daemon.addImage(shop)
    const service = await resolvedAndShared(net.tenant)
    await host.crash()
    // as a download that was cut leaves it
    writeFileSync(`${blobPath(host, top)}.part`, top.subarray(0, 300_000))
    await host.start()
    await acquaint(host, net.tenant)
    let last = 0
    let largestStep = 0
    await bring(host, service, net.tenant, (done) => {
      largestStep = Math.max(largestStep, done - last)
      last = done
    })
    expect(largestStep).toBe(300_000)
    expect(readFileSync(blobPath(host, top)).equals(top)).toBe(true)
  })
})

describe('an image of a registry', () => {
  it('is pulled by digest, once for a neighbourhood', async () => {
    const net = await start({ nodes: 3, sharing: 2 })
    const [first, second] = net.nodes as [TestNode, TestNode]
    net.publish(shop)
    const service = await resolved(net.tenant)
    await bring(first, service, net.tenant)
    expect(await first.node.images.list()).toMatchObject([{ origin: 'registry' }])
    second.daemon.setRegistryReachable(false)
    await bring(second, service, net.tenant)
    expect(await second.node.images.list()).toMatchObject([{ origin: 'peers' }])
  })

  it('that is not what the renter said is not run', async () => {
    const net = await start({ nodes: 2 })
    const [host] = net.nodes as [TestNode]
    net.publish(shop)
    const service = await resolved(net.tenant)
    const [variant] = service.source!.variants
    const lie = { ...service, source: { variants: [{ ...variant!, config: `sha256:${'1'.repeat(64)}` }] } }
    await expect(bring(host, lie, net.tenant)).rejects.toMatchObject({ code: 'E_IMAGE_REFUSED' })
  })

  it('that does not exist is said before anything is rented', async () => {
    const net = await start({ nodes: 2 })
    net.publish(shop)
    await expect(net.tenant.node.deployments.create(bundleOf(compose.replace('shop:1', 'shop:2')), {})).rejects.toMatchObject({ code: 'E_IMAGE_NOT_FOUND' })
    net.publish({ ...shop, ref: 'shop:3', arch: 'arm64' })
    await expect(net.tenant.node.deployments.create(bundleOf(compose.replace('shop:1', 'shop:3')), {})).rejects.toMatchObject({ code: 'E_NO_PROVIDER' })
  })
})

describe('an owner’s rules', () => {
  it('are told to the renter, and others are asked', async () => {
    const net = await start({ nodes: 3, sharing: 2 })
    const [strict, open] = net.nodes as [TestNode, TestNode]
    net.publish(shop)
    strict.node.images.setRule({ action: 'deny', subject: 'repository:docker.io/library/shop' })
    const service = await resolved(net.tenant)
    expect(strict.node.images.refusalFor(appOf(service))).toEqual({ code: 'policy', detail: 'the owner does not accept repository:docker.io/library/shop' })
    await net.tenant.node.deployments.create(bundleOf(compose), { name: 'shop' })
    await until('it runs', () => net.tenant.node.deployments.get('shop').state === 'running')
    expect(net.tenant.node.deployments.get('shop').replicas[0]!.provider).toBe(open.peerId)
  })

  it('and the lists they follow: signed, by whom they chose, never an older edition', async () => {
    const net = await start({ nodes: 2 })
    const [host] = net.nodes as [TestNode]
    net.publish(shop)
    const service = await resolved(net.tenant)
    const publisher = net.tenant.node.images
    const path = join(host.dataDir, 'list.json')
    const draft = { name: 'village', validForMs: 86_400_000, entries: [{ subject: service.source!.variants[0]!.layers[1]!, why: 'a miner' }] }
    const older = publisher.signBlocklist({ ...draft, entries: [] })
    await until('the clock has moved', () => publisher.signBlocklist(draft) !== older)
    writeFileSync(path, publisher.signBlocklist(draft))
    await expect(host.node.images.subscribe(path, host.peerId)).rejects.toMatchObject({ code: 'E_SIGNATURE' })
    expect((await host.node.images.subscribe(path, net.tenant.peerId)).blocklists).toMatchObject([{ name: 'village', entries: 1, state: 'current', problem: null }])
    expect(host.node.images.refusalFor(appOf(service))).toMatchObject({ code: 'policy', detail: expect.stringContaining('“village” warns of') as string })
    await expect(bring(host, service, net.tenant)).rejects.toMatchObject({ code: 'E_IMAGE_REFUSED' })
    writeFileSync(path, older)
    expect((await host.node.images.refresh()).blocklists).toMatchObject([{ entries: 1, problem: expect.stringContaining('older') as string }])
    host.node.images.unsubscribe(path)
    expect((await bring(host, service, net.tenant)).config).toBe(service.source!.variants[0]!.config)
  })
})

describe('what is kept', () => {
  it('goes when it is too much, the oldest first, and never while a guest runs on it', async () => {
    const net = await start({ nodes: 2 })
    const [host] = net.nodes as [TestNode]
    const images = ['a:1', 'b:1'].map((ref): FakeImage => ({ ref, sizeMiB: 30, exposedPorts: [80] }))
    for (const image of images) net.publish(image)
    await bring(host, await resolved(net.tenant, 'a:1'), net.tenant)
    await net.tenant.node.deployments.create(bundleOf('services: { web: { image: "b:1", cpus: 0.1, mem_limit: 64m } }\n'), { name: 'b' })
    await until('it runs', () => net.tenant.node.deployments.get('b').state === 'running')
    host.node.capacity.change({ imageCacheMiB: 40 })
    await host.node.images.tidy()
    expect((await host.node.images.list()).map((image) => image.reference)).toEqual(['b:1'])
    host.node.capacity.change({ imageCacheMiB: 0 })
    await host.node.images.tidy()
    const [kept] = await host.node.images.list()
    expect(kept).toMatchObject({ reference: 'b:1', pinnedBy: [expect.any(String)] })
    await expect(host.node.images.remove(kept!.config)).rejects.toMatchObject({ code: 'E_CONFLICT' })
    await net.tenant.node.deployments.remove('b')
    await until('it is gone', () => host.node.capacity.reservedLeaseIds().length === 0)
    await host.node.images.remove(kept!.config)
    expect([await host.node.images.list(), host.daemon.findImage('b:1')]).toEqual([[], null])
  })
})

async function resolvedAndShared(node: TestNode): Promise<AppService> {
  const service = await resolved(node)
  node.node.images.share(appOf(service))
  return service
}
