/** How each engine is started that is there and does not run. */
import { startDockerd, waitForEngine } from './linux.ts'
import type { Command, Condition, StartRecipe, StepRecipe } from './types.ts'
import { windowsStart } from './windows.ts'

const minutes = 60_000

function by(run: Command, admin: StepRecipe['admin'] = 'no', deadlineMs = 5 * minutes): StepRecipe[] {
  return [{ id: 'start', title: 'Start the engine.', admin, run, check: 'engine', undo: null, deadlineMs }, { ...waitForEngine, deadlineMs }]
}

const linux: Condition = { platform: 'linux' }
const mac: Condition = { platform: 'darwin' }
const windows: Condition = { platform: 'win32' }

export const startRecipes: readonly StartRecipe[] = [
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
