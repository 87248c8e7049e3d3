import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import { webImage } from '../service/testing/engine-images.ts'
import { until } from '../service/testing/wait.ts'
import type { TestService } from './harness/service.ts'
import { World } from './harness/world.ts'

interface EarningsJson { earned: { leases: { runMs: number, due: number, statements: number }[] }, spent: { leases: { due: number, signed: number, runMs: number }[] } }

describe('a provider that is killed in the middle of a lease', () => {
  let world: World
  let provider: TestService
  let tenant: TestService
  let url: string

  beforeAll(async () => {
    world = await World.create()
    provider = await world.provider()
    tenant = await world.service({ bootstrap: [provider] })
    const file = await world.file('compose.yaml', `services: { web: { image: "${webImage.ref}", expose: [8080], restart: always } }\nx-depin: { grace: 60s }\n`)
    await tenant.json('deploy', file, '--name', 'site', '--wait')
    const forward = world.follow(tenant, 'forward', 'site', 'web:8080', '--json')
    url = `http://127.0.0.1:${(JSON.parse(await until('the forward listens', () => forward.lines[0])) as { port: number }).port}`
  })
  afterAll(() => world.dispose())

  const container = async () => {
    const [replica] = (await tenant.json<Deployment[]>('ps'))[0]!.replicas
    return await world.docker.getContainer(replica!.containerIds[0]!).inspect()
  }
  const waiting = async () => (await world.docker.listContainers({ all: true, filters: { label: [`io.depin.node=${provider.peerId}`] } }))
    .filter(({ Names }) => Names.some((name) => name.startsWith('/depin-spare-')))
  const account = async () => (await provider.json<EarningsJson>('earnings')).earned.leases[0]!

  it('finds its guest again: the same container, started once, billed without gap or double', async () => {
    const before = { container: await container(), account: await account(), atMs: Date.now() }
    await provider.kill()
    expect((await world.docker.getContainer(before.container.Id).inspect()).State.Running).toBe(true)
    await provider.start('--listen', provider.address.replace(/\/p2p\/.*$/, ''))
    await until('the tenant hears from it again', async () => (await tenant.json<Deployment[]>('ps'))[0]!.state === 'running')
    const after = await container()
    expect([after.Id, after.State.StartedAt, after.RestartCount]).toEqual([before.container.Id, before.container.State.StartedAt, 0])
    const ours = await world.docker.listContainers({ all: true, filters: { label: [`io.depin.node=${provider.peerId}`] } })
    expect(ours.filter(({ Labels }) => Labels['io.depin.kind'] === undefined).map(({ Id }) => Id)).toEqual([before.container.Id])
    // the pod that waits for the next lease is found again as well, not made a second time
    await until('one pod waits', async () => (await waiting()).length === 1)

    const read = await until('it is billed again', async () => {
      const now = await account()
      return now.runMs > before.account.runMs + 1000 ? { ...now, atMs: Date.now() } : null
    })
    const [passedMs, billedMs] = [read.atMs - before.atMs, read.runMs - before.account.runMs]
    // the time between two readings of the command line is the only difference there may be
    expect(Math.abs(passedMs - billedMs)).toBeLessThan(2_000)
  })

  it('is reached through the forward that was open all along', async () => {
    expect(await (await fetch(url)).text()).toBe('hello from web\n')
  })

  it('and the books of both agree in the end', async () => {
    await tenant.json('rm', 'site')
    const [theirs, mine] = await Promise.all([provider.json<EarningsJson>('earnings'), tenant.json<EarningsJson>('earnings')])
    expect(mine.spent.leases).toMatchObject([{ signed: theirs.earned.leases[0]!.due, runMs: theirs.earned.leases[0]!.runMs }])
  })
})
