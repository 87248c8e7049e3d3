import type { SharingState } from '../../../contract/nouns/node.ts'
import type { Resources } from '../../../contract/units.ts'
import type { Refusal } from '../../../contract/wire/v1/protocols.ts'
import type { SharingFacts } from '../types.ts'

/** Below this much free disk the machine itself suffers: sharing stops before. MiB. */
export const keepFreeDiskMiB = 2048

/** The one sharing state: the first row that applies wins (DESIGN section 4). */
export function sharingState(facts: SharingFacts): SharingState {
  const { settings, engine, owner: { target, holds } } = facts
  if (engine.state === 'missing') return { kind: 'engine-missing' }
  if (engine.state === 'stopped') return { kind: 'engine-stopped', hung: engine.hung, sinceMs: engine.sinceMs, nextRetryMs: engine.nextRetryMs }
  if (engine.state === 'forbidden') return { kind: 'engine-forbidden' }
  if (engine.state === 'unsafe') return { kind: 'engine-unsafe', update: engine.update }
  if (engine.state === 'ready' && engine.containment === 'broken') return { kind: 'uncontained' }
  if (settings.on && isDiskLow(facts)) return { kind: 'disk-full', freeMiB: facts.freeDiskMiB ?? 0 }
  if (!settings.on) return { kind: 'off' }
  if (target.kind === 'asleep') {
    const sinceMs = holds.find((hold) => hold.cause === target.cause)?.sinceMs ?? facts.nowMs
    return { kind: 'paused', cause: target.cause, sinceMs, untilMs: target.untilMs }
  }
  if (engine.state === 'looking' || engine.containment === 'unproven') return { kind: 'starting' }
  const held = target.kind === 'throttled' ? { cause: target.cause, cpuPercent: target.cpuPercent, untilMs: target.untilMs } : null
  if (facts.guests === 0) return { kind: 'ready', sinceMs: facts.readySinceMs, held }
  return { kind: 'sharing', sinceMs: facts.readySinceMs, guests: facts.guests, held }
}

/** Why a lease of this size is not taken now, with the numbers; null when it is. */
export function refusalFor(facts: SharingFacts, need: Resources): Refusal | null {
  const state = sharingState(facts)
  switch (state.kind) {
    case 'engine-missing':
    case 'engine-stopped':
    case 'engine-forbidden':
    case 'engine-unsafe':
    case 'uncontained':
    case 'starting': return { code: 'engine' }
    case 'disk-full': return { code: 'disk-full' }
    case 'off': return { code: 'sharing-off' }
    case 'paused': return { code: 'paused' }
    case 'ready':
    case 'sharing': return tooSmall(available(facts), need)
  }
}

/** What is offered and not yet promised. Disk is also bounded by what is really free, less what was promised and is still to be written. */
export function available(facts: SharingFacts): Resources {
  const { settings: { limits }, reserved, freeDiskMiB, unwrittenDiskMiB } = facts
  const offeredDiskMiB = limits.diskMiB - reserved.diskMiB
  return {
    cpuMilli: Math.max(0, limits.cpuMilli - reserved.cpuMilli),
    memoryMiB: Math.max(0, limits.memoryMiB - reserved.memoryMiB),
    diskMiB: Math.max(0, freeDiskMiB === null ? offeredDiskMiB : Math.min(offeredDiskMiB, freeDiskMiB - unwrittenDiskMiB - keepFreeDiskMiB)),
  }
}

export function tooSmall(have: Resources, need: Resources): Refusal | null {
  if (need.cpuMilli > have.cpuMilli) return { code: 'cpu', need: need.cpuMilli, have: have.cpuMilli }
  if (need.memoryMiB > have.memoryMiB) return { code: 'memory', need: need.memoryMiB, have: have.memoryMiB }
  if (need.diskMiB > have.diskMiB) return { code: 'disk', need: need.diskMiB, have: have.diskMiB }
  return null
}

function isDiskLow(facts: SharingFacts): boolean {
  return facts.freeDiskMiB !== null && facts.freeDiskMiB < keepFreeDiskMiB
}
