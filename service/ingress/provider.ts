import { DepinError } from '../../contract/errors.ts'
import { tunnelProtocol } from '../../contract/wire/v1/protocols.ts'
import type { IngressDeps } from './types.ts'

/** Joins a tenant's stream to its service, and counts what goes out. */
export function serveTunnels(deps: IngressDeps): void {
  const { network, leases, metering, dial } = deps
  network.handleDuplex(tunnelProtocol, async ({ leaseId, service, port }, caller) => {
    const lease = leases.get(leaseId, 'provider')
    if (lease?.peerId !== caller.peerId) throw new DepinError('E_NOT_FOUND', `There is no lease ${leaseId} of yours here.`)
    const { state } = lease.phase
    if (state !== 'running' && state !== 'grace') {
      throw new DepinError('E_LEASE_STATE', `The app is ${state} on this host.`, { next: state === 'suspended' ? 'It wakes when what it owes is paid.' : 'Try again in a moment.' })
    }
    const socket = await dial(leaseId, service, port, caller.signal)
    // the kernel counts what the service sends anyway, so nothing stands in the way of the bytes
    socket.once('close', metering.followEgress(leaseId, 'provider', () => socket.bytesRead))
    return socket
  })
}
