/**
 * The only way into a guest: a stream for each TCP connection, from a local port of the tenant to a port of a service.
 */
import type { Socket } from 'node:net'
import type { BaseDeps } from '../base/index.ts'
import type { Leases } from '../market/index.ts'
import type { Metering } from '../metering/index.ts'
import type { Network } from '../network/types.ts'

/** A copy that can be reached. */
export interface TunnelTarget {
  provider: string
  leaseId: string
}

export interface ForwardOptions {
  service: string
  /** Port of the service. */
  port: number
  /** Port to listen on at 127.0.0.1; 0: any free one. */
  localPort: number
  /** The copies that run now: asked for each connection, so that a replacement is found. */
  targets: () => TunnelTarget[]
}

export interface ForwardCounts {
  connections: number
  totalConnections: number
  sentBytes: number
  receivedBytes: number
  /** The last connection that could not be made, in a sentence; null when the last one could. */
  problem: string | null
}

export interface Forward {
  readonly host: string
  readonly port: number
  counts(): ForwardCounts
  close(): Promise<void>
}

export interface Ingress {
  /** Tenant: listens. E_PORT_IN_USE. */
  forward(options: ForwardOptions): Promise<Forward>
}

export interface IngressDeps extends BaseDeps {
  network: Network
  leases: Leases
  metering: Metering
  /** Provider: a connection to a running service of a lease. Refuses with E_NOT_FOUND or E_LEASE_STATE. */
  dial: (leaseId: string, service: string, port: number, signal: AbortSignal) => Promise<Socket>
}
