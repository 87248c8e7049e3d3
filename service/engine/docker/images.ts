import { DepinError } from '../../../contract/errors.ts'
import { parsePlatform } from '../platform.ts'
import { imageForOtherMachine } from '../errors.ts'
import { labelKeys, ownerOf } from '../names.ts'
import type { ContainerEngine, ImageInfo, Owner } from '../types.ts'
import type { EngineContext } from './context.ts'
import { imageInfo, type ImageJson, inspectImageJson } from './image-json.ts'
import { discard } from './image-list.ts'
import { lookupName } from './image-name.ts'
import { pull } from './pull.ts'

type Images = Pick<ContainerEngine, 'inspectImage' | 'pullImage' | 'removeLeaseImages'>

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
        if (present === null) await discard(client, lookupName(ref), false)
        throw error
      }
      return image
    },
    async removeLeaseImages(owner) {
      const filters = { label: [`${labelKeys.imageLease}=${owner.leaseId}`] }
      const images = await client.call('list the images', 15_000, (docker, abortSignal) => docker.listImages({ filters, abortSignal }))
      for (const image of images) {
        if (image.Labels[labelKeys.imageNode] === owner.node) await discard(client, image.Id, true)
      }
      await removeHelpers(owner)
    },
  }
}
