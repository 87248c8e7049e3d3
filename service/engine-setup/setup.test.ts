import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SetupRun } from '../../contract/nouns/engine-setup.ts'
import { FakeDebian } from '../testing/fake-debian.ts'
import { beginSetup, last, planIdOf } from '../testing/setup-part.ts'
import { journalName } from './run/journal.ts'
import type { EngineSetupDeps, EngineSetupPart } from './setup.ts'

let dataDir: string
let machine: FakeDebian
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'depin-setup-'))
  machine = new FakeDebian()
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const begin = (change: Partial<EngineSetupDeps> = {}): EngineSetupPart => beginSetup(dataDir, machine, change)

/** Watches until apt-get is in the middle of its work. */
async function untilCutOff(setup: EngineSetupPart): Promise<void> {
  for await (const _ of setup.setup(await planIdOf(setup))) {
    if (machine.ran.at(-1) === 'apt-get install') return
  }
  throw new Error('it ended before')
}

const statesOf = (run: SetupRun): string => run.steps.map(({ id, state }) => `${id} ${state}`).join(', ')

describe('getting an engine', () => {
  it('does what was confirmed, and says what it did', async () => {
    const setup = begin()
    const run = await last(setup.setup(await planIdOf(setup)))
    expect(run).toMatchObject({ state: 'done', percent: 100, problem: null })
    expect(statesOf(run)).toBe('refresh done, repair already, install done, service done, wait already')
    expect(run.did).toContain('Done: Install Docker from Debian’s own packages. It added 3 packages: docker.io, containerd, runc.')
    expect(machine.ran).toEqual(['apt-get -o DPkg::Lock::Timeout=300 update', 'apt-get install', 'systemctl enable --now docker.service'])
    expect(machine.isClosed).toBe(true)
    expect(await setup.plan(null)).toMatchObject({ kind: 'ready' })
    expect(setup.last()).toMatchObject({ state: 'done', engineName: 'Docker' })
    expect(statSync(join(dataDir, journalName)).mode & 0o077).toBe(0)
  })

  it('refuses what nobody confirmed', async () => {
    await expect(last(begin().setup('debian-docker-000000000000'))).rejects.toMatchObject({ code: 'E_CONFLICT' })
    expect(machine.ran).toEqual([])
  })

  it('goes on where another process was killed', async () => {
    const dead = begin()
    // killed in the middle of apt-get, with one of the packages unpacked: it never comes back from there
    machine.onRun = (line) => {
      if (!line.includes('install --yes')) return 0
      machine.packages.add('runc')
      return Promise.withResolvers<number>().promise
    }
    await untilCutOff(dead)

    machine.onRun = () => 0
    machine.ran.length = 0
    const heir = begin({ pid: 200 })
    expect(heir.last()).toMatchObject({ state: 'interrupted' })
    expect(await heir.plan(null)).toMatchObject({ kind: 'install', done: ['refresh', 'repair'] })
    const run = await last(heir.setup(await planIdOf(heir)))
    expect(run.state).toBe('done')
    // the list of before is the one of the first beginning: what the killed one unpacked counts as added
    expect(run.did).toContain('Done: Install Docker from Debian’s own packages. It added 3 packages: runc, docker.io, containerd.')
  })

  it('is one at a time, in this process and among processes', async () => {
    const setup = begin()
    const blocker = Promise.withResolvers<number>()
    machine.onRun = () => blocker.promise
    const planId = await planIdOf(setup)
    const first = setup.setup(planId)
    await first.next()
    const second = setup.setup(planId)
    expect((await second.next()).value).toMatchObject({ planId })
    await expect(last(setup.undo())).rejects.toMatchObject({ code: 'E_CONFLICT' })
    await expect(last(begin({ pid: 200, isAlive: ({ pid }) => pid === 100 }).setup(planId))).rejects.toMatchObject({ code: 'E_BUSY', details: { pid: 100 } })
    blocker.resolve(0)
    expect((await last(second)).state).toBe('done')
    expect((await last(first)).state).toBe('done')
  })

  it('goes on when its reader leaves', async () => {
    const ended = Promise.withResolvers<SetupRun>()
    const setup = begin({ onEnd: ended.resolve })
    for await (const _ of setup.setup(await planIdOf(setup))) break
    expect((await ended.promise).state).toBe('done')
  })

  it('says what failed, and tries that again', async () => {
    const setup = begin()
    machine.onRun = (line) => line.includes('update') ? 100 : 0
    const run = await last(setup.setup(await planIdOf(setup)))
    expect(run).toMatchObject({ state: 'failed', problem: { code: 'E_SETUP', message: '“Fetch the list of packages.” did not work: apt-get ended with 100.', next: expect.stringContaining('sudo apt-get update') as string } })
    machine.onRun = () => 0
    expect((await last(setup.setup(await planIdOf(setup)))).state).toBe('done')
  })

  it('changes nothing when consent is refused', async () => {
    machine.consent = 'no'
    const setup = begin()
    expect(await last(setup.setup(await planIdOf(setup)))).toMatchObject({ state: 'failed' })
    expect(machine.ran).toEqual([])
  })

  it('can be cancelled, and gone on with', async () => {
    const setup = begin()
    const reached = Promise.withResolvers<undefined>()
    machine.onRun = async (line, { signal }) => {
      if (!line.includes('install --yes')) return 0
      reached.resolve(undefined)
      return await new Promise((_, reject) => { signal.addEventListener('abort', () => { reject(signal.reason as Error) }) })
    }
    const run = last(setup.setup(await planIdOf(setup)))
    await reached.promise
    await setup.cancel()
    expect(await run).toMatchObject({ state: 'cancelled', problem: null })
    machine.onRun = () => 0
    expect((await last(setup.setup(await planIdOf(setup)))).state).toBe('done')
  })
})

describe('taking it back', () => {
  const install = async (): Promise<EngineSetupPart> => {
    const setup = begin()
    await last(setup.setup(await planIdOf(setup)))
    machine.ran.length = 0
    return setup
  }

  it('removes what was added, and only that', async () => {
    const setup = await install()
    machine.packages.add('added-by-somebody-else')
    const run = await last(setup.undo())
    expect(run).toMatchObject({ kind: 'undo', state: 'done', percent: 100 })
    expect([...machine.packages]).toEqual(['libc6', 'iptables', 'added-by-somebody-else'])
    expect(machine.ran).toEqual(['systemctl disable --now docker.service docker.socket', 'dpkg --purge --force-remove-reinstreq docker.io containerd runc'])
    expect(run.did).toContain('What guest apps and images left on the disk stays in /var/lib/docker.')
    await expect(last(setup.undo())).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
  })

  it('keeps what something else needs by now, and says so', async () => {
    const setup = await install()
    machine.onRun = (line) => line.startsWith('dpkg') ? 1 : 0
    const run = await last(setup.undo())
    expect(statesOf(run)).toContain('install kept, service undone')
    expect(run.did).toContain('Left as it is: Install Docker from Debian’s own packages.')
  })

  it('takes back what was cut off, too', async () => {
    const dead = begin()
    machine.onRun = (line) => {
      if (!line.includes('install --yes')) return 0
      machine.packages.add('runc')
      return Promise.withResolvers<number>().promise
    }
    await untilCutOff(dead)
    machine.onRun = () => 0
    expect(await last(begin({ pid: 200 }).undo())).toMatchObject({ state: 'done' })
    expect([...machine.packages]).toEqual(['libc6', 'iptables'])
  })

  it('runs nothing that the journal says beyond names of packages', async () => {
    await install()
    const path = join(dataDir, journalName)
    const journal = JSON.parse(readFileSync(path, 'utf8')) as { setups: { steps: { id: string, added: string[] | null }[] }[] }
    journal.setups[0]!.steps.find(({ id }) => id === 'install')!.added = ['runc', '--force-all', '$(reboot)', '/bin/sh']
    writeFileSync(path, JSON.stringify(journal))
    await last(begin({ pid: 200 }).undo())
    expect(machine.ran.filter((line) => line.startsWith('dpkg'))).toEqual(['dpkg --purge --force-remove-reinstreq runc'])
  })

  it('refuses a journal that is not one, and touches nothing', async () => {
    await install()
    writeFileSync(join(dataDir, journalName), '{"format":"depin-engine-setup/1","setups":[{"command":"rm -rf /"}]}')
    await expect(last(begin({ pid: 200 }).undo())).rejects.toMatchObject({ code: 'E_SETUP' })
    expect(machine.ran).toEqual([])
  })
})
