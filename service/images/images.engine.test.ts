import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { createEngineHost } from '../engine/index.ts'
import { appOf, appService } from '../testing/apps.ts'
import { silentLog } from '../testing/deps.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket } from '../testing/engine-images.ts'
import { OwnDockerd } from '../testing/own-dockerd.ts'
import { Testnet, type TestNode } from '../testing/testnet.ts'
import { until } from '../testing/wait.ts'

const deps = { clock: createSystemClock(), rng: createSystemRng(), log: silentLog }
const tag = `depin-test/carried-${process.pid}`

/** Two engines that share nothing, and no registry: an image travels from one to the other between two nodes. */
describe('an image between two real engines', () => {
  let dockerd: OwnDockerd
  let net: Testnet
  let host: TestNode
  const docker = testDocker()

  beforeAll(async () => {
    dockerd = await OwnDockerd.create()
    net = await Testnet.start({ nodes: 2, engines: [dockerd.socket, testEngineSocket()].map((choice) => createEngineHost({ ...deps, choice })) })
    host = net.nodes[0]!
    await net.tenant.node.network.join(host.node.network.createInvite(60_000).link)
    await until('both know of it, and of their engines', () => host.node.network.isConnected(net.tenant.peerId) && net.nodes.every(({ node }) => node.engine.status().state === 'ready'))
    await makeTestImage(busyboxImage)
    for (const [name, text] of [['1', 'one'], ['2', 'two']] as const) await addLayer(`${tag}:${name}`, text)
  })
  afterAll(async () => {
    await net[Symbol.asyncDispose]()
    await dockerd.remove()
    for (const name of ['1', '2']) await docker.getImage(`${tag}:${name}`).remove().catch(() => undefined)
  })

  /** An image with a layer more than busybox. */
  async function addLayer(name: string, text: string): Promise<void> {
    const container = await docker.createContainer({ Image: busyboxImage.ref, Cmd: ['/bin/sh', '-c', `echo ${text} > /layer`], NetworkDisabled: true })
    await container.start()
    await container.wait()
    const [repo, version] = name.split(':')
    await container.commit({ repo, tag: version })
    await container.remove()
  }

  async function bring(name: string): Promise<{ id: string, layers: readonly string[], movedBytes: number }> {
    const { app } = await net.tenant.node.images.resolve(appOf(appService({ image: `${tag}:${name}` })), new AbortController().signal)
    net.tenant.node.images.share(app)
    let movedBytes = 0
    const image = await host.node.images.bring({
      leaseId: 'a'.repeat(32), tenant: net.tenant.peerId, service: app.services[0]!, diskMiB: 100, signal: new AbortController().signal,
      onProgress: ({ totalBytes }) => { movedBytes = totalBytes },
    })
    return { ...image, movedBytes }
  }

  it('arrives as it was, and the next one brings only its own layer', async () => {
    const first = await bring('1')
    const here = await docker.getImage(`${tag}:1`).inspect()
    expect([first.id, first.layers]).toEqual([here.Id, here.RootFS.Layers])
    const there = await testDocker(dockerd.socket).getImage(here.Id).inspect()
    expect(there.Config).toEqual(here.Config)
    expect(first.movedBytes).toBeGreaterThan(1_000_000)
    // no room to keep its pieces beside it: the engine has its layers
    host.node.capacity.change({ imageCacheMiB: 3 })
    await host.node.images.tidy()
    host.node.capacity.change({ imageCacheMiB: 1000 })
    const second = await bring('2')
    expect(second.layers.slice(0, -1)).toEqual(first.layers.slice(0, -1))
    expect(second.movedBytes).toBeLessThan(100_000)
    expect((await testDocker(dockerd.socket).getImage(second.id).inspect()).RootFS.Layers).toHaveLength(2)
  })
})
