import type { Socket } from 'node:net'
import { DepinError } from '../../contract/errors.ts'
import { tunnelProtocol } from '../../contract/wire/v1/protocols.ts'
import type { IngressDeps } from './types.ts'

/** How often bytes of an open connection are added to the bill, ms. */
const countIntervalMs = 2_000

/** Joins a tenant's stream to its service, and counts what goes out. */
export function serveTunnels(deps: IngressDeps): void {
  const { network, leases, dial } = deps
  network.handleDuplex(tunnelProtocol, async ({ leaseId, service, port }, caller) => {
    const lease = leases.get(leaseId, 'provider')
    if (lease?.peerId !== caller.peerId) throw new DepinError('E_NOT_FOUND', `There is no lease ${leaseId} of yours here.`)
    const { state } = lease.phase
    if (state !== 'running' && state !== 'grace') {
      throw new DepinError('E_LEASE_STATE', `The app is ${state} on this host.`, { next: state === 'suspended' ? 'It wakes when what it owes is paid.' : 'Try again in a moment.' })
    }
    const socket = await dial(leaseId, service, port, caller.signal)
    countEgress(deps, leaseId, socket)
    return socket
  })
}

/** What the service sent: the kernel counts it anyway, so nothing stands in the way of the bytes. */
function countEgress({ clock, metering }: IngressDeps, leaseId: string, socket: Socket): void {
  let counted = 0
  const count = (): void => {
    const sent = socket.bytesRead
    if (sent > counted) metering.addEgress(leaseId, 'provider', sent - counted)
    counted = sent
  }
  let cancel = clock.after(countIntervalMs, tick)
  function tick(): void {
    count()
    cancel = clock.after(countIntervalMs, tick)
  }
  socket.once('close', () => {
    cancel()
    count()
  })
}
