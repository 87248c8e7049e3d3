import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { imageNotFound } from '../errors.ts'
import { containerName, labelKeys, ownerOf } from '../names.ts'
import { type ContainerSpec, containerSpec } from '../spec.ts'
import type { ContainerEngine, ContainerInfo, ContainerRequest } from '../types.ts'
import type { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'

const ContainerJson = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({
    Status: z.string(),
    StartedAt: z.string().nullish(),
    FinishedAt: z.string().nullish(),
    ExitCode: z.number().nullish(),
    OOMKilled: z.boolean().nullish(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish(), Tty: z.boolean() }),
  HostConfig: z.object({ PortBindings: z.record(z.string(), z.unknown()).nullish() }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()).nullish(),
  }),
})
export type ContainerJson = z.infer<typeof ContainerJson>

export async function inspectJson(client: DockerClient, containerId: string, signal?: AbortSignal): Promise<ContainerJson | null> {
  try {
    const answer = await client.call('look at a container', 10_000, (docker, abortSignal) => (
      docker.getContainer(containerId).inspect({ abortSignal })
    ), signal)
    return ContainerJson.parse(answer)
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

/** Null for a container that is not ours, whatever its labels say: they may be copied, its name may not. */
export function containerInfo(json: ContainerJson): ContainerInfo | null {
  const owner = ownerOf(json.Config.Labels)
  const service = json.Config.Labels?.[labelKeys.service]
  const name = json.Name.replace(/^\//, '')
  if (owner === null || service === undefined || !isNamedAs(owner, service, name)) return null
  const state = stateOf(json.State.Status)
  const startedAtMs = timeOf(json.State.StartedAt)
  const ended = state === 'exited' || state === 'dead'
  return {
    id: json.Id, owner, service, name, state,
    health: healthOf(json.State.Health?.Status),
    startedAtMs,
    finishedAtMs: timeOf(json.State.FinishedAt),
    exitCode: ended && startedAtMs !== null ? json.State.ExitCode ?? null : null,
    oomKilled: json.State.OOMKilled ?? false,
    ports: Object.keys(json.HostConfig.PortBindings ?? {}).filter((port) => port.endsWith('/tcp')).map((port) => Number.parseInt(port, 10)),
  }
}

function isNamedAs(owner: ContainerInfo['owner'], service: string, name: string): boolean {
  try {
    return containerName(owner, service) === name
  } catch {
    return false
  }
}

function stateOf(status: string): ContainerInfo['state'] {
  switch (status) {
    case 'created': case 'running': case 'paused': case 'restarting': case 'exited': return status
    case 'configured': case 'initialized': return 'created'
    case 'stopped': case 'stopping': return 'exited'
    default: return 'dead'
  }
}

function healthOf(status: string | undefined): ContainerInfo['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none'
}

/** Engines write year 1 for never. */
function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '')
  return ms > 0 ? ms : null
}

type Containers = Pick<ContainerEngine, 'createContainer' | 'inspect' | 'listContainers'>

/** @param networkReady resolves when a network that is being made is there, for engines that want it first. */
export function createContainers({ client, traits, log }: EngineContext, networkReady: (name: string) => Promise<unknown>): Containers {
  async function inspect(containerId: string): Promise<ContainerInfo | null> {
    const json = await inspectJson(client, containerId)
    return json === null ? null : containerInfo(json)
  }

  /** A create whose answer was lost, or one from before a crash: the container is there under its name. */
  async function adopt(request: ContainerRequest, spec: ContainerSpec): Promise<ContainerInfo | null> {
    const json = await inspectJson(client, spec.name)
    if (json === null) return null
    const info = containerInfo(json)
    if (info?.owner.node !== request.owner.node || info.owner.leaseId !== request.owner.leaseId) {
      throw new DepinError('E_ENGINE', `Another container has the name ${spec.name}.`, { next: `Remove it: docker rm -f ${spec.name}` })
    }
    // what has run is kept as it is; what never did is made anew when the request has changed since
    if (info.state !== 'created' || json.Config.Labels?.[labelKeys.spec] === spec.hash) return info
    log.info('container that never ran is made anew', { container: spec.name })
    await client.call('remove a container', 30_000, (docker, abortSignal) => docker.getContainer(info.id).remove({ v: true, abortSignal }))
    return null
  }

  async function createOrAdopt(request: ContainerRequest, spec: ContainerSpec): Promise<ContainerInfo> {
    try {
      const created = await inspect(await client.create(spec))
      if (created !== null) return created
    } catch (error) {
      if (statusOf(error) === 404) throw imageNotFound(request.imageId, String(error))
      if (statusOf(error) !== 409) throw error
      const adopted = await adopt(request, spec)
      if (adopted !== null) return adopted
    }
    return await createOrAdopt(request, spec)
  }

  return {
    inspect,
    async createContainer(request) {
      const spec = containerSpec(request, traits)
      await networkReady(request.network)
      return await createOrAdopt(request, spec)
    },
    async listContainers(node) {
      const filters = { label: [`${labelKeys.node}=${node}`] }
      const found = await client.call('list the containers', 15_000, (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }))
      const infos = await Promise.all(found.map((container) => inspect(container.Id)))
      return infos.filter((info) => info !== null).filter((info) => info.owner.node === node)
    },
  }
}
