import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from './fixtures.ts'
import { isAlive } from '../harness/processes.ts'
import type { DesktopApp } from './models/app.ts'

const program = join(import.meta.dirname, '../../dist/cli/depin.mjs')

/** Another one than before, that takes calls. */
async function newServicePid(app: DesktopApp, before: number | null): Promise<number> {
  let pid: number | null = null
  await expect.poll(async () => {
    pid = await app.runningPid()
    return pid !== null && pid !== before
  }, { timeout: 15_000 }).toBe(true)
  return pid!
}

test('a service that is killed five times comes back each time, and the window says why it is away', async ({ start }) => {
  const app = await start()
  const page = await app.ready()
  let pid: number | null = null
  for (let kill = 1; kill <= 5; kill++) {
    pid = await newServicePid(app, pid)
    await expect(page.getByText('service isn’t running')).toBeHidden()
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => isAlive(pid!)).toBe(false)
  }
  // the fifth wait is long enough to be read, and to be cut short
  await expect(page.getByText('Depin Desktop’s service isn’t running: ')).toContainText('ended unexpectedly')
  await expect.poll(async () => (await app.trayLabels())[0]).toBe('Trying to start again')
  await page.getByRole('button', { name: 'Start now' }).click()
  await newServicePid(app, pid)
  await expect(page.getByText('service isn’t running')).toBeHidden()
  await expect(page.getByRole('heading', { name: 'One more thing to install' })).toBeVisible()
  expect(app.log().match(/the service ended/g)).toHaveLength(5)
})

test('a service that cannot start says what is wrong', async ({ start, place }) => {
  const app = await start({ args: ['--data-dir', '/proc/nowhere'] })
  const page = await app.electron.firstWindow()
  await expect(page.getByText('Depin Desktop’s service isn’t running: ')).toContainText('/proc/nowhere')
  expect(place.dataDir).not.toBe('/proc/nowhere')
})

test('a service that runs already is used as it is: never two', async ({ start, place }) => {
  const headless = spawn(process.execPath, [program, 'serve', '--json', '--data-dir', place.dataDir, '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0', '--engine', 'none'], {
    env: { ...process.env, ...place.env }, stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(headless.stdout, 'data')
  const app = await start()
  const page = await app.ready()
  await expect(page.getByText(`started outside this app, as process ${headless.pid!}`).first()).toBeVisible()
  await expect(page.getByRole('heading', { name: 'One more thing to install' })).toBeVisible()
  expect(await app.servicePid()).toBeNull()

  // it ends: ours takes its place
  headless.kill('SIGTERM')
  await once(headless, 'exit')
  await newServicePid(app, null)
  await expect(page.getByRole('heading', { name: 'One more thing to install' })).toBeVisible()
})

test('a service that others started goes on when the app quits', async ({ start, place }) => {
  const headless = spawn(process.execPath, [program, 'serve', '--json', '--data-dir', place.dataDir, '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0', '--http', '127.0.0.1:0', '--engine', 'none'], {
    env: { ...process.env, ...place.env }, stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(headless.stdout, 'data')
  const app = await start({ args: ['--hidden'] })
  await app.ready()
  await app.clickTray('quit')
  expect(await app.exited()).toBe(0)
  expect(isAlive(headless.pid!)).toBe(true)
  headless.kill('SIGTERM')
  await once(headless, 'exit')
})

test('a signal, and the end of the session, drain without a question', async ({ start }) => {
  const bySignal = await start()
  await bySignal.ready()
  const first = (await bySignal.servicePid())!
  process.kill(bySignal.pid, 'SIGTERM')
  expect(await bySignal.exited()).toBe(0)
  expect(isAlive(first)).toBe(false)
  expect(bySignal.log()).toContain('quit in order')

  const bySession = await start({ args: ['--hidden'] })
  await bySession.ready()
  const second = (await bySession.servicePid())!
  // what Windows tells a window before it ends the session
  await bySession.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]!.emit('session-end', { reasons: ['logoff'] })
  }).catch(() => undefined)
  expect(await bySession.exited()).toBe(0)
  expect(isAlive(second)).toBe(false)
})
