import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Deployment } from '../contract/nouns/deployment.ts'
import type { NodeStatus, ShareStatus } from '../contract/nouns/node.ts'
import type { UpdateState, UpdateStatus } from '../contract/nouns/updates.ts'
import { manifestName } from '../release/index.ts'
import { wellByMs } from '../main/updates/probation.ts'
import { newKey } from '../release/testing/release.ts'
import { webImage } from '../service/testing/engine-images.ts'
import { until } from '../service/testing/wait.ts'
import { callService } from '../service/updates/control.ts'
import { DesktopReleases, imageFile } from './harness/appimage.ts'
import { busOf } from './harness/bus.ts'
import { flavour } from './harness/electron.ts'
import { TestService } from './harness/service.ts'
import { isAlive, watchdogPid } from './harness/processes.ts'
import { visitAgainAndAgain } from './harness/visits.ts'
import { World } from './harness/world.ts'

const hourMs = 3_600_000
const here = '0'
const away = '7200'

describe.skipIf(process.platform !== 'linux' || flavour === 'real')('the desktop app updates itself while a guest runs', () => {
  let world: World
  let folder: string
  let releases: DesktopReleases
  /** The command line on the app's data directory. */
  let host: TestService
  let renter: TestService
  let visits: ReturnType<typeof visitAgainAndAgain>
  let forward: string

  beforeAll(async () => {
    world = await World.create()
    folder = mkdtempSync(join(tmpdir(), 'depin-e2e-desktop-'))
    mkdirSync(join(folder, 'releases'))
    mkdirSync(join(folder, 'mounts'))
    person(here)
    releases = await DesktopReleases.create(join(folder, 'releases'))
    await releases.install('1.0.0')
    host = await TestService.create()
    start()
    await version('1.0.0')
    // a guest that waits longer for its host's service than it has paid for would be frozen, as it should be
    await host.json('share', 'set', '--cpu', '1', '--memory', '512m', '--disk', '2g', '--interval', '2s', '--prepaid', '30s', '--grace', '60s', '--name', 'host', '--in-use', '100%')
    await host.json('share', 'on')
    renter = await world.service({ flags: ['--bootstrap', (await status()).addresses[0]!] })
    const file = await world.file('compose.yaml', `services: { web: { image: "${webImage.ref}", expose: [8080], restart: always } }\nx-depin: { grace: 120s }\n`)
    await renter.json('deploy', file, '--name', 'site', '--wait')
    const follow = world.follow(renter, 'forward', 'site', 'web:8080', '--json')
    forward = `http://127.0.0.1:${(JSON.parse(await until('the forward listens', () => follow.lines[0])) as { port: number }).port}`
    visits = visitAgainAndAgain(await guestAddress())
  })
  afterAll(async () => {
    visits.stop()
    const { peerId } = await status()
    await renter.cli('rm', 'site')
    process.kill(mainPid(), 'SIGTERM')
    await until('the app has ended', () => !isAlive(mainPid()))
    const watchdog = watchdogPid(host.dataDir)
    if (watchdog !== null) process.kill(watchdog, 'SIGKILL')
    await world.removeAll(peerId)
    await host.dispose()
    await world.dispose()
    releases.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = async <Answer>(verb: string) => (await callService(host.dataDir, verb) as { json: Answer }).json
  const status = () => ask<NodeStatus>('node/status')
  const updates = () => ask<UpdateStatus>('updates/get')
  const person = (idleS: string): void => writeFileSync(join(folder, 'idle'), idleS)
  const log = (): string => readFileSync(join(folder, 'user/logs/main.log'), 'utf8')
  /** What is about to be put in place, or is on probation. */
  const journal = (): string => existsSync(join(folder, 'user/update.json')) ? readFileSync(join(folder, 'user/update.json'), 'utf8') : ''
  const mainPid = (): number => Number(readFileSync(join(folder, 'user/main.pid'), 'utf8'))

  function start(): ChildProcess {
    const args = ['--hidden', '--data-dir', host.dataDir, '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0']
    return spawn(releases.image, [`--user-data-dir=${join(folder, 'user')}`, ...args], {
      stdio: 'ignore', detached: true,
      env: {
        ...process.env, HOME: folder, XDG_SESSION_TYPE: 'x11', DEPIN_STATE_DIR: join(host.dataDir, '..', 'state'), PATH: `${busOf(folder, true)}:${process.env['PATH'] ?? ''}`,
        DEPIN_TEST_IDLE: join(folder, 'idle'), DEPIN_TEST_MOUNTS: join(folder, 'mounts'), DEPIN_TEST_PID: join(folder, 'user/main.pid'),
      },
    })
  }

  /** That version runs and takes calls. */
  const version = (wanted: string, before?: number): Promise<NodeStatus> => until(`${wanted} runs`, async () => {
    const seen = await status().catch(() => null)
    return seen?.version === wanted && seen.pid !== before ? seen : undefined
  }, 90_000)
  const becomes = (kind: UpdateState['kind']): Promise<UpdateState> => until(`the update is ${kind}`, async () => {
    const { state } = await updates().catch(() => ({ state: null }))
    return state?.kind === kind ? state : undefined
  }, 60_000)
  const look = (): Promise<unknown> => host.json('update', '--check')
  const signals = async () => (await ask<ShareStatus>('share/get')).owner.signals
  const container = async () => {
    const [replica] = (await renter.json<Deployment[]>('ps'))[0]!.replicas
    return await world.docker.getContainer(replica!.containerIds[0]!).inspect()
  }
  /** Of the pod that the guest's container is in. */
  const guestAddress = async () => {
    const pod = await world.docker.getContainer((await container()).HostConfig.NetworkMode!.replace('container:', '')).inspect()
    return Object.values(pod.NetworkSettings.Networks)[0]!.IPAddress
  }
  const reachable = () => until('the renter reaches it through the network', async () => (await fetch(forward).then((answer) => answer.text(), () => null)) === 'hello from web\n')

  it.each<[string, string, () => Promise<void>]>([
    ['corrupt', 'corrupt', async () => {
      await releases.offer('1.0.9')
      const body = Buffer.from(releases.feed.files.get(imageFile)!.body)
      body.fill(0, 4_000_000, 4_100_000)
      releases.feed.knowsRanges = false
      releases.feed.put(imageFile, body)
    }],
    ['cut off', 'truncated', async () => {
      await releases.offer('1.0.9')
      releases.feed.knowsRanges = false
      releases.feed.put(imageFile, releases.feed.files.get(imageFile)!.body, { cutAfter: 5_000_000 })
    }],
    ['signed by another', 'wrong-key', () => releases.offer('1.0.9', {}, {}, newKey())],
    ['expired', 'expired', () => releases.offer('1.0.9', {}, { signedAtMs: Date.now() - 2 * hourMs, expiresAtMs: Date.now() - hourMs })],
    ['for another platform', 'wrong-platform', () => releases.offer('1.0.9', {}, { platform: 'darwin-x64' })],
    ['without a signature', 'not-signed', () => Promise.resolve(void releases.feed.files.delete(manifestName({ platform: `${process.platform}-${process.arch}`, package: 'appimage', channel: 'latest' })))],
    ['older than what was offered before', 'rolled-back', () => releases.offer('1.0.1')],
  ])('%s: it stays as it is, and says so', async (_, reason, serve) => {
    await serve()
    await look()
    expect(await until('it is refused', async () => {
      const { state } = await updates()
      return state.kind === 'failed' && state.reason === reason ? state : undefined
    })).toMatchObject({ reason })
    releases.feed.knowsRanges = true
    expect(await status()).toMatchObject({ version: '1.0.0', guests: 1 })
  })

  it('killed while a new version comes: the old one starts, and gets it', async () => {
    await releases.offer('1.1.0', { migrates: true })
    const { body } = releases.feed.files.get(imageFile)!
    releases.feed.knowsRanges = false
    releases.feed.put(imageFile, body, { stallAfter: 3_000_000 })
    await look()
    await becomes('downloading')
    const { pid } = await status()
    process.kill(mainPid(), 'SIGKILL')
    await until('the service has ended too', () => !isAlive(pid))
    releases.feed.knowsRanges = true
    releases.feed.sentBytes = 0
    releases.feed.put(imageFile, body)
    start()
    await version('1.0.0', pid)
    expect(await becomes('ready')).toMatchObject({ version: '1.1.0', waitsFor: 'nobody-uses-it' })
    // only what changed
    expect(releases.feed.sentBytes).toBeLessThan(body.length / 5)
  })

  it('waits while somebody uses the computer, also where nothing follows from that for sharing', async () => {
    expect((await updates()).state).toMatchObject({ kind: 'ready', waitsFor: 'nobody-uses-it' })
    const told = (await signals()).lastInputMs!.atMs
    await until('the desktop has told twice that somebody is here', async () => (await signals()).lastInputMs!.atMs > told + 5_000)
    expect([(await updates()).state.kind, (await status()).version]).toEqual(['ready', '1.0.0'])
  })

  it('is installed when they have gone: the guest has not noticed', async () => {
    const before = { container: await container(), status: await status(), visits: visits.count() }
    person(away)
    const now = await version('1.1.0')
    const after = await container()
    expect([now.peerId, now.guests, now.pid === before.status.pid]).toEqual([before.status.peerId, 1, false])
    expect([after.Id, after.State.StartedAt, after.RestartCount]).toEqual([before.container.Id, before.container.State.StartedAt, 0])
    await reachable()
    expect(visits.failures()).toEqual([])
    expect(visits.count()).toBeGreaterThan(before.visits)
    expect((await host.cli('activity', '--json')).stdout).toContain('"update-installed"')
    expect(log()).toContain('quit in order')
    expect(statSync(releases.image).mode & 0o111).toBe(0o111)
  })

  it.each<['app' | 'service' | 'page', string]>([['app', '1.2.0'], ['service', '1.3.0'], ['page', '1.4.0']])('a version whose %s does not come to run gives way to the one before, with the database', async (broken, next) => {
    const before = { container: await container(), pid: (await status()).pid }
    // it knows the schema of the one before: nothing but what is broken on purpose is
    await releases.offer(next, { broken, migrates: true })
    await look()
    if (broken === 'service') {
      // an owner who starts it again and again
      for (let times = 1; times <= 3; times++) {
        await until(`start ${times} of it`, () => journal().includes(`"starts":${times}`), 60_000)
        const pid = await until('it writes who it is', () => isAlive(mainPid()) ? mainPid() : undefined)
        process.kill(pid, 'SIGKILL')
        await until('it has ended', () => !isAlive(pid))
        start()
      }
    }
    // a page that does nothing is waited for as long as one that is slow
    await until('it is taken back', () => log().includes(`"message":"the new version is not well","version":"${next}","isBack":true`), wellByMs + 60_000)
    expect(await version('1.1.0', before.pid)).toMatchObject({ guests: 1 })
    expect((await container()).State.StartedAt).toBe(before.container.State.StartedAt)
    expect(visits.failures()).toEqual([])
    await reachable()
    // and it is not tried again
    await look()
    expect(await becomes('failed')).toMatchObject({ reason: 'unhealthy' })
  })
})
