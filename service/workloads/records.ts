import type { ServiceStatus } from '../../contract/wire/v1/protocols.ts'
import type { ServiceRecord } from './types.ts'

/** What is remembered of a service after a look. */
export function recordOf(status: ServiceStatus, before: ServiceRecord | undefined, bootId: string): ServiceRecord {
  const isAlive = status.state === 'running' || status.state === 'paused'
  return { status, attempts: before?.attempts ?? 0, bootId: isAlive ? bootId : before?.bootId ?? bootId }
}
