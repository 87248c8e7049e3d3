import { createHash } from 'node:crypto'
import type { ContainerCreateOptions, HostConfig, MountSettings } from 'dockerode'
import { attacherEntrypoint } from './disk/image.ts'
import { type LoopOrder, orderArguments } from './disk/orders.ts'
import { assertOwner, containerName, fileLayerName, labelKeys, lookName, networkName, ownerLabels, podName, spareLabels, spareName, volumeLabels, volumeOf } from './names.ts'
import { guardEntrypoint } from './guard/image.ts'
import type { NetworkPolicy } from './guard/policy.ts'
import { openingFrames, programArguments } from './guard/program.ts'
import { engineHealthcheck } from './healthcheck.ts'
import { checkLook, checkMountPaths, checkPodRequest, checkRequest } from './request.ts'
import { type ImageInside, scratchMounts } from './scratch.ts'
import type { ContainerRequest, ImageLook, Owner, PodRequest } from './types.ts'
import { yieldingOf, type YieldingTraits } from './yielding.ts'

const hardened = Symbol('hardened')

/**
 * What an engine is told to create. Only this file makes one, and an engine's client takes nothing else: no container
 * exists that did not come through here.
 */
export interface ContainerSpec {
  readonly name: string
  readonly options: Readonly<ContainerCreateOptions>
  /** Changes whenever anything in `options` does. */
  readonly hash: string
  readonly [hardened]: true
}

/** What differs between engines, as far as hardening is concerned. */
export interface EngineTraits {
  kind: 'docker' | 'podman'
  /**
   * `named`: the engine knows its own profile by the name `builtin` (Docker 23 and later), and is told to use it
   * whatever its configuration says (Docker Desktop's says unconfined). `implied`: it was seen to use its default
   * profile, and is not told.
   */
  seccomp: 'named' | 'implied'
  /** The sandbox that guests run in; null: the engine's ordinary runtime. */
  runtime: string | null
  /** How guests give way to the owner; left out: by the lowest weight in the engine's own group. */
  yielding?: YieldingTraits
}

/**
 * Throws E_BAD_INPUT when the request asks for anything that its owner may not have.
 *
 * @param inside what the image was found to have, which nobody vouches for; null: nobody has looked.
 */
export function containerSpec(unchecked: ContainerRequest, traits: EngineTraits, inside: ImageInside | null = null): ContainerSpec {
  const request = checkRequest(unchecked)
  return seal(containerName(request.owner, request.service), {
    Image: request.imageId,
    ...request.entrypoint !== null && { Entrypoint: [...request.entrypoint] },
    ...request.command !== null && { Cmd: [...request.command] },
    ...request.workingDir !== null && { WorkingDir: request.workingDir },
    ...request.user !== null && { User: request.user },
    ...request.stopSignal !== null && { StopSignal: request.stopSignal },
    ...request.healthcheck !== null && { Healthcheck: engineHealthcheck(request.healthcheck) },
    StopTimeout: Math.ceil(request.stopGraceMs / 1000),
    Env: Object.entries(request.env).map(([name, value]) => `${name}=${value}`),
    Tty: request.tty,
    OpenStdin: request.stdinOpen,
    Labels: { ...ownerLabels(request.owner), [labelKeys.service]: request.service, [labelKeys.ports]: request.ports.join() },
    HostConfig: {
      ...hardening(traits),
      ...limits(request, traits),
      ...yieldingOf(request.limits, traits.yielding),
      Init: request.init,
      // its service's own pod and no other network; an engine that does not have the pod refuses to start it
      NetworkMode: `container:${podName(request.owner, request.service)}`,
      Mounts: request.volumes.map((volume) => volumeMount(request.owner, volume)),
      Tmpfs: scratchMounts(request, inside, traits.kind),
    },
  })
}

/** What a guard is made for, besides what was asked. */
export interface PodPlace {
  /** Content id of the guard's own image. */
  guardImageId: string
  peers: Pick<NetworkPolicy['peers'], 'subnet' | 'gateway'>
  /** Whether ports are bound to this machine's loopback: where the service cannot reach the pod's address itself. */
  isPublished: boolean
}

/** As the guard is given it. */
export function podPolicy({ policy, ports }: Pick<PodRequest, 'policy' | 'ports'>, { subnet, gateway }: PodPlace['peers']): NetworkPolicy {
  return { ...policy, peers: { subnet, gateway, address: null }, ingress: { ports: [...ports], from: [gateway] } }
}

/**
 * The one container that has capabilities: it may change its own network namespace, where it is alone when it starts. Its
 * image is ours, and its arguments close the namespace before anything else.
 */
export function guardSpec(unchecked: PodRequest, place: PodPlace, traits: EngineTraits): ContainerSpec {
  const request = checkPodRequest(unchecked)
  const policy = podPolicy(request, place.peers)
  const published = place.isPublished ? request.ports : []
  const labels = { ...ownerLabels(request.owner), [labelKeys.service]: request.service, [labelKeys.ports]: request.ports.join() }
  const settings = guardSettings(policy, networkName(request.owner), [...new Set([request.service, ...request.aliases])], labels, place, traits)
  return seal(podName(request.owner, request.service), {
    ...settings,
    ...request.hostname !== null && { Hostname: request.hostname },
    ExposedPorts: Object.fromEntries(published.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      ...settings.HostConfig,
      // an empty host port lets the engine choose one
      PortBindings: Object.fromEntries(published.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: '' }]])),
    },
  })
}

/** A guard on a network of its own that lets nothing through, until a lease comes that it suits. */
export function spareSpec(node: string, id: string, place: Omit<PodPlace, 'isPublished'>, traits: EngineTraits): ContainerSpec {
  const name = spareName(node, id)
  const policy = podPolicy({ policy: { egress: { tier: 'none' }, denied: [], caps: { rateKbit: 1000, maxFlows: 1, newDestinationsPerSecond: 1, namesPerSecond: 2000 } }, ports: [] }, place.peers)
  return seal(name, guardSettings(policy, name, [], spareLabels(node, id), place, traits))
}

function guardSettings(
  policy: NetworkPolicy, network: string, aliases: string[], labels: Record<string, string>, place: Omit<PodPlace, 'isPublished'>, traits: EngineTraits,
): ContainerCreateOptions {
  const { egress } = policy
  return {
    Image: place.guardImageId,
    Entrypoint: [...guardEntrypoint],
    User: '0:0',
    Cmd: programArguments(openingFrames(policy)),
    OpenStdin: true,
    Labels: { ...labels, [labelKeys.kind]: 'guard' },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: aliases } } },
    HostConfig: {
      // the kernel's own rules are no sandbox's to apply
      ...hardening({ ...traits, runtime: null }),
      // and it may answer for names, at the port where they are asked for
      CapAdd: ['NET_ADMIN', 'NET_BIND_SERVICE'],
      LogConfig: { Type: 'none', Config: {} },
      NetworkMode: network,
      // as Docker has it: apps may listen on any port of their own network
      ...traits.kind === 'podman' && { Sysctls: { 'net.ipv4.ip_unprivileged_port_start': '0' } },
      // the guard itself, where there are names to ask for; without it names would be asked of this machine's own servers, past every rule
      Dns: [egress.tier === 'open' && egress.dns !== null ? egress.dns : '127.0.0.1'],
      // room for the engine's own start of it, which happens within these limits; the guard itself sleeps in half a MiB
      ...limits({ limits: { memoryMiB: 32, cpuMilli: 1000, pids: 32 }, shmMiB: null }, { runtime: null }),
    },
  }
}

/**
 * A container that is never started: files are put on top of its image, and it is committed. Its root can be written
 * because the engine refuses to put files otherwise.
 *
 * @param command for images that have none of their own: engines refuse to create those without.
 */
export function fileLayerSpec(
  owner: Owner, service: string, imageId: string, command: readonly string[] | null, traits: EngineTraits,
): ContainerSpec {
  assertOwner(owner)
  return unstarted(fileLayerName(owner, service), { owner, imageId }, command, { ...hardening(traits), ReadonlyRootfs: false })
}

/**
 * A container that is never started, to see what an image has inside. What the image declares as a volume is covered: an
 * engine would copy all of it when the container is made.
 */
export function lookSpec(unchecked: ImageLook, imageVolumes: readonly string[], traits: EngineTraits): ContainerSpec {
  const look = checkLook(unchecked)
  const Mounts = checkMountPaths(imageVolumes).map((Target): MountSettings => ({ Type: 'tmpfs', Source: '', Target }))
  return unstarted(lookName(look.owner, look.service, look.imageId), look, ['none'], { ...hardening(traits), Mounts })
}

/** Its labels are those of its lease's images, with which it is removed when it was left. */
function unstarted(name: string, { owner, imageId }: Pick<ImageLook, 'owner' | 'imageId'>, command: readonly string[] | null, host: HostConfig): ContainerSpec {
  return seal(name, {
    Image: imageId,
    ...command !== null && { Cmd: [...command] },
    Labels: { [labelKeys.imageNode]: owner.node, [labelKeys.imageLease]: owner.leaseId },
    HostConfig: { ...host, NetworkMode: 'none' },
  })
}

/** What the attacher is made for, besides what it is told. */
export interface AttacherPlace {
  /** Content id of its image. */
  imageId: string
  /** The folder of images on this machine. */
  directory: string
  /** Who may open the images, and the group that may open loop devices. */
  uid: number
  gid: number
  devicesGid: number
  /** Names the container, and whose it is, so that one that was left is found. */
  run: string
  label: string
}

/**
 * The one container that sees devices: loop devices (major 7, and their control) and the folder of images, nothing else, and
 * no capability. It runs a program of ours that takes a few exact words, and no guest has a say in any of them.
 */
export function attacherSpec(order: LoopOrder, place: AttacherPlace, traits: EngineTraits): ContainerSpec {
  const mount = (Source: string, Target: string, ReadOnly: boolean): MountSettings => ({ Type: 'bind', Source, Target, ReadOnly })
  return seal(`depin-disk-${place.run}`, {
    Image: place.imageId,
    Entrypoint: [...attacherEntrypoint],
    Cmd: orderArguments(order),
    User: `${place.uid}:${place.gid}`,
    Labels: { [labelKeys.disk]: place.label },
    HostConfig: {
      ...hardening({ ...traits, runtime: null }),
      ...limits({ limits: { memoryMiB: 16, cpuMilli: 1000, pids: 1 }, shmMiB: null }, { runtime: null }),
      NetworkMode: 'none',
      GroupAdd: [String(place.devicesGid)],
      DeviceCgroupRules: ['b 7:* rwm', 'c 10:237 rwm'],
      Mounts: [mount(place.directory, '/store', false), mount('/dev', '/devices', true)],
    },
  })
}

/** The types of dockerode lag behind the API. */
interface Hardening extends HostConfig { CgroupnsMode: 'private' }

/** An engine makes a volume that is not there; with its labels, it is found again like any other. */
function volumeMount(owner: Owner, { name, path, readOnly }: ContainerRequest['volumes'][number]): MountSettings {
  const Labels = volumeLabels(owner, volumeOf(owner, name) ?? '')
  return { Type: 'volume', Source: name, Target: path, ReadOnly: readOnly, VolumeOptions: { NoCopy: false, Labels, DriverConfig: { Name: 'local', Options: {} } } }
}

function hardening(traits: EngineTraits): Hardening {
  return {
    Privileged: false,
    CapAdd: [],
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges', ...traits.seccomp === 'named' ? ['seccomp=builtin'] : []],
    ...traits.runtime !== null && { Runtime: traits.runtime },
    ReadonlyRootfs: true,
    Binds: [],
    Devices: [],
    // private wherever that is not what an empty string means
    CgroupnsMode: 'private',
    IpcMode: 'private',
    PidMode: '',
    UTSMode: '',
    UsernsMode: '',
    PublishAllPorts: false,
    OomScoreAdj: 500,
    Ulimits: ulimits(traits),
    LogConfig: traits.kind === 'docker'
      ? { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } }
      : { Type: 'k8s-file', Config: { 'max-size': '10m' } },
    // whether something runs again is decided by us: after a crash the engine's own restarts do not come back
    RestartPolicy: { Name: 'no' },
    AutoRemove: false,
  }
}

/** Below what engines have themselves, since not every engine may raise it. */
function ulimits(traits: EngineTraits): NonNullable<HostConfig['Ulimits']> {
  const both = (Name: string, value: number) => ({ Name, Soft: value, Hard: value })
  // the last two the kernel counts for each user id on the whole machine, and an app may have the owner's: it leaves them theirs
  const always = [both('nofile', 16_384), both('core', 0), both('sigpending', 1024), both('msgqueue', 204_800)]
  // Podman raises what is left out to the kernel's own limit; what counts for one container is its pids limit
  return traits.kind === 'podman' ? [...always, both('nproc', 16_384)] : always
}

/** A sandbox's own kernel has threads of its own, which count as the guest's. */
const sandboxPids = 256

/**
 * The engine's own start of a container happens within its limits: up to seven threads were seen (runc 1.1), before the container's program takes
 * their place. With fewer that start dies now and then on a busy machine, which engines tell as “cannot start a stopped process”.
 */
const leastPids = 16

function limits(request: Pick<ContainerRequest, 'limits' | 'shmMiB'>, { runtime }: Pick<EngineTraits, 'runtime'>): HostConfig {
  const memoryBytes = request.limits.memoryMiB * 1024 ** 2
  return {
    Memory: memoryBytes,
    // equal: no swap
    MemorySwap: memoryBytes,
    NanoCpus: request.limits.cpuMilli * 1_000_000,
    PidsLimit: Math.max(leastPids, request.limits.pids) + (runtime === null ? 0 : sandboxPids),
    ...request.shmMiB !== null && { ShmSize: Math.min(request.shmMiB, request.limits.memoryMiB) * 1024 ** 2 },
  }
}

function seal(name: string, options: ContainerCreateOptions): ContainerSpec {
  const hash = createHash('sha256').update(JSON.stringify([name, options])).digest('hex').slice(0, 16)
  const labelled = { ...options, Labels: { ...options.Labels, [labelKeys.spec]: hash } }
  return { name, options: labelled, hash, [hardened]: true }
}
