import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { imageNotFound } from '../errors.ts'
import { containerName, isSameOwner, labelKeys, ownerOf, podName } from '../names.ts'
import { type ContainerSpec, containerSpec } from '../spec.ts'
import type { ContainerEngine, ContainerInfo, ContainerRequest } from '../types.ts'
import { paceOf, type Writer } from '../write-pace.ts'
import type { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { Glances, type Listed } from './glances.ts'
import type { Insides } from './insides.ts'

const ContainerJson = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({
    Status: z.string(),
    Pid: z.number().nullish(),
    StartedAt: z.string().nullish(),
    FinishedAt: z.string().nullish(),
    ExitCode: z.number().nullish(),
    OOMKilled: z.boolean().nullish(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish(), Tty: z.boolean() }),
  HostConfig: z.object({
    NanoCpus: z.number().nullish(), CpusetCpus: z.string().nullish(), CpuQuota: z.number().nullish(), CpuPeriod: z.number().nullish(),
    NetworkMode: z.string().nullish(), ExtraHosts: z.array(z.string()).nullish(),
  }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ Aliases: z.array(z.string()).nullish(), Gateway: z.string().nullish(), IPAddress: z.string().nullish(), IPPrefixLen: z.number().nullish() })).nullish(),
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

/** Null: it has no disk of its own whose pace can be set. */
export async function writerOf({ disks }: Pick<EngineContext, 'disks'>, json: ContainerJson | null): Promise<Writer | null> {
  const owner = disks.says.means === 'loop' ? ownerOf(json?.Config.Labels) : null
  return json === null || owner === null ? null : { containerId: json.Id, pid: json.State.Pid ?? 0, devices: await disks.devices(owner) }
}

/** Null for a container that is not ours, whatever its labels say: they may be copied, its name may not. */
export function containerInfo(json: ContainerJson, { quotas, cores }: Pick<EngineContext, 'quotas' | 'cores'>): Omit<ContainerInfo, 'writes'> | null {
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
    cpuMilli: quotas === null ? cpuMilliOf(json.HostConfig) : quotas.of(json.Id, cpuMilliOf(json.HostConfig)),
    cores: cores?.kept(json.HostConfig.CpusetCpus ?? '') ?? null,
    ports: portsOf(json),
  }
}

export function portsOf({ Config: { Labels } }: ContainerJson): number[] {
  return (Labels?.[labelKeys.ports] ?? '').split(',').filter((port) => /^\d{1,5}$/.test(port)).map(Number)
}

function isNamedAs(owner: ContainerInfo['owner'], service: string, name: string): boolean {
  try {
    return containerName(owner, service) === name
  } catch {
    return false
  }
}

/** Podman tells a quota for each period, where Docker tells both in one. */
function cpuMilliOf({ NanoCpus: nano, CpuQuota: quota, CpuPeriod: period }: ContainerJson['HostConfig']): number | null {
  if (nano != null && nano > 0) return Math.round(nano / 1_000_000)
  return quota != null && period != null && quota > 0 && period > 0 ? Math.round(1000 * quota / period) : null
}

export function stateOf(status: string): ContainerInfo['state'] {
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
export function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '')
  return ms > 0 ? ms : null
}

export type ContainerGlances = Glances<ContainerJson, Listed & { Labels: Readonly<Record<string, string>> }>

export function createGlances({ client, clock }: Pick<EngineContext, 'client' | 'clock'>): ContainerGlances {
  const glances: ContainerGlances = new Glances(clock, (containerId) => inspectJson(client, containerId), (node) => {
    const filters = { label: [`${labelKeys.node}=${node}`] }
    return client.call('list the containers', 15_000, (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }))
  })
  client.onWrite(() => glances.changed())
  return glances
}

type Containers = Pick<ContainerEngine, 'createContainer' | 'inspect' | 'listContainers'>

/** @param podReady resolves when a pod that is being made is there, for engines that want it first. */
export function createContainers(
  context: EngineContext, glances: ContainerGlances, insides: Pick<Insides, 'of'>, podReady: (name: string) => Promise<unknown>,
): Containers {
  const { client, traits, quotas, log } = context

  async function infoOf(json: ContainerJson | null): Promise<ContainerInfo | null> {
    const info = json === null ? null : containerInfo(json, context)
    if (info === null) return null
    const writer = await writerOf(context, json)
    return { ...info, writes: writer === null ? null : await paceOf(writer) }
  }

  async function inspect(containerId: string): Promise<ContainerInfo | null> {
    return await infoOf(await inspectJson(client, containerId))
  }

  async function createNew(spec: ContainerSpec): Promise<ContainerInfo> {
    const id = await client.create(spec)
    quotas?.made(id)
    const info = await inspect(id)
    if (info === null) throw new DepinError('E_ENGINE', `The container ${spec.name} was removed while it was made.`, { next: 'It is made again at the next attempt.' })
    return info
  }

  /** A create whose answer was lost, or one from before a crash, is there under its name; null when nothing is. */
  async function findMade({ owner }: ContainerRequest, spec: ContainerSpec): Promise<{ info: ContainerInfo, isCurrent: boolean } | null> {
    const json = await inspectJson(client, spec.name)
    if (json === null) return null
    const info = await infoOf(json)
    if (info === null || !isSameOwner(info.owner, owner)) {
      throw new DepinError('E_ENGINE', `Another container has the name ${spec.name}.`, { next: `Remove it: docker rm -f ${spec.name}` })
    }
    return { info, isCurrent: json.Config.Labels?.[labelKeys.spec] === spec.hash }
  }

  async function createOrAdopt(request: ContainerRequest, spec: ContainerSpec): Promise<ContainerInfo> {
    try {
      return await createNew(spec)
    } catch (error) {
      // 409 from Docker; older Podman has no status of its own for a name that is taken
      const status = statusOf(error)
      const made = status === null ? null : await findMade(request, spec)
      if (made === null) throw status === 404 ? imageNotFound(request.imageId, String(error)) : error
      // what has run is kept as it is; what never did is made anew when the request has changed since
      if (made.info.state !== 'created' || made.isCurrent) return made.info
      log.info('container that never ran is made anew', { container: spec.name })
      await client.call('remove a container', 30_000, (docker, abortSignal) => docker.getContainer(made.info.id).remove({ v: true, abortSignal }))
      return await createNew(spec)
    }
  }

  return {
    inspect,
    async createContainer(request) {
      const [inside] = await Promise.all([insides.of(request), podReady(podName(request.owner, request.service))])
      return await createOrAdopt(request, containerSpec(request, traits, inside))
    },
    async listContainers(node) {
      const found = await glances.listed(node)
      const guests = found.filter(({ Labels }) => Labels[labelKeys.kind] === undefined)
      const infos = await Promise.all((await Promise.all(guests.map((container) => glances.at(container)))).map(infoOf))
      return infos.filter((info) => info?.owner.node === node).filter((info) => info !== null)
    },
  }
}
