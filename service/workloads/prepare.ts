import { createHash } from 'node:crypto'
import type { App, AppService } from '../../contract/wire/v1/app.ts'
import type { ContainerEngine, ContainerRequest, ImageInfo, Owner, PodPolicy, PodRequest, PullProgress } from '../engine/types.ts'
import type { Images } from '../images/types.ts'
import { shareDisk } from './disk/shares.ts'

/** What a lease's containers are made from, once it is there. */
export interface Prepared {
  /** Image of each service, its files already in it. */
  images: ReadonlyMap<string, ImageInfo>
  /** Engine's names of the lease's volumes. */
  volumes: ReadonlyMap<string, string>
}

export interface PrepareOptions {
  images: Pick<Images, 'bring'>
  tenant: string
  signal: AbortSignal
  onProgress: (service: string, progress: PullProgress) => void
}

/** Gets images, network and volumes of a lease. Everything that is already there is found, not made again. */
export async function prepare(engine: ContainerEngine, owner: Owner, app: App, options: PrepareOptions): Promise<Prepared> {
  const [, images] = await Promise.all([isAlone(app) ? null : engine.ensureNetwork(owner), prepareImages(engine, owner, app, options)])
  const shares = shareDisk(app.services.map((service) => ({ diskMiB: service.diskMiB, volumes: volumesOf(service, images.get(service.name)) })))
  const volumes = await Promise.all([...shares].map(async ([name, sizeMiB]) => [name, (await engine.ensureVolume(owner, name, sizeMiB)).name] as const))
  return { images, volumes: new Map(volumes) }
}

async function prepareImages(engine: ContainerEngine, owner: Owner, app: App, options: PrepareOptions): Promise<Map<string, ImageInfo>> {
  const images = await Promise.all(app.services.map(async (service) => {
    const pulled = await options.images.bring({
      leaseId: owner.leaseId,
      tenant: options.tenant,
      service,
      diskMiB: service.diskMiB,
      signal: options.signal,
      onProgress: (progress) => options.onProgress(service.name, progress),
    })
    // beside all else that is prepared: only the container waits for it
    void engine.lookInto({ owner, service: service.name, imageId: pulled.id, user: service.user })
    return [service.name, service.files.length === 0 ? pulled : await engine.addFiles(pulled.id, owner, service.name, service.files)] as const
  }))
  return new Map(images)
}

/** The root is read-only: what the image declares as a volume, and the app does not mount, gets a volume of the lease. */
function imageVolumes(service: AppService, image: ImageInfo | undefined): { name: string, path: string }[] {
  const taken = new Set([...service.volumes, ...service.tmpfs].map((mount) => normalize(mount.path)))
  return (image?.volumes ?? []).map(normalize).filter((path) => !taken.has(path))
    .map((path) => ({ path, name: `image-${createHash('sha256').update(`${service.name}:${path}`).digest('hex').slice(0, 16)}` }))
}

/** All that a service mounts, by name. */
function volumesOf(service: AppService, image: ImageInfo | undefined): string[] {
  return [...service.volumes.map((mount) => mount.volume), ...imageVolumes(service, image).map((mount) => mount.name)]
}

/** A lone service's pod brings a network along, or is made with one. */
function isAlone({ services }: App): boolean {
  return services.length === 1
}

/** @param policy what the lease may reach now. */
export function podRequest(owner: Owner, app: App, service: AppService, prepared: Prepared, policy: PodPolicy): PodRequest {
  const { name, hostname, aliases } = service
  return { owner, service: name, alone: isAlone(app), hostname, aliases, ports: portsOf(service, prepared.images.get(name)), policy }
}

function portsOf(service: AppService, image: ImageInfo | undefined): number[] {
  return [...new Set([...service.ports, ...image?.exposedPorts ?? []])]
}

export function containerRequest(owner: Owner, service: AppService, prepared: Prepared): ContainerRequest {
  const image = prepared.images.get(service.name)
  const mounts = [
    ...service.volumes.map((mount) => ({ name: mount.volume, path: mount.path, readOnly: mount.readOnly })),
    ...imageVolumes(service, image).map((mount) => ({ ...mount, readOnly: false })),
  ]
  return {
    owner,
    service: service.name,
    imageId: image?.id ?? '',
    entrypoint: service.entrypoint,
    command: service.command,
    env: service.env,
    workingDir: service.workingDir,
    user: service.user,
    ports: portsOf(service, image),
    volumes: mounts.map((mount) => ({ ...mount, name: prepared.volumes.get(mount.name) ?? '' })),
    tmpfs: service.tmpfs,
    healthcheck: service.healthcheck,
    limits: { cpuMilli: service.cpuMilli, memoryMiB: service.memoryMiB, pids: service.pids },
    shmMiB: service.shmMiB,
    init: service.init,
    tty: service.tty,
    stdinOpen: service.stdinOpen,
    stopSignal: service.stopSignal,
    stopGraceMs: service.stopGraceMs,
  }
}

function normalize(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}
