import type { SetupRun } from '../../contract/nouns/engine-setup.ts'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import type { EngineSighting } from '../engine/index.ts'
import { examples } from '../engine-setup/machine/examples/examples.ts'
import { type EngineSetupDeps, EngineSetupPart } from '../engine-setup/setup.ts'
import { silentLog } from './deps.ts'
import type { FakeDebian } from './fake-debian.ts'

/** What is found where Docker runs. */
export const docker: EngineSighting = { place: 'unix:///var/run/docker.sock', foundBy: '/var/run/docker.sock', state: 'ready', kind: 'docker', version: '20.10.24', reason: '', update: null }

/** A process with this part in it, on a Debian without an engine. */
export function beginSetup(dataDir: string, machine: FakeDebian, change: Partial<EngineSetupDeps> = {}): EngineSetupPart {
  return new EngineSetupPart({
    clock: createSystemClock(), rng: createSystemRng(), log: silentLog, dataDir, pid: 100, isAlive: () => false, onEnd: () => undefined,
    look: () => Promise.resolve({ ...examples.find(({ name }) => name === 'debian')!.recorded, programs: machine.packages.has('docker.io') ? ['apt-get', 'dockerd'] : ['apt-get'] }),
    survey: () => Promise.resolve(machine.isRunning && machine.packages.has('docker.io') ? [docker] : []),
    createRunner: () => machine,
    ...change,
  })
}

export async function planIdOf(setup: EngineSetupPart): Promise<string> {
  const plan = await setup.plan(null)
  if (plan.kind === 'ready' || plan.kind === 'blocked') throw new Error(`nothing to do: ${plan.kind}`)
  return plan.planId
}

export async function last(runs: AsyncIterable<SetupRun>): Promise<SetupRun> {
  let run: SetupRun | undefined
  for await (run of runs);
  return run!
}
