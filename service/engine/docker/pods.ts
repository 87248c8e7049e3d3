import { DepinError } from '../../../contract/errors.ts'
import { withDeadline } from '../../base/index.ts'
import { containerGone } from '../errors.ts'
import { ensureGuardImage } from '../guard/image.ts'
import { isSameOwner, labelKeys, networkName, ownerOf, podName } from '../names.ts'
import { checkPodRequest } from '../request.ts'
import { type ContainerSpec, guardSpec, podPolicy } from '../spec.ts'
import type { ContainerEngine, NetworkInfo, Owner, PodInfo, PodPolicy, PodRequest } from '../types.ts'
import { type ContainerJson, inspectJson, portsOf, stateOf, timeOf } from './containers.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { Guards } from './guards.ts'
import type { NetworkAddresses } from './networks.ts'

type Pods = Pick<ContainerEngine, 'ensurePod' | 'setPodPolicy' | 'podCounters' | 'podDestinations' | 'listPods' | 'removePods'>

/** The guard's image is a few kB. */
const loadDeadlineMs = 30_000

interface PodNetworks {
  ensure: (owner: Owner) => Promise<NetworkInfo>
  /** Null when it is not there. */
  addresses: (owner: Owner) => Promise<NetworkAddresses | null>
}
type Images = Parameters<typeof ensureGuardImage>[0]

/** Pods by their guards: made, and found again after a restart of the service. */
export function createPods(context: EngineContext, networks: PodNetworks, images: Images): Pods & { ready: (name: string) => Promise<unknown> } {
  const pods = new PodMaker(context, networks, images)
  const underWay = new Map<string, Promise<PodInfo>>()
  return {
    async ensurePod(request) {
      const name = podName(request.owner, request.service)
      const making = (underWay.get(name) ?? Promise.resolve()).catch(() => undefined).then(() => pods.ensure(request))
      underWay.set(name, making)
      return await making.finally(() => { if (underWay.get(name) === making) underWay.delete(name) })
    },
    setPodPolicy: (podId, policy) => pods.setPolicy(podId, policy),
    podCounters: async (podId) => await (await pods.guards.channel(podId)).counters(),
    podDestinations: async (podId) => await (await pods.guards.channel(podId)).destinations(),
    listPods: (node) => pods.list(node),
    async removePods(owner) {
      const found = await pods.list(owner.node)
      await Promise.all(found.filter((pod) => isSameOwner(pod.owner, owner)).map((pod) => pods.guards.remove(pod.id)))
    },
    // Docker looks for the pod at the start only, so both can be made at once; Podman wants it at the create
    ready: async (name) => context.traits.kind === 'podman' ? await underWay.get(name) : undefined,
  }
}

class PodMaker {
  readonly guards: Guards
  readonly #context: EngineContext
  readonly #networks: PodNetworks
  readonly #images: Images
  #guardImage: Promise<string> | null = null

  constructor(context: EngineContext, networks: PodNetworks, images: Images) {
    this.guards = new Guards(context)
    this.#context = context
    this.#networks = networks
    this.#images = images
  }

  async ensure(unchecked: PodRequest): Promise<PodInfo> {
    const request = checkPodRequest(unchecked)
    const { owner, service } = request
    const { client, isNative, traits } = this.#context
    const [guardImageId, peers, made] = await Promise.all([this.#guardImageId(), this.#peers(owner), this.#findMade(owner, podName(owner, service))])
    const spec = guardSpec(request, { guardImageId, peers, isPublished: !isNative }, traits)
    const podId = await this.#adopt(made, spec, request) ?? await this.#make(spec)
    const json = await inspectJson(client, podId)
    const info = json === null ? null : podInfo(json)
    if (info?.isRunning !== true) throw new DepinError('E_ENGINE', `The guard of ${service} has ended as soon as it was started.`, { next: 'It is made again at the next attempt.' })
    return info
  }

  async setPolicy(podId: string, policy: PodPolicy): Promise<void> {
    const json = await inspectJson(this.#context.client, podId)
    if (json === null) throw containerGone(podId)
    const owner = ownerOf(json.Config.Labels)
    if (owner === null || podInfo(json) === null) throw new DepinError('E_BAD_INPUT', 'This is no guard of ours.')
    const channel = await this.guards.channel(podId)
    await channel.setPolicy(podPolicy({ policy, ports: portsOf(json) }, await this.#peers(owner)))
  }

  async list(node: string): Promise<PodInfo[]> {
    const { client } = this.#context
    const filters = { label: [`${labelKeys.node}=${node}`] }
    const found = await client.call('list the guards', 15_000, (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }))
    const guards = found.filter(({ Labels }) => Labels[labelKeys.kind] === 'guard')
    const infos = await Promise.all(guards.map(async ({ Id }) => await inspectJson(client, Id)))
    return infos.flatMap((json) => (json === null ? null : podInfo(json)) ?? []).filter((info) => info.owner.node === node)
  }

  /** Of the lease's network, which is nearly always there. */
  async #peers(owner: Owner): Promise<NetworkAddresses> {
    const known = await this.#networks.addresses(owner)
    if (known !== null) return known
    await this.#networks.ensure(owner)
    const made = await this.#networks.addresses(owner)
    if (made === null) throw new DepinError('E_ENGINE', 'The network of a lease was removed while it was made.', { next: 'It is made again at the next attempt.' })
    return made
  }

  /** Loaded once for each connection; whoever removes it meanwhile makes the next create fail, and that makes it anew. */
  #guardImageId(): Promise<string> {
    this.#guardImage ??= withDeadline(this.#context.clock, 'the guard’s image', loadDeadlineMs, (signal) => ensureGuardImage(this.#images, signal)).then(({ id }) => id, (error: unknown) => {
      this.#guardImage = null
      throw error
    })
    return this.#guardImage
  }

  /**
   * What is there is kept, since containers may be in it: its ports and hosts are those of its making. Null when nothing
   * is, or only what never ran and was made for an older request.
   */
  async #adopt(made: ContainerJson | null, spec: ContainerSpec, request: PodRequest): Promise<string | null> {
    if (made === null) return null
    if (made.State.Status === 'created' && made.Config.Labels?.[labelKeys.spec] !== spec.hash) {
      await this.guards.remove(made.Id)
      return null
    }
    if (made.State.Status !== 'running') await this.guards.start(made.Id)
    await this.setPolicy(made.Id, request.policy)
    return made.Id
  }

  async #make(spec: ContainerSpec): Promise<string> {
    try {
      const podId = await this.#context.client.create(spec)
      await this.guards.start(podId)
      return podId
    } catch (error) {
      if (statusOf(error) === 404) this.#guardImage = null
      throw error
    }
  }

  async #findMade(owner: Owner, name: string): Promise<ContainerJson | null> {
    const json = await inspectJson(this.#context.client, name)
    if (json === null || isSameOwner(ownerOf(json.Config.Labels), owner) && podInfo(json) !== null) return json
    throw new DepinError('E_ENGINE', `Another container has the name ${name}.`, { next: `Remove it: docker rm -f ${name}` })
  }
}

/** Null for a container that is no guard of ours, whatever its labels say: they may be copied, its name may not. */
function podInfo(json: ContainerJson): PodInfo | null {
  const owner = ownerOf(json.Config.Labels)
  const service = json.Config.Labels?.[labelKeys.service]
  const name = json.Name.replace(/^\//, '')
  if (owner === null || service === undefined || json.Config.Labels?.[labelKeys.kind] !== 'guard' || !isNamedAs(owner, service, name)) return null
  const { IPAddress, Gateway } = json.NetworkSettings.Networks?.[networkName(owner)] ?? {}
  return {
    id: json.Id, owner, service, name, isRunning: stateOf(json.State.Status) === 'running', startedAtMs: timeOf(json.State.StartedAt),
    address: told(IPAddress), gateway: told(Gateway),
    hosts: (json.HostConfig.ExtraHosts ?? []).map((line) => ({ name: line.slice(0, line.indexOf(':')), address: line.slice(line.indexOf(':') + 1) })),
  }
}

function isNamedAs(owner: Owner, service: string, name: string): boolean {
  try {
    return podName(owner, service) === name
  } catch {
    return false
  }
}

/** Engines write an empty text for what is not there. */
function told(text: string | null | undefined): string | null {
  return text == null || text === '' ? null : text
}
