import type { Clock, Logger } from '../../base/index.ts'
import type { Disks } from '../disk/means.ts'
import type { EngineTraits } from '../spec.ts'
import type { ContainerEngine } from '../types.ts'
import type { DockerClient } from './client.ts'
import type { Cores } from './cores.ts'
import type { Quotas } from './quotas.ts'

/** What the pieces of one engine share. */
export interface EngineContext {
  client: DockerClient
  status: ContainerEngine['status']
  traits: EngineTraits
  /** Where the engine keeps images and volumes, when that is a path of this machine; else null. */
  rootDir: string | null
  /** Containers' networks are this machine's own: it has a way to their addresses. */
  isNative: boolean
  disks: Disks
  /** Null where guests cannot be kept to some of them. */
  cores: Cores | null
  /** Null where the engine tells them itself. */
  quotas: Quotas | null
  clock: Clock
  log: Logger
}
