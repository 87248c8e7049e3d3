import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import type { ShareStatus } from '../contract/nouns/node.ts'
import { storeImage, webImage } from '../service/testing/engine-images.ts'
import { until } from '../service/testing/wait.ts'
import type { FollowedCommand, TestService } from './harness/service.ts'
import { World } from './harness/world.ts'

/** A web server and a store behind it. */
const composeFile = `
name: counter
services:
  web:
    image: ${webImage.ref}
    command: [/bin/httpd, -f, -vv, -p, "8080", -h, /www]
    ports: ["8080:8080"]
    depends_on: [store]
    restart: always
  store:
    image: ${storeImage.ref}
    restart: always
`

interface EarningsJson {
  earned: { total: Record<string, number>, leases: { leaseId: string, due: number, signed: number, state: string }[] }
  spent: EarningsJson['earned']
}
interface DeployedJson { name: string, state: string, replicas: { leaseId: string, provider: string, state: string, containerIds: string[] }[] }

describe('a lease that earns', () => {
  let world: World
  let provider: TestService
  let tenant: TestService
  let deployed: DeployedJson
  let forward: FollowedCommand
  let url: string

  beforeAll(async () => {
    world = await World.create()
    provider = await world.provider({ label: 'study-pc' })
    tenant = await world.service({ bootstrap: [provider] })
  })
  afterAll(() => world.dispose())

  it('deploys a compose file of two services through the network', async () => {
    deployed = await tenant.json('deploy', await world.file('compose.yaml', composeFile), '--wait')
    expect(deployed).toMatchObject({ name: 'counter', state: 'running', replicas: [{ provider: provider.peerId, state: 'running' }] })
    const containers = await Promise.all(deployed.replicas[0]!.containerIds.map((id) => world.docker.getContainer(id).inspect()))
    expect(containers.map((container) => container.Config.Labels['io.depin.lease'])).toEqual([deployed.replicas[0]!.leaseId, deployed.replicas[0]!.leaseId])
    for (const { HostConfig: host } of containers) {
      expect(host).toMatchObject({ CapDrop: ['ALL'], Privileged: false, ReadonlyRootfs: true, SecurityOpt: expect.arrayContaining(['no-new-privileges']) as string[] })
      expect([host.CapAdd ?? [], host.Binds ?? []]).toEqual([[], []])
    }
  })

  it('is reached through a forward, by fifty connections at once', async () => {
    forward = world.follow(tenant, 'forward', 'counter', 'web:8080', '--json')
    const first = await until('the forward listens', () => forward.lines[0])
    url = `http://127.0.0.1:${(JSON.parse(first) as { port: number }).port}`
    const counts: string[] = []
    for (let call = 0; call < 3; call++) counts.push((await (await fetch(`${url}/cgi-bin/count`)).text()).trim())
    expect(counts).toEqual(['1', '2', '3'])
    const large = await Promise.all(Array.from({ length: 50 }, async () => (await (await fetch(`${url}/large`)).arrayBuffer()).byteLength))
    expect(new Set(large)).toEqual(new Set([1024 ** 2]))
  })

  it('is not reached at a port that it does not expose, and says so at once', async () => {
    const { code, stderr } = await tenant.cli('forward', 'counter', 'web:8081', '--json')
    expect([code, JSON.parse(stderr)]).toMatchObject([1, { error: { code: 'E_NOT_FOUND', next: expect.stringContaining('8080') as string } }])
  })

  it('shows its log live', async () => {
    const logs = tenant.follow('logs', 'counter', '--follow', '--json')
    try {
      for (const page of ['first-page-nobody-has', 'second-page-nobody-has']) {
        await fetch(`${url}/${page}`)
        await until(`the log tells of ${page}`, () => logs.lines.some((line) => line.includes(page)))
      }
    } finally {
      await logs.end()
    }
  })

  it('earns on one side what it costs on the other, to the micro-unit', async () => {
    const earned = await until('something is signed', async () => {
      const { earned: { total } } = await provider.json<EarningsJson>('earnings')
      return total['signed']! > 0 ? total['signed'] : null
    })
    await until('it earned more', async () => (await provider.json<EarningsJson>('earnings')).earned.total['signed']! > earned)
    expect(Number.isInteger(earned)).toBe(true)
  })

  it('leaves nothing behind when it is removed, and the books agree', async () => {
    await forward.end()
    await tenant.json('rm', 'counter')
    await until('nothing is left on the engine', async () => (await world.leftovers(provider)).length === 0)
    const share = await until('the reservation is released', async () => {
      const status = await provider.json<ShareStatus>('share', 'show')
      return status.reserved.cpuMilli === 0 ? status : null
    })
    expect(share.reserved).toEqual({ cpuMilli: 0, memoryMiB: 0, diskMiB: 0 })
    const [theirs, mine] = await Promise.all([provider.json<EarningsJson>('earnings'), tenant.json<EarningsJson>('earnings')])
    expect(theirs.earned.leases).toMatchObject([{ leaseId: deployed.replicas[0]!.leaseId, state: 'final' }])
    expect(theirs.earned.leases[0]!.signed).toBeGreaterThan(0)
    expect(mine.spent.leases[0]!.signed).toBe(theirs.earned.leases[0]!.due)
    expect(theirs.earned.leases[0]!.signed).toBe(theirs.earned.leases[0]!.due)
    expect(await tenant.json<Deployment[]>('ps')).toEqual([])
  })
})
