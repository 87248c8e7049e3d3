import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import type { Guest } from '../contract/nouns/guest.ts'
import { webImage } from '../service/testing/engine-images.ts'
import { until } from '../service/testing/wait.ts'
import type { TestService } from './harness/service.ts'
import { World } from './harness/world.ts'

const graceMs = 8_000

describe('two copies on three hosts', () => {
  let world: World
  let hosts: TestService[]
  let tenant: TestService

  beforeAll(async () => {
    world = await World.create()
    const first = await world.provider({ label: 'first' })
    hosts = [first, await world.provider({ bootstrap: [first], label: 'second' }), await world.provider({ bootstrap: [first], label: 'third' })]
    tenant = await world.service({ bootstrap: hosts })
  })
  afterAll(() => world.dispose())

  const app = async () => (await tenant.json<Deployment[]>('ps'))[0]!

  it('run on two different hosts, and one that is gone for good is replaced on the third, with the reason', async () => {
    const file = await world.file('compose.yaml', `services: { web: { image: "${webImage.ref}", expose: [8080], restart: always, deploy: { replicas: 2 } } }\nx-depin: { grace: 8s }\n`)
    await tenant.json('deploy', file, '--name', 'site', '--wait')
    const before = (await app()).replicas
    expect(new Set(before.map((replica) => replica.provider)).size).toBe(2)

    const lost = hosts.find((host) => host.peerId === before[0]!.provider)!
    const spare = hosts.find((host) => !before.some((replica) => replica.provider === host.peerId))!
    const goneAtMs = Date.now()
    await lost.kill()
    const after = await until('the copy runs again', async () => {
      const now = await app()
      return now.state === 'running' && now.replicas[0]!.provider !== lost.peerId ? now : null
    }, graceMs + 30_000)
    expect(Date.now() - goneAtMs).toBeLessThan(graceMs + 10_000)
    expect(after.replicas.map((replica) => replica.provider)).toEqual([spare.peerId, before[1]!.provider])
    expect(after.replicas[0]!.events.map((event) => [event.kind, event.provider, event.reason?.code])).toEqual([
      ['leased', lost.peerId, undefined], ['running', lost.peerId, undefined], ['lost', lost.peerId, 'provider-gone'],
      ['replaced', spare.peerId, 'provider-gone'], ['running', spare.peerId, undefined],
    ])
    const { stdout } = await tenant.cli('ps')
    expect(stdout).toMatch(/has not answered|did not answer|gone/i)
  })

  it('the host that comes back is told that its copy has moved, and keeps nothing of it', async () => {
    const [event] = (await app()).replicas[0]!.events
    const lost = hosts.find((host) => host.peerId === event!.provider)!
    expect(await world.leftovers(lost)).not.toEqual([])
    await lost.start('--listen', lost.address.replace(/\/p2p\/.*$/, ''))
    await until('its containers are gone', async () => (await world.leftovers(lost)).length === 0)
    const [guest] = await lost.json<Guest[]>('guests')
    expect(guest).toMatchObject({ reason: { code: 'provider-gone' } })
  })
})
