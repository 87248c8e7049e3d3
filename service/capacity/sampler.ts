import type { ResourceSample } from '../../contract/nouns/node.ts'
import type { Resources } from '../../contract/units.ts'
import type { Clock } from '../base/index.ts'
import type { ContainerUse, EngineHost } from '../engine/types.ts'
import type { Inventory } from './inventory.ts'

const mib = 1024 * 1024

interface Reading {
  atMs: number
  busyMs: number
  totalMs: number
  use: Map<string, ContainerUse>
}

export interface SamplerDeps {
  clock: Clock
  engine: EngineHost
  inventory: Inventory
  nodeId: string
}

/** Who uses what: two readings make one sample, so the first asks for a second reading right away. */
export function createSampler(deps: SamplerDeps): (limits: Resources, reserved: Resources) => Promise<ResourceSample> {
  let previous: Reading | undefined

  async function read(): Promise<Reading> {
    const use = await measureGuests(deps)
    return { atMs: deps.clock.monotonicMs(), ...deps.inventory.cpuTimesMs(), use }
  }

  return async (limits, reserved) => {
    previous ??= await read()
    const from = previous
    const to = await read()
    previous = to
    return describe(deps, from, to, limits, reserved)
  }
}

/** What each running guest has used since it started. */
export async function measureGuests({ engine, nodeId }: Pick<SamplerDeps, 'engine' | 'nodeId'>): Promise<Map<string, ContainerUse>> {
  if (engine.status().state !== 'ready') return new Map()
  const containers = await engine.require().listContainers(nodeId)
  return await engine.require().use(containers.filter((container) => container.state === 'running').map((container) => container.id))
}

function describe(deps: SamplerDeps, from: Reading, to: Reading, limits: Resources, reserved: Resources): ResourceSample {
  const { inventory, clock } = deps
  const total = { cpuMilli: inventory.cpuMilli(), memoryMiB: inventory.memoryMiB(), disk: inventory.disk() }
  const guestCpuMilli = guestsCpuMilli(from, to)
  const guestMemoryMiB = Math.round(sum([...to.use.values()].map((use) => use.memoryBytes)) / mib)
  const busyMilli = to.totalMs > from.totalMs ? Math.round(total.cpuMilli * (to.busyMs - from.busyMs) / (to.totalMs - from.totalMs)) : 0
  const usedMemoryMiB = total.memoryMiB - inventory.freeMemoryMiB()
  return {
    atMs: clock.nowMs(),
    measured: true,
    cpuMilli: { guests: guestCpuMilli, you: Math.max(0, busyMilli - guestCpuMilli), limit: limits.cpuMilli, total: total.cpuMilli },
    memoryMiB: { guests: guestMemoryMiB, you: Math.max(0, usedMemoryMiB - guestMemoryMiB), limit: limits.memoryMiB, total: total.memoryMiB },
    diskMiB: {
      guests: reserved.diskMiB,
      you: Math.max(0, total.disk.totalMiB - total.disk.freeMiB - reserved.diskMiB),
      limit: limits.diskMiB,
      total: total.disk.totalMiB,
    },
  }
}

function guestsCpuMilli(from: Reading, to: Reading): number {
  const elapsedMs = to.atMs - from.atMs
  if (elapsedMs <= 0) return 0
  const usedUs = sum([...to.use].map(([id, use]) => Math.max(0, use.cpuUsedUs - (from.use.get(id)?.cpuUsedUs ?? use.cpuUsedUs))))
  return Math.round(usedUs / elapsedMs)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
