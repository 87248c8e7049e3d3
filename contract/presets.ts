/** Ways to share that need no thinking: a new node begins with the second of them. Pure. */
import type { Resources } from './units.ts'

export const presetIds = ['light', 'balanced', 'generous'] as const
export type PresetId = (typeof presetIds)[number]

/** Percent of what the machine has. */
const parts: Record<PresetId, { cpu: number; memory: number; disk: number }> = {
  light: { cpu: 25, memory: 20, disk: 10 },
  balanced: { cpu: 50, memory: 40, disk: 30 },
  generous: { cpu: 75, memory: 60, disk: 60 },
}

/** Steps of the sliders. */
export const steps = { cpuMilli: 500, memoryMiB: 512, diskMiB: 1024 } as const

export function presetLimits(id: PresetId, machine: Resources): Resources {
  const { cpu, memory, disk } = parts[id]
  const part = (whole: number, percent: number, step: number) => Math.floor(whole * percent / 100 / step) * step
  return {
    cpuMilli: part(machine.cpuMilli, cpu, steps.cpuMilli), memoryMiB: part(machine.memoryMiB, memory, steps.memoryMiB), diskMiB: part(machine.diskMiB, disk, steps.diskMiB),
  }
}

/** The preset that these limits are; null: the owner's own. */
export function presetOf(limits: Resources, machine: Resources): PresetId | null {
  return presetIds.find((id) => {
    const preset = presetLimits(id, machine)
    return preset.cpuMilli === limits.cpuMilli && preset.memoryMiB === limits.memoryMiB && preset.diskMiB === limits.diskMiB
  }) ?? null
}
