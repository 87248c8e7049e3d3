import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDirectClient } from '../../service/api/index.ts'
import * as fixture from '../../service/testing/api-fixtures.ts'
import { silentLog } from '../../service/testing/deps.ts'
import { createFakeApi, type FakeApi } from '../../service/testing/fake-api.ts'
import { startApi } from '../../service/testing/running-api.ts'
import { runCli, type Outcome, type TestIoOptions } from '../testing/test-io.ts'

let api: Awaited<ReturnType<typeof startApi>>
let fake: FakeApi
beforeEach(async () => {
  fake = createFakeApi()
  fake.status = { ...fixture.nodeStatus, guests: 0 }
  api = await startApi({ router: fake.router })
})
afterEach(() => api.stop())

const depin = (line: string, options: TestIoOptions = {}): Promise<Outcome> => runCli(line.split(' '), {
  cwd: api.dataDir, env: { DEPIN_DATA_DIR: api.dataDir },
  service: { serve: () => Promise.reject(new Error('not asked for')), panic: () => Promise.reject(new Error('not asked for')), restore: () => Promise.reject(new Error('not asked for')), update: () => Promise.reject(new Error('not asked for')), offlineClient: () => createDirectClient(fake.router, silentLog) },
  ...options,
})
const setups = (): unknown[] => fake.calls.filter(({ procedure }) => procedure === 'engine.setup').map(({ input }) => input)

describe('engine', () => {
  it('shows what there is, with a service and without', async () => {
    const expected = expect.stringMatching(/^ENGINE +STATE +VERSION +PLACE\nDocker +running +27\.1\.0 +unix:/) as string
    expect(await depin('engine')).toMatchObject({ exitCode: 0, stdout: expected })
    await api.server.stop()
    expect(await depin('engine list')).toMatchObject({ exitCode: 0, stdout: expected })
    expect(JSON.parse((await depin('engine --json')).stdout)).toEqual([fixture.foundEngine])
  })

  it('shows what installing would do, and does nothing', async () => {
    const { exitCode, stdout } = await depin('engine install --dry-run')
    expect(exitCode).toBe(0)
    expect(stdout).toBe(`This computer: Debian GNU/Linux 12 (bookworm), amd64

1. Install Docker from Debian’s own packages.  (as administrator)
     apt-get install --yes docker.io
     undo: dpkg --purge <what it added>
2. Wait until the engine answers.

This installs Docker from Debian’s own packages: about 70 MB to download, 310 MB on the disk.
Next, your system will ask for permission. It’s needed once, to install the engine.
`)
    expect(setups()).toEqual([])
    await depin('engine install --dry-run --platform fedora')
    expect(fake.calls.at(-1)).toEqual({ procedure: 'engine.plan', input: { example: 'fedora' } })
    expect(JSON.parse((await depin('engine install --dry-run --json')).stdout)).toEqual(fixture.setupPlan)
  })

  it('asks once, does what was shown, and says what was done', async () => {
    const { exitCode, stdout, stderr } = await depin('engine install', { answers: ['y'] })
    expect(exitCode).toBe(0)
    expect(stderr).toContain('Next, your system will ask for permission.')
    expect(stderr).toContain('Install it? [y/N]')
    expect(stdout).toBe('Done: Install Docker from Debian’s own packages. It added 2 packages: docker.io, runc.\nDocker is running. This computer can share.\n')
    expect(setups()).toEqual([{ planId: fixture.setupPlan.planId }])
  })

  it('does nothing without a yes', async () => {
    expect(await depin('engine install', { answers: [''] })).toMatchObject({ exitCode: 1, stdout: '' })
    expect(await depin('engine install')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('add --yes') as string })
    expect(setups()).toEqual([])
    expect(await depin('engine install --yes')).toMatchObject({ exitCode: 0 })
  })

  it('tells programs of each thing that happens, and not of each line that is printed', async () => {
    fake.engineRuns = [fixture.setupRun, { ...fixture.setupRun, output: ['Get:2'] }, fixture.setupDone]
    const { stdout } = await depin('engine install --yes --json')
    expect(stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([fixture.setupRun, fixture.setupDone])
  })

  it('fails with the words of what failed, and what it did so far', async () => {
    fake.engineRuns = [{ ...fixture.setupRun, state: 'failed', did: ['Done: Fetch the list of packages.'], problem: { code: 'E_SETUP', message: 'apt-get ended with 100.', next: 'Look at it.' } }]
    expect(await depin('engine install --yes')).toEqual({
      exitCode: 1, stdout: 'Done: Fetch the list of packages.\n',
      stderr: expect.stringContaining('depin: E_SETUP: apt-get ended with 100.\nLook at it.\n') as string,
    })
    fake.engineRuns = [{ ...fixture.setupRun, state: 'restart-needed' }]
    expect(await depin('engine install --yes')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('restart this computer') as string })
  })

  it('says why it cannot work, and what works all the same', async () => {
    fake.enginePlan = { kind: 'blocked', machine: fixture.setupPlan.machine, reason: 'virtualisation', message: 'Virtualisation is off.', next: 'Switch it on.', stillWorks: ['Your own apps run on other hosts.'] }
    expect(await depin('engine install --yes')).toEqual({ exitCode: 1, stdout: '', stderr: 'depin: E_SETUP: Virtualisation is off.\nSwitch it on. Your own apps run on other hosts.\n' })
    expect((await depin('engine install --dry-run')).stdout).toContain('What works all the same:\n  Your own apps run on other hosts.\n')
  })

  it('starts what does not run, and has nothing to do where one does', async () => {
    fake.enginePlan = { kind: 'start', machine: fixture.setupPlan.machine, planId: 'start-docker-0', engine: { ...fixture.foundEngine, state: 'stopped' }, steps: [], prompt: 'none', sentences: ['This starts Docker, which is installed and does not run.'] }
    expect(await depin('engine start')).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('This starts Docker') as string })
    fake.enginePlan = { kind: 'ready', machine: fixture.setupPlan.machine, engine: fixture.foundEngine }
    expect(await depin('engine start')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('There is nothing to do.') as string })
    fake.enginePlan = fixture.setupPlan
    expect(await depin('engine start')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('depin engine install') as string })
  })

  it('restarts what hangs and lets an account in, with words and a yes first', async () => {
    for (const [kind, state, words] of [['restart', 'hung', 'What runs in it stops.'], ['allow', 'forbidden', 'It can do anything.']] as const) {
      fake.calls.length = 0
      fake.enginePlan = { kind, machine: fixture.setupPlan.machine, planId: `${kind}-docker-0`, engine: { ...fixture.foundEngine, state, message: 'So it is.' }, steps: [], prompt: 'once', sentences: [words] }
      expect(await depin(`engine ${kind}`, { answers: [''] })).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(words) as string })
      expect(setups()).toEqual([])
      fake.engineRuns = [{ ...fixture.setupDone, kind }]
      expect(await depin(`engine ${kind}`, { answers: ['y'] })).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(kind === 'allow' ? 'Your account may use Docker.' : 'Docker is running.') as string })
      expect(setups()).toEqual([{ planId: `${kind}-docker-0` }])
      expect(await depin('engine start')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`So it is.\n${kind === 'allow' ? 'Let your account use it' : 'Restart it'}: depin engine ${kind}`) as string })
    }
  })

  it('takes nothing back while guests are here', async () => {
    fake.status = { ...fixture.nodeStatus, guests: 2 }
    expect(await depin('engine undo --yes')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('2 guest apps run on this engine') as string })
    fake.status = { ...fixture.nodeStatus, guests: 0 }
    fake.engineRuns = [{ ...fixture.setupDone, kind: 'undo' }]
    expect(await depin('engine undo --yes')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Docker was taken back.') as string })
  })
})
