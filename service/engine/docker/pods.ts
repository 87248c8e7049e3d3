import { DepinError } from '../../../contract/errors.ts'
import { withDeadline } from '../../base/index.ts'
import { containerGone } from '../errors.ts'
import { ensureGuardImage } from '../guard/image.ts'
import { containerName, isSameOwner, labelKeys, networkName, podName, podOf, spareName } from '../names.ts'
import { checkPodRequest } from '../request.ts'
import { type ContainerSpec, guardSpec, podPolicy } from '../spec.ts'
import type { ContainerEngine, Owner, PodInfo, PodPolicy, PodRequest } from '../types.ts'
import { type ContainerGlances, type ContainerJson, inspectJson, portsOf, stateOf, timeOf } from './containers.ts'
import type { NamedService } from '../guard/lookups.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { Guards } from './guards.ts'
import type { NetworkAddresses, PodNetworks } from './networks.ts'
import { Spares } from './spares.ts'

type Pods = Pick<ContainerEngine, 'ensurePod' | 'setPodPolicy' | 'podCounters' | 'podDestinations' | 'listPods' | 'removePods' | 'keepSpares'>

/** The guard's image is a few kB. */
const loadDeadlineMs = 30_000

type Images = Parameters<typeof ensureGuardImage>[0]

/** Pods by their guards: made, and found again after a restart of the service. */
export function createPods(context: EngineContext, networks: PodNetworks, images: Images, glances: ContainerGlances): Pods & { ready: (name: string) => Promise<unknown> } {
  const pods = new PodMaker(context, networks, images, glances)
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
      await Promise.all(found.filter((pod) => isSameOwner(pod.owner, owner)).map((pod) => pods.remove(pod)))
    },
    keepSpares: (node, count) => pods.spares.keep(node, count),
    // Docker looks for the pod at the start only, so both can be made at once; Podman wants it at the create
    ready: async (name) => context.traits.kind === 'podman' ? await underWay.get(name) : undefined,
  }
}

class PodMaker {
  readonly guards: Guards
  readonly spares: Spares
  readonly #context: EngineContext
  readonly #networks: PodNetworks
  readonly #images: Images
  readonly #glances: ContainerGlances
  #guardImage: Promise<string> | null = null

  constructor(context: EngineContext, networks: PodNetworks, images: Images, glances: ContainerGlances) {
    this.guards = new Guards(context)
    this.spares = new Spares(context, this.guards, networks, glances, () => this.#guardImageId())
    this.#context = context
    this.#networks = networks
    this.#images = images
    this.#glances = glances
  }

  async ensure(unchecked: PodRequest): Promise<PodInfo> {
    const request = checkPodRequest(unchecked)
    const podId = await this.#adopt(request) ?? await this.#takeSpare(request) ?? await this.#make(await this.#specOf(request))
    if (this.#context.traits.kind === 'podman') await this.#tellNames(request.owner)
    const json = await inspectJson(this.#context.client, podId)
    const info = json === null ? null : podInfo(json)
    if (info?.isRunning !== true) throw new DepinError('E_ENGINE', `The guard of ${request.service} has ended as soon as it was started.`, { next: 'It is made again at the next attempt.' })
    return info
  }

  async setPolicy(podId: string, policy: PodPolicy): Promise<void> {
    const json = await inspectJson(this.#context.client, podId)
    if (json === null) throw containerGone(podId)
    const info = podInfo(json)
    if (info === null) throw new DepinError('E_BAD_INPUT', 'This is no guard of ours.')
    await this.#close(json, info.owner, policy, await this.#portsOf(json, info))
  }

  async list(node: string): Promise<PodInfo[]> {
    const found = await this.#glances.listed(node)
    const guards = found.filter(({ Labels, Names }) => Labels[labelKeys.kind] === 'guard' && Names.some((name) => podOf(node, bare(name)) !== null))
    const infos = await Promise.all(guards.map((guard) => this.#glances.at(guard)))
    return infos.flatMap((json) => (json === null ? null : podInfo(json)) ?? []).filter((info) => info.owner.node === node)
  }

  /**
   * Docker has names for the services of a lease. Podman's name server is at the gateway, which guests are closed off from, so
   * each guard of the lease is told the names of all.
   */
  async #tellNames(owner: Owner): Promise<void> {
    const pods = (await this.list(owner.node)).filter((pod) => isSameOwner(pod.owner, owner) && pod.isRunning)
    const jsons = await Promise.all(pods.map(({ id }) => inspectJson(this.#context.client, id)))
    const names = jsons.flatMap((json) => json === null ? [] : namesOf(json, owner))
    await Promise.all(pods.map(async ({ id }) => {
      // one that ends meanwhile is told when it is made again
      await (await this.guards.channel(id)).setServices(names).catch((error: unknown) => this.#context.log.debug('a guard was not told the names of its lease', { podId: id, error }))
    }))
  }

  /** A pod that was a spare takes its network with it. */
  async remove(pod: PodInfo): Promise<void> {
    const json = await inspectJson(this.#context.client, pod.id)
    await this.guards.remove(pod.id)
    if (json?.Config.Labels?.[labelKeys.spare] !== undefined) await this.#networks.remove(networkOf(json, pod.owner))
  }

  /** The guard's own word where it was made for its lease; else its guest's, who has the same ports. */
  async #portsOf(json: ContainerJson, { owner, service }: PodInfo): Promise<number[]> {
    if (json.Config.Labels?.[labelKeys.spare] === undefined) return portsOf(json)
    const guest = await inspectJson(this.#context.client, containerName(owner, service))
    return guest === null ? [] : portsOf(guest)
  }

  async #close(json: ContainerJson, owner: Owner, policy: PodPolicy, ports: readonly number[]): Promise<void> {
    const peers = await this.#networks.addresses(owner.node, networkOf(json, owner))
    if (peers === null) throw new DepinError('E_ENGINE', 'The network of a lease is gone.', { next: 'Its service is made again at the next attempt.' })
    const channel = await this.guards.channel(json.Id)
    await channel.setPolicy(podPolicy({ policy, ports: [...ports] }, peers))
  }

  async #specOf(request: PodRequest): Promise<ContainerSpec> {
    const { isNative, traits } = this.#context
    const [guardImageId, peers] = await Promise.all([this.#guardImageId(), this.#peers(request)])
    return guardSpec(request, { guardImageId, peers, isPublished: !isNative }, traits)
  }

  /** Of the lease's network, which is made unless it is there. */
  async #peers({ owner }: PodRequest): Promise<NetworkAddresses> {
    const name = networkName(owner)
    const known = await this.#networks.addresses(owner.node, name)
    if (known !== null) return known
    await this.#networks.ensureNetwork(owner)
    const made = await this.#networks.addresses(owner.node, name)
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
   * What is there is kept, since containers may be in it: its ports are those of its making. Null when nothing
   * is, or only what never ran and was made for an older request.
   */
  async #adopt(request: PodRequest): Promise<string | null> {
    const made = await this.#findMade(request)
    if (made === null) return null
    if (made.State.Status === 'created' && made.Config.Labels?.[labelKeys.spec] !== (await this.#specOf(request)).hash) {
      await this.guards.remove(made.Id)
      return null
    }
    if (made.State.Status !== 'running') await this.guards.start(made.Id)
    await this.#close(made, request.owner, request.policy, request.ports)
    return made.Id
  }

  /** One that is ready, named for this lease and closed by its policy. Null when there is none, or none that suits. */
  async #takeSpare(request: PodRequest): Promise<string | null> {
    if (!suitsSpare(request, this.#context)) return null
    const { client, log } = this.#context
    for (let spare = this.spares.take(request.owner.node); spare !== null; spare = this.spares.take(request.owner.node)) {
      const { id } = spare
      try {
        const json = await inspectJson(client, id)
        if (json?.State.Status !== 'running') throw new Error('it does not run')
        // whatever happens after this, it is found as this lease's pod, closed to everything until it is told otherwise
        await client.call('name a pod', 15_000, (docker, abortSignal) => docker.getContainer(id).rename({ name: podName(request.owner, request.service), abortSignal }))
        await this.#close(json, request.owner, request.policy, request.ports)
        return id
      } catch (error) {
        log.info('a spare pod could not be used', { podId: id, error })
        await this.spares.discard(spare)
      }
    }
    return null
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

  async #findMade({ owner, service }: PodRequest): Promise<ContainerJson | null> {
    const name = podName(owner, service)
    const json = await inspectJson(this.#context.client, name)
    if (json === null || podInfo(json) !== null) return json
    throw new DepinError('E_ENGINE', `Another container has the name ${name}.`, { next: `Remove it: docker rm -f ${name}` })
  }
}

/** All that a pod gets at its making and cannot be given later must be what a spare has. */
function suitsSpare({ alone, hostname, aliases, ports, policy: { egress } }: PodRequest, { isNative }: EngineContext): boolean {
  const asksNames = egress.tier === 'open' && egress.dns !== null
  return alone && hostname === null && aliases.length === 0 && !asksNames && (isNative || ports.length === 0)
}

/**
 * Whose a pod is, its name says, which only this node gives; labels may be copied, and a spare's are older than its lease.
 * Null for every other container.
 */
function podInfo(json: ContainerJson): PodInfo | null {
  const { Labels } = json.Config
  const name = bare(json.Name)
  const found = podOf(Labels?.[labelKeys.node] ?? '', name)
  if (found === null || Labels?.[labelKeys.kind] !== 'guard') return null
  const { IPAddress, Gateway } = json.NetworkSettings.Networks?.[networkOf(json, found.owner)] ?? {}
  return {
    ...found, id: json.Id, name, isRunning: stateOf(json.State.Status) === 'running', startedAtMs: timeOf(json.State.StartedAt),
    address: told(IPAddress), gateway: told(Gateway),
  }
}

/** Podman calls a container by its id as well. */
function namesOf(json: ContainerJson, owner: Owner): NamedService[] {
  const { Aliases, IPAddress } = json.NetworkSettings.Networks?.[networkOf(json, owner)] ?? {}
  const address = told(IPAddress)
  return address === null ? [] : (Aliases ?? []).filter((name) => !json.Id.startsWith(name)).map((name) => ({ name, address }))
}

/** The one network that a pod is on. */
function networkOf({ Config: { Labels } }: ContainerJson, owner: Owner): string {
  const spare = Labels?.[labelKeys.spare]
  return spare === undefined ? networkName(owner) : spareName(owner.node, spare)
}

function bare(name: string): string {
  return name.replace(/^\//, '')
}

/** Engines write an empty text for what is not there. */
function told(text: string | null | undefined): string | null {
  return text == null || text === '' ? null : text
}
