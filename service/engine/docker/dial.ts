import { connect, type Socket } from 'node:net'
import { DepinError } from '../../../contract/errors.ts'
import { withDeadline } from '../../base/index.ts'
import { containerGone, containerNotRunning, portNotAsked } from '../errors.ts'
import type { ContainerEngine } from '../types.ts'
import { type ContainerJson, inspectJson } from './containers.ts'
import type { EngineContext } from './context.ts'

const connectDeadlineMs = 10_000

export function createDial({ client, clock }: EngineContext): Pick<ContainerEngine, 'dial'> {
  const lookups = new Map<string, Promise<ContainerJson | null>>()

  /**
   * Asked anew for each connection, shared only among those that wait right now: a port is another container's as soon
   * as this one has stopped.
   */
  function lookUp(containerId: string): Promise<ContainerJson | null> {
    const underWay = lookups.get(containerId)
    if (underWay !== undefined) return underWay
    const lookup = inspectJson(client, containerId).finally(() => lookups.delete(containerId))
    lookups.set(containerId, lookup)
    return lookup
  }

  return {
    async dial(containerId, port, signal) {
      return await withDeadline(clock, `a connection to port ${port}`, connectDeadlineMs, async (deadline) => {
        const address = addressOf(await lookUp(containerId), containerId, port)
        return await connectTo(address, deadline)
      }, signal)
    },
  }
}

/** Where the engine listens on this machine for a container's port. */
function addressOf(json: ContainerJson | null, containerId: string, port: number): { host: string, port: number } {
  if (json === null) throw containerGone(containerId)
  if (json.State.Status !== 'running' && json.State.Status !== 'paused') throw containerNotRunning(json.State.Status)
  const binding = json.NetworkSettings.Ports?.[`${port}/tcp`]?.[0]
  if (binding === undefined) throw portNotAsked(port)
  return { host: binding.HostIp === '::1' ? '::1' : '127.0.0.1', port: Number(binding.HostPort) }
}

function connectTo(address: { host: string, port: number }, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, allowHalfOpen: true, noDelay: true, keepAlive: true })
    const abandon = (): void => void socket.destroy()
    signal.addEventListener('abort', abandon, { once: true })
    const failed = (cause: Error): void => {
      signal.removeEventListener('abort', abandon)
      reject(new DepinError('E_APP_FAILED', 'The container takes no connection on this port.', { next: 'Look in its log: is the program listening?', cause }))
    }
    socket.once('error', failed)
    socket.once('connect', () => {
      signal.removeEventListener('abort', abandon)
      socket.off('error', failed)
      resolve(socket)
    })
  })
}
