import type { DoctorFinding } from '../../contract/nouns/node.ts'
import { checkEngine } from './checks/engine.ts'
import { checkDataDir, checkDisk, checkNode, checkUpdates } from './checks/machine.ts'
import { checkClock, checkNetwork, checkPeers, checkService } from './checks/network.ts'
import type { Check, HealthFacts } from './types.ts'

export type * from './types.ts'

/** In the order people should read them. */
const checks: readonly Check[] = [checkService, checkEngine, checkDataDir, checkDisk, checkNetwork, checkPeers, checkClock, checkNode, checkUpdates]

/** All checks that can be made from these facts. */
export function examine(facts: HealthFacts): DoctorFinding[] {
  return checks.flatMap((check) => check(facts) ?? [])
}
