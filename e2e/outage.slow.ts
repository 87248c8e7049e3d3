import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import type { Guest } from '../contract/nouns/guest.ts'
import type { NodeStatus } from '../contract/nouns/node.ts'
import { busyboxImage, makeTestImage, testDocker } from '../service/testing/engine-images.ts'
import { OwnDockerd } from '../service/testing/own-dockerd.ts'
import { until } from '../service/testing/wait.ts'
import type { TestService } from './harness/service.ts'
import { World } from './harness/world.ts'

interface EarningsJson { earned: { leases: { runMs: number }[] } }

const leases = 20
const flaggedWithinMs = 20_000
const reconciledWithinMs = 15_000
/** A reading of the command line, and the half second by which two clocks may be told apart. */
const toleranceMs = 2_000

/** `npm run slow outage`: takes minutes, and a container engine of its own that it stops and hangs. */
describe(`${leases} leases under an engine that fails`, () => {
  let world: World
  let dockerd: OwnDockerd
  let provider: TestService
  let tenant: TestService

  beforeAll(async () => {
    dockerd = await OwnDockerd.create()
    await makeTestImage(busyboxImage, testDocker(dockerd.socket))
    world = await World.create()
    provider = await world.service({ flags: ['--engine', dockerd.socket] })
    await provider.json('share', 'set', '--cpu', '2', '--memory', '1g', '--disk', '25g', '--interval', '2s', '--prepaid', '60s', '--grace', '60s')
    await provider.json('share', 'on')
    tenant = await world.service({ bootstrap: [provider], flags: ['--engine', 'none'] })
    const file = await world.file('compose.yaml', `services: { app: { image: "${busyboxImage.ref}", cpus: 0.05, mem_limit: 16m, restart: always } }\n`)
    for (let number = 1; number <= leases; number++) await tenant.json('deploy', file, '--name', `app-${number}`)
    await until('all run', async () => (await running()).length === leases, 240_000)
  }, 400_000)
  afterAll(async () => {
    await world.dispose()
    await dockerd.remove()
  })

  const running = async () => (await tenant.json<Deployment[]>('ps')).filter(({ state }) => state === 'running')
  const engineState = async () => (await provider.json<NodeStatus>('status')).engine.state
  const leaseIds = async () => (await tenant.json<Deployment[]>('ps')).flatMap(({ replicas }) => replicas.map(({ leaseId }) => leaseId)).sort()
  const runMs = async () => (await provider.json<EarningsJson>('earnings')).earned.leases.reduce((sum, lease) => sum + lease.runMs, 0)
  /** Of guests, not of their guards. */
  const containers = async () => (await testDocker(dockerd.socket).listContainers({ filters: { label: ['io.depin.service'] } })).filter(({ Labels }) => Labels['io.depin.kind'] === undefined)
  const allUp = async () => {
    if ((await containers()).length !== leases) return false
    const guests = (await provider.json<Guest[]>('guests')).filter(({ endedAtMs }) => endedAtMs === null)
    return guests.length === leases && guests.every(({ state, services }) => state === 'running' && services.every(({ status }) => status?.state === 'running'))
  }

  /** Flagged in time, nothing billed until it is back, all that ran runs again in time, in the same leases. */
  async function survives(fail: () => void | Promise<void>, restore: () => void | Promise<void>): Promise<void> {
    const before = { leaseIds: await leaseIds(), atMs: Date.now() }
    await fail()
    await until('it is flagged', async () => await engineState() === 'stopped', flaggedWithinMs)
    const flaggedMs = Date.now() - before.atMs
    const stood = { runMs: await runMs(), atMs: Date.now() }
    await until('time passes without it', () => Date.now() > stood.atMs + 5_000)
    expect(await runMs() - stood.runMs, 'billed while nobody could see it run').toBe(0)
    await restore()
    const backAtMs = Date.now()
    await until('everything runs again', allUp, reconciledWithinMs)
    process.stdout.write(`flagged after ${(flaggedMs / 1000).toFixed(1)} s, reconciled ${((Date.now() - backAtMs) / 1000).toFixed(1)} s after its return\n`)
    expect(await leaseIds()).toEqual(before.leaseIds)
    const billed = { runMs: await runMs(), atMs: Date.now() }
    await until('it is billed again', async () => await runMs() > billed.runMs)
    // what stood still in between is nobody's debt
    expect(billed.runMs - stood.runMs).toBeLessThanOrEqual(leases * (billed.atMs - backAtMs + toleranceMs))
    await until('the tenant sees all of them', async () => (await running()).length === leases)
  }

  it('hung, and let go on: the same containers, none started again', async () => {
    const starts = async () => (await Promise.all((await containers()).map(({ Id }) => testDocker(dockerd.socket).getContainer(Id).inspect()))).map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort()
    const before = await starts()
    await survives(() => dockerd.signal('SIGSTOP'), () => dockerd.signal('SIGCONT'))
    expect(await starts()).toEqual(before)
  }, 120_000)

  it('stopped with all that ran in it, and started again', async () => {
    await survives(() => dockerd.stop(), () => dockerd.start())
  }, 180_000)
})
