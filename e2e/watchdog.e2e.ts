import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import type { Guest } from '../contract/nouns/guest.ts'
import type { ShareStatus } from '../contract/nouns/node.ts'
import type { PanicReport } from '../contract/nouns/panic.ts'
import { webImage } from '../service/testing/engine-images.ts'
import { until } from '../service/testing/wait.ts'
import type { TestService } from './harness/service.ts'
import { World } from './harness/world.ts'

interface EarningsJson { earned: { leases: { due: number, signed: number, runMs: number, suspendedMs: number }[] }, spent: EarningsJson['earned'] }

describe('while the service of a host is dead', () => {
  let world: World
  let provider: TestService
  let tenant: TestService

  beforeAll(async () => {
    world = await World.create()
    provider = await world.provider()
    tenant = await world.service({ bootstrap: [provider] })
  })
  afterAll(() => world.dispose())

  const deploy = async (name: string, renter = tenant): Promise<string> => {
    const file = await world.file('compose.yaml', `services: { web: { image: "${webImage.ref}", cpus: 0.5, mem_limit: 256m, restart: always } }\nx-depin: { grace: 10m }\n`)
    const { replicas } = await renter.json<Deployment>('deploy', file, '--name', name, '--wait')
    return replicas[0]!.containerIds[0]!
  }
  const stateOf = async (containerId: string) => (await world.docker.getContainer(containerId).inspect()).State
  const guests = async () => await provider.json<Guest[]>('guests')

  it('a lease that nobody pays is frozen after its grace, not before, and billed as frozen', async () => {
    const containerId = await deploy('site')
    const { StartedAt: startedAt } = await stateOf(containerId)
    await until('something is signed', async () => Number((await guests())[0]!.signedMicro) > 0)
    await tenant.kill()
    await provider.kill()
    const killedAtMs = Date.now()
    await until('its container is paused', async () => (await stateOf(containerId)).Paused, 75_000)
    // what was paid ahead may have been used up at once; the six seconds of grace had to pass
    expect(Date.now() - killedAtMs).toBeGreaterThanOrEqual(6_000)

    await provider.start('--listen', provider.address.replace(/\/p2p\/.*$/, ''))
    await until('its owner sees it frozen', async () => (await guests())[0]!.state === 'suspended')
    expect((await guests())[0]!.reason?.code).toBe('unpaid')
    await tenant.start('--bootstrap', provider.address)
    await until('it runs again', async () => (await guests())[0]!.state === 'running' && !(await stateOf(containerId)).Paused)
    expect((await stateOf(containerId)).StartedAt).toBe(startedAt)

    await tenant.json('rm', 'site')
    const [theirs, mine] = await Promise.all([provider.json<EarningsJson>('earnings'), tenant.json<EarningsJson>('earnings')])
    expect(theirs.earned.leases[0]!.suspendedMs).toBeGreaterThan(0)
    expect(mine.spent.leases[0]).toMatchObject({ due: theirs.earned.leases[0]!.due, signed: theirs.earned.leases[0]!.due })
  })

  it('everything is stopped in five seconds all the same; the next start keeps it so, and the renter learns why', async () => {
    const containerId = await deploy('other')
    await until('the orders know of it', async () => (await readFile(join(provider.dataDir, 'watchdog.json'), 'utf8')).includes(containerId))
    await provider.kill()
    const beganMs = Date.now()
    expect(await provider.json<PanicReport>('panic')).toMatchObject({ stopped: 1, left: [], how: 'engine' })
    expect(Date.now() - beganMs).toBeLessThan(5_000)
    expect((await stateOf(containerId)).Running).toBe(false)

    await provider.start('--listen', provider.address.replace(/\/p2p\/.*$/, ''))
    expect((await provider.json<ShareStatus>('share')).settings.on).toBe(false)
    expect((await guests()).map(({ state, reason }) => [state === 'running', reason?.code]).at(0)).toEqual([false, 'owner-ended'])
    const said = await until('the renter is told', async () => {
      const [app] = await tenant.json<Deployment[]>('ps')
      return app?.replicas[0]!.events.find((event) => event.reason?.code === 'owner-ended')
    })
    expect(said.reason?.detail).toContain('stopped everything')
  })

  it('and with the service alive it stops everything too', async () => {
    await provider.json('share', 'on')
    // the first renter is not asking here again so soon
    const containerId = await deploy('third', await world.service({ bootstrap: [provider] }))
    expect(await provider.json<PanicReport>('panic')).toMatchObject({ left: [] })
    await until('it is gone', async () => await stateOf(containerId).then((state) => !state.Running, () => true))
    expect((await provider.json<ShareStatus>('share')).settings.on).toBe(false)
  })
})
