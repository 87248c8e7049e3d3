import type { FoundEngine, SetupPlan } from '../../../contract/nouns/engine-setup.ts'
import { formatSizeMiB } from '../../../contract/units.ts'
import type { MachineFacts } from '../machine/facts.ts'
import { asShell, type Step } from './fill.ts'
import { matches } from './match.ts'
import type { Condition, Mending, Recipe } from './types.ts'

type Blocked = Extract<SetupPlan, { kind: 'blocked' }>
export type Block = Pick<Blocked, 'reason' | 'message' | 'next'>

/** What works without an engine. */
export const stillWorks = [
  'Your own apps run on other hosts: deploy them from here.',
  'The dashboard, your earnings so far, your key and your invites work.',
] as const

const handbook = 'https://docs.docker.com/engine/install/'

/** Systems we could help if they were newer, from where on. */
const tooOld: readonly { when: Condition, least: string, next: string }[] = [
  { when: { platform: 'linux', family: ['ubuntu'] }, least: '20.04', next: 'Upgrade to Ubuntu 24.04 or later.' },
  { when: { platform: 'linux', family: ['debian'], notFamily: ['ubuntu'] }, least: '11', next: 'Upgrade to Debian 12 or later.' },
  { when: { platform: 'linux', family: ['rhel', 'centos'] }, least: '8', next: 'Upgrade to version 9 or later.' },
  { when: { platform: 'linux', family: ['fedora'], notFamily: ['rhel', 'centos'] }, least: '39', next: 'Upgrade to a Fedora that still gets updates.' },
  { when: { platform: 'linux', family: ['opensuse', 'suse'] }, least: '15.4', next: 'Upgrade to openSUSE Leap 15.6 or later.' },
  { when: { platform: 'darwin' }, least: '14', next: 'Update macOS in System Settings, under General, Software Update.' },
  { when: { platform: 'win32' }, least: '19045', next: 'Update Windows: on Windows 10 to version 22H2.' },
]

/** Why no engine can run here, whichever it were. */
export function systemBlock(facts: MachineFacts): Block | null {
  const has = (trait: MachineFacts['traits'][number]): boolean => facts.traits.includes(trait)
  if (has('wsl1')) return {
    reason: 'wsl1', message: 'This Linux runs in WSL 1, which cannot run an engine.', next: 'In Windows, change it to WSL 2: wsl --set-version <its name> 2. Or install Depin in Windows itself.',
  }
  if (has('container')) return {
    reason: 'inside-container', message: 'This is inside a container that may not make others.', next: 'Install Depin on the computer itself.',
  }
  if (facts.platform === 'other' || (facts.arch !== 'amd64' && facts.arch !== 'arm64' && !(facts.platform === 'linux' && facts.arch === 'arm'))) return {
    reason: 'processor', message: `There is no engine for this kind of computer (${facts.summary.platform}, ${facts.arch}).`, next: null,
  }
  if (facts.platform !== 'linux' && facts.virtualisation === 'off') return virtualisationBlock(facts)
  return null
}

function virtualisationBlock({ platform }: MachineFacts): Block {
  return platform === 'win32' ? {
    reason: 'virtualisation', message: 'The processor’s virtualisation is switched off, and the engine needs it.',
    next: 'Switch it on in the computer’s firmware settings (BIOS or UEFI), where it is called Intel VT-x, AMD-V or SVM. Then try again.',
  } : {
    reason: 'virtualisation', message: 'This Mac cannot run virtual machines, which the engine needs. That is so inside most virtual machines.', next: null,
  }
}

/** There is an engine, and another beside it would not help. */
export function engineBlock(found: readonly FoundEngine[]): Block | null {
  const first = (state: FoundEngine['state']): FoundEngine | undefined => found.find((engine) => engine.state === state)
  const [unsafe, hung, forbidden] = [first('unsafe'), first('hung'), first('forbidden')]
  if (unsafe !== undefined) return { reason: 'unsafe-engine', message: `${unsafe.name} is here, in a version that does not keep guests in. ${unsafe.message}`, next: `Update ${unsafe.name}, then try again.` }
  if (hung !== undefined) return { reason: 'hung-engine', message: `${hung.name} is here and does not answer.`, next: `Restart ${hung.name}, or the computer.` }
  return forbidden === undefined ? null : { reason: 'forbidden-engine', message: forbidden.message, next: null }
}

/** Where accounts are described, too, a group that is added by hand is gone with the next change. */
export function declaredAccess({ summary, user }: MachineFacts, { message }: FoundEngine): Block {
  return { reason: 'declared-system', message: `${message} ${summary.name} is described by its configuration, which is yours to change.`, next: `Add to it: users.users.${user}.extraGroups = [ "docker" ]; rebuild, then log out and in again.` }
}

/** Why there is no recipe for this machine. */
export function recipeBlock(facts: MachineFacts): Block {
  if (facts.traits.includes('declared')) return {
    reason: 'declared-system', message: `${facts.summary.name} is described by its configuration, which is yours to change.`, next: 'Add to it: virtualisation.docker.enable = true; and rebuild.',
  }
  if (facts.traits.includes('image-based')) return {
    reason: 'declared-system', message: `${facts.summary.name} is updated as one image, and most of its kind bring Podman along.`, next: 'Start it: systemctl --user enable --now podman.socket. If it is not there: rpm-ostree install podman, or transactional-update pkg install podman, and restart.',
  }
  const old = tooOld.find(({ when, least }) => matches(facts, when) && !matches(facts, { minVersion: least }))
  if (old !== undefined) return { reason: 'too-old', message: `${facts.summary.name} is too old for an engine that is safe.`, next: old.next }
  return { reason: 'unknown-system', message: `We have no recipe for ${facts.summary.name}.`, next: `Install Docker or Podman as its handbook says (${handbook}); Depin finds it by itself.` }
}

/** Disk that an installation must leave free, MiB: sharing would stop below it. */
const keepFreeMiB = 2048

/** Why this recipe cannot be followed here. */
export function recipeObstacle(facts: MachineFacts, recipe: Recipe, steps: readonly Step[]): Block | null {
  if (facts.memoryMiB < recipe.memoryMiB) return {
    reason: 'memory', message: `${recipe.engineName} needs ${formatSizeMiB(recipe.memoryMiB)} of memory; this computer has ${formatSizeMiB(facts.memoryMiB)}.`, next: null,
  }
  const needMiB = recipe.diskMiB + keepFreeMiB
  if (facts.freeDiskMiB < needMiB) return {
    reason: 'disk', message: `${recipe.engineName} needs ${formatSizeMiB(needMiB)} of free disk; there are ${formatSizeMiB(facts.freeDiskMiB)}.`, next: 'Free some space, then try again.',
  }
  return consentObstacle(facts, steps, 'install')
}

/** Whom to ask, where an administrator has to be and nobody can. */
export function consentObstacle({ consent }: MachineFacts, steps: readonly Step[], verb: 'install' | Mending): Block | null {
  const guarded = steps.filter(({ admin }) => admin === 'asks')
  if (consent !== null || guarded.length === 0) return null
  return {
    reason: 'no-consent', message: 'This needs an administrator, and nobody can be asked from here.',
    next: `Run “depin engine ${verb}” in a terminal. Or let an administrator run “${guarded.flatMap(({ run }) => run === null ? [] : [asShell(run)]).join(' && ')}”.`,
  }
}
