import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeDebian } from '../testing/fake-debian.ts'
import { beginSetup, docker, last, planIdOf } from '../testing/setup-part.ts'
import { examples } from './machine/examples/examples.ts'
import type { EngineSetupDeps, EngineSetupPart } from './setup.ts'

let dataDir: string
let machine: FakeDebian
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'depin-setup-'))
  machine = new FakeDebian()
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const begin = (change: Partial<EngineSetupDeps> = {}): EngineSetupPart => beginSetup(dataDir, machine, change)

describe('an engine that is there', () => {
  it('starts what is installed and does not run', async () => {
    machine.packages.add('docker.io')
    machine.onRun = (line) => {
      machine.isRunning ||= line === 'systemctl start docker.service'
      return 0
    }
    const setup = begin()
    expect(await setup.plan(null)).toMatchObject({ kind: 'start', engine: { product: 'docker' } })
    expect(await last(setup.start())).toMatchObject({ kind: 'start', state: 'done' })
    // a start leaves nothing to take back
    await expect(last(setup.undo())).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    await expect(last(setup.start())).rejects.toMatchObject({ code: 'E_CONFLICT' })
  })

  it('restarts what hangs, and has nothing to start there', async () => {
    let hangs = true
    machine.onRun = (line) => {
      if (line === 'systemctl restart docker.service') hangs = false
      return 0
    }
    const setup = begin({ survey: () => Promise.resolve([hangs ? { ...docker, state: 'hung', reason: 'does not answer' } : docker]) })
    await expect(last(setup.start())).rejects.toMatchObject({ code: 'E_CONFLICT', next: expect.stringContaining('depin engine restart') as string })
    expect(await last(setup.setup(await planIdOf(setup)))).toMatchObject({ kind: 'restart', state: 'done' })
    expect(machine.ran).toEqual(['systemctl restart docker.service'])
  })

  it('starts one that this account may not use all the same: letting it in is another matter', async () => {
    machine.packages.add('docker.io')
    let runs = false
    machine.onRun = (line) => {
      runs ||= line === 'systemctl start docker.service'
      return 0
    }
    const setup = begin({ survey: () => Promise.resolve(runs ? [{ ...docker, state: 'forbidden', reason: 'you may not use it' }] : []) })
    expect(await last(setup.start())).toMatchObject({ state: 'done' })
    expect(await setup.plan(null)).toMatchObject({ kind: 'allow' })
  })

  it('lets an account in that may not use it: at once where the system can, else from the next login on', async () => {
    for (const [programs, state] of [[['sudo', 'setfacl'], 'done'], [['sudo'], 'restart-needed']] as const) {
      machine.ran.length = 0
      const isIn = (): boolean => machine.ran.some((line) => line.startsWith('setfacl'))
      const setup = begin({
        look: () => Promise.resolve({ ...examples.find(({ name }) => name === 'ubuntu')!.recorded, programs, hasTerminal: true }),
        survey: () => Promise.resolve([isIn() ? docker : { ...docker, state: 'forbidden', reason: 'you may not use it' }]),
      })
      expect(await last(setup.setup(await planIdOf(setup)))).toMatchObject({ kind: 'allow', state })
      expect(machine.ran).toContain('usermod --append --groups docker amina')
    }
  })
})
