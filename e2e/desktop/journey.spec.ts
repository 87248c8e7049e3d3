import type { Deployment } from '../../contract/nouns/deployment.ts'
import type { NodeStatus } from '../../contract/nouns/node.ts'
import { smallApp } from '../dashboard/apps.ts'
import { HomeScreen } from '../dashboard/models/home.ts'
import { isAlive, watchdogPid } from '../harness/processes.ts'
import { World } from '../harness/world.ts'
import { expect, test } from './fixtures.ts'

/** Long enough for a busy machine, short enough that something is signed while one looks. */
const terms = ['--cpu', '1', '--memory', '512m', '--disk', '2g', '--interval', '2s', '--prepaid', '30s', '--grace', '60s', '--name', 'study-pc']

test('an owner’s day: first start, sharing, a guest, a pause from the tray, close, quit, and on from there', async ({ start, startAgain, depin, place }) => {
  const world = await World.create()
  let peerId: string | undefined
  try {
    // the first start, with a real engine
    const app = await start({ args: ['--engine', 'auto'] })
    const home = new HomeScreen(await app.ready())
    await expect(home.headline).toHaveText('Sharing is off')
    await depin('share', 'set', ...terms)
    await home.toggle(home.switch)
    await expect(home.headline).toHaveText('Ready and waiting for a guest')
    await expect.poll(() => app.tooltip()).toBe('Depin Desktop, sharing, no guests yet')

    // a guest comes
    const status = await depin<NodeStatus>('status')
    peerId = status.peerId
    const renter = await world.service({ flags: ['--bootstrap', status.addresses[0]!] })
    const deployed = await renter.json<Deployment>('deploy', await world.file('site.yaml', smallApp('site')), '--wait')
    const container = world.docker.getContainer(deployed.replicas[0]!.containerIds[0]!)
    const state = async (): Promise<{ Running: boolean, Paused: boolean, StartedAt: string }> => (await container.inspect()).State
    const { StartedAt: startedAt } = await state()
    await expect(home.headline).toHaveText('Your computer is sharing')
    await expect.poll(() => app.tooltip()).toBe('Depin Desktop, sharing, 1 guest app')

    // paused and resumed from the tray: the guest sleeps where it is
    await app.clickTray('pause-30')
    await expect.poll(async () => (await state()).Paused).toBe(true)
    await expect(home.headline).toHaveText(/^Paused until \d/)
    await expect.poll(() => app.tooltip()).toMatch(/^Depin Desktop\. Paused until \d/)
    await app.clickTray('resume')
    await expect.poll(async () => (await state()).Paused).toBe(false)
    await expect.poll(() => app.tooltip()).toBe('Depin Desktop, sharing, 1 guest app')

    // closed to the tray, and shown by a second start
    await app.closeWindow()
    await expect.poll(() => app.isVisible()).toBe(false)
    expect(await startAgain()).toBe(0)
    await expect.poll(() => app.isVisible()).toBe(true)

    // quitting asks once while guests run; it drains, and the guest goes on under the watchdog's eye
    const service = (await app.servicePid())!
    await app.clickTray('quit')
    await expect.poll(async () => (await app.asked()).map(({ message }) => message)).toEqual(['Quit Depin Desktop?'])
    expect(isAlive(service)).toBe(true)
    await app.answer(1)
    await app.clickTray('quit')
    expect(await app.exited()).toBe(0)
    expect(isAlive(service)).toBe(false)
    expect(await state()).toMatchObject({ Running: true, Paused: false, StartedAt: startedAt })
    const watchdog = watchdogPid(place.dataDir)
    expect(watchdog, 'a watchdog that outlives the app').not.toBeNull()
    expect(isAlive(watchdog!)).toBe(true)

    // and on from there: the same guest, the same container
    const again = await start({ args: ['--engine', 'auto'] })
    const homeAgain = new HomeScreen(await again.ready())
    await expect(homeAgain.headline).toHaveText('Your computer is sharing')
    await expect.poll(async () => state()).toMatchObject({ Running: true, Paused: false, StartedAt: startedAt })
    await renter.json('rm', 'site')
    await expect(homeAgain.headline).toHaveText('Ready and waiting for a guest')
    await again.clickTray('quit')
    expect(await again.exited()).toBe(0)
  } finally {
    const watchdog = watchdogPid(place.dataDir)
    if (watchdog !== null) process.kill(watchdog, 'SIGKILL')
    if (peerId !== undefined) await world.removeAll(peerId)
    await world.dispose()
  }
})
