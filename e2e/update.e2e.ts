import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import type { NodeStatus } from '../contract/nouns/node.ts'
import type { UpdateStatus } from '../contract/nouns/updates.ts'
import { webImage } from '../service/testing/engine-images.ts'
import { until } from '../service/testing/wait.ts'
import { Installation } from './harness/installation.ts'
import { isAlive } from './harness/processes.ts'
import { TestService } from './harness/service.ts'
import { visitAgainAndAgain } from './harness/visits.ts'
import { shortTerms, World } from './harness/world.ts'

describe('a server that updates itself while a guest runs on it', () => {
  let world: World
  let installation: Installation
  let host: TestService
  let renter: TestService
  let visits: ReturnType<typeof visitAgainAndAgain>
  let forward: string

  beforeAll(async () => {
    world = await World.create()
    installation = await Installation.create(mkdtempSync(join(tmpdir(), 'depin-e2e-install-')), '1.0.0')
    host = await TestService.create({}, installation.program)
    world.services.push(host)
    await host.start()
    await host.json('share', 'set', '--cpu', '1', '--memory', '512m', '--disk', '2g', ...shortTerms, '--name', 'host')
    await host.json('share', 'on')
    renter = await world.service({ bootstrap: [host] })
    const file = await world.file('compose.yaml', `services: { web: { image: "${webImage.ref}", expose: [8080], restart: always } }\nx-depin: { grace: 120s }\n`)
    await renter.json('deploy', file, '--name', 'site', '--wait')
    const follow = world.follow(renter, 'forward', 'site', 'web:8080', '--json')
    forward = `http://127.0.0.1:${(JSON.parse(await until('the forward listens', () => follow.lines[0])) as { port: number }).port}`
    visits = visitAgainAndAgain(await guestAddress())
  })
  afterAll(async () => {
    visits.stop()
    // it runs apart from us since the first update
    const { pid } = await status()
    await host.cli('stop')
    await until('the host has stopped', () => !isAlive(pid))
    await world.dispose()
    installation.dispose()
  })

  const container = async () => {
    const [replica] = (await renter.json<Deployment[]>('ps'))[0]!.replicas
    return await world.docker.getContainer(replica!.containerIds[0]!).inspect()
  }
  /** Of the pod that the guest's container is in. */
  const guestAddress = async () => {
    const pod = await world.docker.getContainer((await container()).HostConfig.NetworkMode!.replace('container:', '')).inspect()
    return Object.values(pod.NetworkSettings.Networks)[0]!.IPAddress
  }
  const update = () => host.cli('update', '--json')
  const last = (stdout: string): UpdateStatus => JSON.parse(stdout.trim().split('\n').at(-1)!) as UpdateStatus
  const status = () => host.json<NodeStatus>('status')

  it('the new version runs, healthy, and the guest has not noticed', async () => {
    const before = { container: await container(), status: await status(), visits: visits.count() }
    await installation.release('1.1.0', { migrates: true })
    const { code, stdout, stderr } = await update()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(last(stdout)).toMatchObject({ installed: '1.1.0', state: { kind: 'idle' } })
    const [after, now] = [await container(), await status()]
    expect([now.version, now.peerId, now.guests, now.pid === before.status.pid]).toEqual(['1.1.0', before.status.peerId, 1, false])
    expect([after.Id, after.State.StartedAt, after.RestartCount]).toEqual([before.container.Id, before.container.State.StartedAt, 0])
    expect(visits.failures()).toEqual([])
    expect(visits.count()).toBeGreaterThan(before.visits + 20)
    await until('the renter reaches it through the network again', async () => (await fetch(forward).then((answer) => answer.text(), () => null)) === 'hello from web\n')
    expect((await host.cli('activity', '--json')).stdout).toContain('"update-installed"')
  })

  it('a version that does not stay up is taken back, with the database, and the guest has not noticed that either', async () => {
    const before = await container()
    await installation.release('1.2.0', { migrates: true, endsAfterMs: 2_000 })
    const { code, stderr } = await update()
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'E_UPDATE', details: { reason: 'unhealthy' } } })
    expect(await status()).toMatchObject({ version: '1.1.0', guests: 1 })
    expect((await container()).State.StartedAt).toBe(before.State.StartedAt)
    expect(visits.failures()).toEqual([])
    expect(readFileSync(join(host.dataDir, 'service.log'), 'utf8')).not.toContain('E_DATA_DIR_NEWER')
    expect((await update()).code).toBe(1)
  })

  it('and the books of both agree in the end', async () => {
    await renter.json('rm', 'site')
    await until('nothing of the guest is left', async () => (await world.leftovers(host)).length === 0)
    interface Books { earned: { leases: { due: number }[] }, spent: { leases: { signed: number }[] } }
    const [theirs, mine] = await Promise.all([host.json<Books>('earnings'), renter.json<Books>('earnings')])
    expect(mine.spent.leases.at(-1)?.signed).toBe(theirs.earned.leases.at(-1)?.due)
  })
})
