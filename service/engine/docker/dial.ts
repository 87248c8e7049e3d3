import { connect, type Socket } from 'node:net'
import { DepinError } from '../../../contract/errors.ts'
import { withDeadline } from '../../base/index.ts'
import { containerGone, containerNotRunning, portNotAsked } from '../errors.ts'
import type { ContainerEngine } from '../types.ts'
import { type ContainerJson, inspectJson, portsOf } from './containers.ts'
import type { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import type { Published } from './published.ts'

const connectDeadlineMs = 10_000

/** A container, and the pod whose network it is in. */
export interface Found { container: ContainerJson, pod: ContainerJson | null }

export async function lookUp(client: DockerClient, containerId: string): Promise<Found | null> {
  const container = await inspectJson(client, containerId)
  if (container === null) return null
  const pod = container.HostConfig.NetworkMode?.replace(/^container:/, '') ?? ''
  return { container, pod: pod === '' ? null : await inspectJson(client, pod) }
}

export function createDial({ clock, isNative }: Pick<EngineContext, 'clock' | 'isNative'>, published: Published<Found | null>): Pick<ContainerEngine, 'dial'> {
  async function open(containerId: string, port: number, signal: AbortSignal): Promise<Socket> {
    const { answer, isRemembered } = await published.of(containerId)
    try {
      return await connectTo(addressOf(answer, containerId, port, isNative), signal)
    } catch (error) {
      published.forget(containerId)
      if (!isRemembered || signal.aborted) throw error
    }
    // it may have been started again, and be published elsewhere now
    return await connectTo(addressOf((await published.of(containerId)).answer, containerId, port, isNative), signal)
  }

  return {
    dial: (containerId, port, signal) => (
      withDeadline(clock, `a connection to port ${port}`, connectDeadlineMs, (deadline) => open(containerId, port, deadline), signal)
    ),
  }
}

/** A pod's own address where this machine has a way to it; else where the engine listens for it on loopback. */
function addressOf(found: Found | null, containerId: string, port: number, isNative: boolean): { host: string, port: number } {
  if (found === null) throw containerGone(containerId)
  const { container, pod } = found
  if (container.State.Status !== 'running' && container.State.Status !== 'paused') throw containerNotRunning(container.State.Status)
  if (!portsOf(container).includes(port)) throw portNotAsked(port)
  const address = Object.values(pod?.NetworkSettings.Networks ?? {})[0]?.IPAddress
  if (isNative && address != null && address !== '') return { host: address, port }
  const binding = pod?.NetworkSettings.Ports?.[`${port}/tcp`]?.[0]
  if (binding === undefined) throw containerNotRunning('it has lost its network')
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
