import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Guest } from '../contract/nouns/guest.ts'
import { webImage } from '../service/testing/engine-images.ts'
import { until } from '../service/testing/wait.ts'
import type { TestService } from './harness/service.ts'
import { World } from './harness/world.ts'

interface EarningsJson { earned: { leases: { due: number, signed: number, runMs: number, suspendedMs: number }[] }, spent: EarningsJson['earned'] }

describe('a renter who is away for longer than it has paid', () => {
  let world: World
  let provider: TestService
  let tenant: TestService

  beforeAll(async () => {
    world = await World.create()
    provider = await world.provider()
    tenant = await world.service({ bootstrap: [provider] })
  })
  afterAll(() => world.dispose())

  const guest = async () => (await provider.json<Guest[]>('guests'))[0]!

  it('finds its app frozen after the grace, awake when it is back, and nothing lost on either side', async () => {
    const file = await world.file('compose.yaml', `services: { web: { image: "${webImage.ref}", cpus: 0.5, mem_limit: 256m, restart: always } }\n`)
    await tenant.json('deploy', file, '--name', 'site', '--wait')
    const containerId = (await guest()).services[0]!.status!.containerId!
    const { StartedAt: startedAt } = (await world.docker.getContainer(containerId).inspect()).State
    await until('something is signed', async () => Number((await guest()).signedMicro) > 0)

    await tenant.kill()
    await until('it goes on in grace', async () => (await guest()).state === 'grace')
    expect((await world.docker.getContainer(containerId).inspect()).State).toMatchObject({ Running: true, Paused: false })
    await until('it is frozen', async () => (await guest()).state === 'suspended')
    await until('its container is paused', async () => (await world.docker.getContainer(containerId).inspect()).State.Paused)
    expect((await guest()).reason?.code).toBe('unpaid')

    await tenant.start('--bootstrap', provider.address)
    await until('it runs again', async () => (await guest()).state === 'running')
    const { State: state } = await until('its container is awake', async () => {
      const info = await world.docker.getContainer(containerId).inspect()
      return info.State.Paused ? null : info
    })
    expect([state.Running, state.StartedAt]).toEqual([true, startedAt])

    await tenant.json('rm', 'site')
    const [theirs, mine] = await Promise.all([provider.json<EarningsJson>('earnings'), tenant.json<EarningsJson>('earnings')])
    expect(theirs.earned.leases[0]!.signed).toBe(theirs.earned.leases[0]!.due)
    expect(mine.spent.leases[0]).toMatchObject({ due: theirs.earned.leases[0]!.due, signed: theirs.earned.leases[0]!.due })
    expect(theirs.earned.leases[0]!.suspendedMs).toBeGreaterThan(0)
  })
})
