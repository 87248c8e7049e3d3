/** How each engine is started that is there and does not run, restarted when it hangs, and told to let this account in. */
import { accessToDocker, startDockerd, stopDockerd, waitForEngine } from './linux.ts'
import type { Command, Condition, Mending, MendRecipe, StepRecipe } from './types.ts'
import { windowsStart } from './windows.ts'

const minutes = 60_000

function by(run: Command, admin: StepRecipe['admin'] = 'no', deadlineMs = 5 * minutes): StepRecipe[] {
  return [{ id: 'start', title: 'Start the engine.', admin, run, check: 'engine', undo: null, deadlineMs }, { ...waitForEngine, deadlineMs }]
}

function again(run: Command, admin: StepRecipe['admin'] = 'no'): StepRecipe[] {
  return [{ id: 'restart', title: 'Restart the engine.', admin, run, check: 'engine', undo: null, deadlineMs: 5 * minutes }, { ...waitForEngine, deadlineMs: 5 * minutes }]
}

/** For those that only know how to stop. */
function stopThen(stop: Command, start: Command): StepRecipe[] {
  return [{ id: 'stop', title: 'Stop the engine.', admin: 'no', run: stop, check: 'engine', prepares: true, undo: null, deadlineMs: 5 * minutes }, ...by(start)]
}

const linux: Condition = { platform: 'linux' }
const mac: Condition = { platform: 'darwin' }
const windows: Condition = { platform: 'win32' }

const startRecipes: readonly MendRecipe[] = [
  { product: 'docker', when: { ...linux, init: 'systemd' }, steps: by(['systemctl', 'start', 'docker.service'], 'asks', 90_000) },
  { product: 'docker', when: { ...linux, init: 'openrc' }, steps: by(['rc-service', 'docker', 'start'], 'asks', 90_000) },
  { product: 'docker', when: { ...linux, init: 'none' }, steps: [startDockerd, waitForEngine] },
  { product: 'podman', when: { ...linux, init: 'systemd', isRoot: false, userSession: true }, steps: by(['systemctl', '--user', 'start', 'podman.socket'], 'no', 90_000) },
  { product: 'podman', when: { ...linux, init: 'systemd' }, steps: by(['systemctl', 'start', 'podman.socket'], 'asks', 90_000) },
  { product: 'podman', when: mac, steps: by(['podman', 'machine', 'start']) },
  { product: 'podman', when: windows, steps: by(['podman', 'machine', 'start']) },
  { product: 'docker-desktop', when: linux, steps: by(['systemctl', '--user', 'start', 'docker-desktop']) },
  { product: 'docker-desktop', when: mac, steps: by(['open', '--background', '-a', 'Docker']) },
  { product: 'docker-desktop', when: windows, steps: windowsStart },
  { product: 'rancher-desktop', when: { program: 'rdctl' }, steps: by(['rdctl', 'start']) },
  { product: 'rancher-desktop', when: mac, steps: by(['open', '--background', '-a', 'Rancher Desktop']) },
  { product: 'colima', when: { program: 'colima' }, steps: by(['colima', 'start']) },
  { product: 'orbstack', when: mac, steps: by(['open', '--background', '-a', 'OrbStack']) },
]

/** A program that hangs is ended by what restarts it, once it has had its time to end by itself. */
const restartRecipes: readonly MendRecipe[] = [
  { product: 'docker', when: { ...linux, init: 'systemd' }, steps: again(['systemctl', 'restart', 'docker.service'], 'asks') },
  { product: 'docker', when: { ...linux, init: 'openrc' }, steps: again(['rc-service', 'docker', 'restart'], 'asks') },
  { product: 'docker', when: { ...linux, init: 'none' }, steps: [stopDockerd, startDockerd, waitForEngine] },
  { product: 'podman', when: { ...linux, init: 'systemd', isRoot: false, userSession: true }, steps: again(['systemctl', '--user', 'restart', 'podman.socket', 'podman.service']) },
  { product: 'podman', when: { ...linux, init: 'systemd' }, steps: again(['systemctl', 'restart', 'podman.socket', 'podman.service'], 'asks') },
  { product: 'podman', when: mac, steps: stopThen(['podman', 'machine', 'stop'], ['podman', 'machine', 'start']) },
  { product: 'podman', when: windows, steps: stopThen(['podman', 'machine', 'stop'], ['podman', 'machine', 'start']) },
  { product: 'docker-desktop', when: linux, steps: again(['systemctl', '--user', 'restart', 'docker-desktop']) },
  { product: 'docker-desktop', when: { program: 'docker' }, steps: again(['docker', 'desktop', 'restart']) },
  { product: 'rancher-desktop', when: { program: 'rdctl' }, steps: stopThen(['rdctl', 'shutdown'], ['rdctl', 'start']) },
  { product: 'colima', when: { program: 'colima' }, steps: again(['colima', 'restart']) },
  { product: 'orbstack', when: { program: 'orb' }, steps: again(['orb', 'restart', 'docker']) },
]

/** Elsewhere an engine belongs to whoever installed it, and has no group. */
const allowRecipes: readonly MendRecipe[] = [{ product: 'docker', when: linux, steps: [...accessToDocker, waitForEngine] }]

export const mendRecipes: Readonly<Record<Mending, readonly MendRecipe[]>> = { start: startRecipes, restart: restartRecipes, allow: allowRecipes }
