import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { imageArch, parsePlatform } from '../platform.ts'
import { imageForOtherMachine } from '../errors.ts'
import { labelKeys, ownerOf } from '../names.ts'
import type { ContainerEngine, ImageInfo, Owner } from '../types.ts'
import type { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { lookupName } from './image-name.ts'
import { pull } from './pull.ts'

const ImageJson = z.object({
  Id: z.string(),
  Os: z.string(),
  Architecture: z.string(),
  Size: z.number(),
  Config: z.object({
    Labels: z.record(z.string(), z.string()).nullish(),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
    Healthcheck: z.object({ Test: z.array(z.string()).nullish() }).nullish(),
    Entrypoint: z.union([z.array(z.string()), z.string()]).nullish(),
    Cmd: z.union([z.array(z.string()), z.string()]).nullish(),
  }).nullish(),
})
export type ImageJson = z.infer<typeof ImageJson>

type Images = Pick<ContainerEngine, 'inspectImage' | 'pullImage' | 'removeLeaseImages'>

export async function inspectImageJson(client: DockerClient, ref: string): Promise<ImageJson | null> {
  try {
    const answer = await client.call(`look at the image ${ref}`, 10_000, (docker) => docker.getImage(ref).inspect())
    return ImageJson.parse(answer)
  } catch (error) {
    const status = statusOf(error)
    // 400: no image can have such a name
    if (status === 404 || status === 400) return null
    throw error
  }
}

export function imageInfo(json: ImageJson): ImageInfo {
  const ports = Object.keys(json.Config?.ExposedPorts ?? {})
  const test = json.Config?.Healthcheck?.Test ?? []
  return {
    id: json.Id.startsWith('sha256:') ? json.Id : `sha256:${json.Id}`,
    os: json.Os,
    arch: imageArch(json.Architecture),
    sizeBytes: json.Size,
    exposedPorts: ports.filter((port) => /^\d+(\/tcp)?$/.test(port)).map((port) => Number.parseInt(port, 10)),
    volumes: Object.keys(json.Config?.Volumes ?? {}),
    healthcheck: test.length > 0 && test[0] !== 'NONE',
  }
}

/** Images with a lease's files are found by their id only, which nobody else can know. */
function isPrivate(json: ImageJson, ref: string): boolean {
  return json.Config?.Labels?.[labelKeys.imageLease] !== undefined && ref !== imageInfo(json).id
}

export function createImages(context: EngineContext, freeDiskMiB: ContainerEngine['freeDiskMiB']): Images {
  const { client, status } = context

  async function inspectImage(ref: string): Promise<ImageInfo | null> {
    const json = await inspectImageJson(client, lookupName(ref))
    return json === null || isPrivate(json, ref) ? null : imageInfo(json)
  }

  function assertPlatform(ref: string, os: string | null, arch: string | null): void {
    if ((os === null || os === status.os) && (arch === null || arch === status.arch)) return
    throw imageForOtherMachine(ref, `${os ?? status.os}/${arch ?? status.arch}`, `${status.os}/${status.arch}`)
  }

  async function get(ref: string, options: Parameters<Images['pullImage']>[1]): Promise<ImageInfo> {
    await pull(context, ref, options, freeDiskMiB)
    const image = await inspectImage(ref)
    if (image === null) throw new DepinError('E_ENGINE', `The container engine got the image ${ref} and does not have it.`, { next: 'Look in the log of the engine.' })
    return image
  }

  async function discard(id: string, force: boolean): Promise<void> {
    try {
      await client.call('remove an image', 60_000, (docker, abortSignal) => docker.getImage(id).remove({ force, abortSignal }))
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  }

  /** Containers that carried files into an image when the service died. Those of the lease itself have `node` as well. */
  async function removeHelpers(owner: Owner): Promise<void> {
    const filters = { label: [`${labelKeys.imageLease}=${owner.leaseId}`] }
    const found = await client.call('list the containers', 15_000, (docker, abortSignal) => docker.listContainers({ all: true, filters, abortSignal }))
    for (const { Id } of found.filter(({ Labels }) => Labels[labelKeys.imageNode] === owner.node && ownerOf(Labels) === null)) {
      await client.call('remove a container', 60_000, (docker, abortSignal) => docker.getContainer(Id).remove({ force: true, v: true, abortSignal }))
    }
  }

  return {
    inspectImage,
    async pullImage(ref, options) {
      if (options.platform !== null) {
        const wanted = parsePlatform(options.platform)
        assertPlatform(ref, wanted.os, wanted.arch)
      }
      const present = await inspectImage(ref)
      const image = present ?? await get(ref, options)
      try {
        // engines call it a success to have got an image for another processor
        assertPlatform(ref, image.os, image.arch)
      } catch (error) {
        if (present === null) await discard(lookupName(ref), false)
        throw error
      }
      return image
    },
    async removeLeaseImages(owner) {
      const filters = { label: [`${labelKeys.imageLease}=${owner.leaseId}`] }
      const images = await client.call('list the images', 15_000, (docker, abortSignal) => docker.listImages({ filters, abortSignal }))
      for (const image of images) {
        if (image.Labels[labelKeys.imageNode] === owner.node) await discard(image.Id, true)
      }
      await removeHelpers(owner)
    },
  }
}
