import { connect, type Socket } from 'node:net'
import { DepinError } from '../../../contract/errors.ts'
import { withDeadline } from '../../base/index.ts'
import { containerGone, containerNotRunning, portNotAsked } from '../errors.ts'
import type { ContainerEngine } from '../types.ts'
import type { ContainerJson } from './containers.ts'
import type { EngineContext } from './context.ts'
import type { Published } from './published.ts'

const connectDeadlineMs = 10_000

export function createDial({ clock }: Pick<EngineContext, 'clock'>, published: Published<ContainerJson | null>): Pick<ContainerEngine, 'dial'> {
  async function open(containerId: string, port: number, signal: AbortSignal): Promise<Socket> {
    const { answer, isRemembered } = await published.of(containerId)
    try {
      return await connectTo(addressOf(answer, containerId, port), signal)
    } catch (error) {
      published.forget(containerId)
      if (!isRemembered || signal.aborted) throw error
    }
    // it may have been started again, and be published elsewhere now
    return await connectTo(addressOf((await published.of(containerId)).answer, containerId, port), signal)
  }

  return {
    dial: (containerId, port, signal) => (
      withDeadline(clock, `a connection to port ${port}`, connectDeadlineMs, (deadline) => open(containerId, port, deadline), signal)
    ),
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
