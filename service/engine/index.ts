import type { BaseDeps } from '../base/index.ts'
import type { DiskOptions } from './disk/means.ts'
import { EngineWatch } from './host.ts'
import { createSocketFinder, machineFinderDeps } from './socket-finder.ts'
import type { EngineChoice, EngineHost } from './types.ts'

export * from './types.ts'
export { attack, type AttackResult, clearAttack, leaksOf } from './attack/attack.ts'
export { isPublicAddress } from './guard/addresses.ts'
export { type CounterName, counterNames } from './guard/counters.ts'
export { ownPublicAddresses } from './guard/own-addresses.ts'
export { ensureListener, type Listener } from './guard/listener.ts'
export { isMiningPool } from './guard/pools.ts'
export { imageArch, parsePlatform } from './platform.ts'
export { forbiddenWords, isForDockersGroup } from './forbidden.ts'
export { keptCores } from './kept-cores.ts'
export { engineNames, installedEngines, installedSentence } from './installed.ts'
export { hasPath, hasProgram, searchPath } from './search-path.ts'
export { type EngineSighting, surveyEngines } from './survey.ts'
export { freeWritesOf } from './write-pace.ts'

export interface EngineHostOptions extends BaseDeps {
  choice: EngineChoice
  /** How guests' disks are kept; left out: by whoever only looks. */
  disks?: DiskOptions
}

/** Finds this machine's container engine and keeps hold of it. */
export function createEngineHost(options: EngineHostOptions): EngineHost {
  return new EngineWatch(createSocketFinder(options.choice, machineFinderDeps(options, options.disks ?? null)), options)
}
