/** Getting an engine in a `DebianRoot`: in this process, or as a program of its own that a test may kill. */
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { surveyEngines } from '../engine/survey.ts'
import { machineFinderDeps } from '../engine/socket-finder.ts'
import { createSystemRunner } from '../engine-setup/run/runner.ts'
import { EngineSetupPart } from '../engine-setup/setup.ts'
import type { DebianRoot } from './debian-root.ts'
import { silentLog } from './deps.ts'

export function setupIn(root: Pick<DebianRoot, 'look' | 'runner' | 'socket'>, dataDir: string): EngineSetupPart {
  const base = { clock: createSystemClock(), rng: createSystemRng(), log: silentLog }
  const finder = machineFinderDeps(base)
  const surroundings = { ...finder.surroundings, env: { DOCKER_HOST: `unix://${root.socket}` } }
  return new EngineSetupPart({
    ...base, dataDir, pid: process.pid, isAlive: () => false, onEnd: () => undefined,
    look: () => Promise.resolve(root.look()),
    // the engine of the machine around it is not this Debian's
    survey: async (signal) => (await surveyEngines(base, signal, { ...finder, surroundings })).filter(({ place }) => place === `unix://${root.socket}`),
    createRunner: (consent) => root.runner(createSystemRunner({ clock: base.clock, consent, env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' } })),
  })
}
