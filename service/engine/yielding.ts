/**
 * The owner first, as far as the kernel can be told once and for all: guests weigh next to nothing against the owner's
 * programs, and their memory is taken back first. Weights inside the engine's own group would compete with each other only,
 * so guests get a group of their own beside the owner's.
 */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { HostConfig } from 'dockerode'
import type { Yielding } from '../../contract/nouns/owner.ts'
import type { ContainerLimits } from './types.ts'

const slice = 'depin.slice'
const group = '/depin'
/** The least that engines take: a fifth of a hundredth of what everything else has. */
const leastShares = 2
/**
 * Of all guests together, where everything else has 1024 (or 100). Not less, and not the kernel's `cpu.idle`: on a machine whose
 * owner uses all of it, guests could then neither be started nor even frozen, since freezing takes a moment of their time.
 */
const groupWeight = { v1: { least: '10', usual: '1024' }, v2: { least: '1', usual: '100' } }
/** Engines take no smaller reservation, MiB. */
const leastReservationMiB = 6
const systemctlDeadlineMs = 5_000

/** What decides what can be had. */
export interface CgroupFacts {
  kind: 'docker' | 'podman'
  driver: string
  version: string
  /** The engine's containers run in this machine's own kernel. */
  isLocal: boolean
  rootless: boolean
}

export interface YieldingTraits {
  /** Group that guests' groups are made in; null: where the engine puts all its containers. */
  cgroupParent: string | null
  /** Memory above the reservation is taken back first: so in the first version of groups; in the second it protects instead. */
  softMemory: boolean
  says: Yielding
  /** Does it while guests weigh as much as everything else: what they must do themselves, such as fall asleep, is then done soon. */
  whileHeavy: <Result>(work: () => Promise<Result>) => Promise<Result>
}

/** What needs the system's leave. Replaced in tests. */
export interface GroupTools {
  /** Creates the group if need be and writes one of its settings. */
  write(folder: string, file: string, value: string): Promise<void>
  systemctl(args: readonly string[]): Promise<void>
}

export const systemTools: GroupTools = {
  async write(folder, file, value) {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, file), value, { flag: 'r+' })
  },
  async systemctl(args) {
    await promisify(execFile)('systemctl', ['--no-ask-password', ...args], { timeout: systemctlDeadlineMs })
  },
}

/** Makes the guests' group where that is allowed, and says what could be had. */
export async function prepareYielding(facts: CgroupFacts, tools: GroupTools = systemTools): Promise<YieldingTraits> {
  const softMemory = facts.version === '1'
  const none = (why: string): YieldingTraits => ({ cgroupParent: null, softMemory, whileHeavy: (work) => work(), says: { weight: 'none', memory: softMemory && facts.isLocal, why } })
  if (!facts.isLocal) return none('The engine runs in a virtual machine: guests are held back by quotas and by sleep, not by weight.')
  if (facts.rootless) return none('The engine runs without root: guests are held back by quotas and by sleep, not by weight.')
  if (facts.kind === 'podman') return none('Podman is not given a group of its own: guests are held back by quotas and by sleep, not by weight.')
  const memory = softMemory
  const whyNoMemory = memory ? null : 'Guests’ memory is taken back first only when all of it is used up.'
  const weigh = facts.driver === 'systemd' ? sliceWeight(facts, tools) : groupWeightOf(facts, tools)
  if (await succeeds(weigh('least'))) {
    return { cgroupParent: facts.driver === 'systemd' ? slice : group, softMemory, whileHeavy: heavily(weigh), says: { weight: 'group', memory, why: whyNoMemory } }
  }
  return {
    cgroupParent: facts.driver === 'systemd' ? '-.slice' : '/', softMemory, whileHeavy: (work) => work(),
    says: { weight: 'each', memory, why: ['Each guest weighs next to nothing, but not all of them together: that needs administrator rights.', whyNoMemory].filter(Boolean).join(' ') },
  }
}

type Weigh = (weight: 'least' | 'usual') => Promise<void>

function sliceWeight({ version }: CgroupFacts, tools: GroupTools): Weigh {
  const [name, values] = version === '1' ? ['CPUShares', groupWeight.v1] as const : ['CPUWeight', groupWeight.v2] as const
  return (weight) => tools.systemctl(['set-property', '--runtime', slice, `${name}=${values[weight]}`])
}

function groupWeightOf({ version }: CgroupFacts, tools: GroupTools): Weigh {
  if (version === '1') return (weight) => tools.write(`/sys/fs/cgroup/cpu${group}`, 'cpu.shares', groupWeight.v1[weight])
  return async (weight) => {
    // the file is there once groups of the first level are told to share the processor
    await succeeds(tools.write('/sys/fs/cgroup', 'cgroup.subtree_control', '+cpu'))
    await tools.write(`/sys/fs/cgroup${group}`, 'cpu.weight', groupWeight.v2[weight])
  }
}

/** The first in makes it heavy, the last out light again. */
function heavily(weigh: Weigh): YieldingTraits['whileHeavy'] {
  let inside = 0
  return async (work) => {
    if (inside++ === 0) await succeeds(weigh('usual'))
    try {
      return await work()
    } finally {
      if (--inside === 0) await succeeds(weigh('least'))
    }
  }
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(() => true, () => false)
}

/** What the spec of every guest says of it. */
export function yieldingOf({ cpuMilli, memoryMiB }: ContainerLimits, traits: YieldingTraits | undefined): HostConfig {
  const isGrouped = traits?.says.weight === 'group'
  return {
    // among themselves, guests in a group of their own share as they pay
    CpuShares: isGrouped ? Math.max(leastShares, Math.round(cpuMilli * 1.024)) : leastShares,
    ...traits?.cgroupParent != null && { CgroupParent: traits.cgroupParent },
    ...traits?.softMemory === true && { MemoryReservation: Math.min(memoryMiB, Math.max(leastReservationMiB, Math.floor(memoryMiB / 8))) * 1024 ** 2 },
  }
}
