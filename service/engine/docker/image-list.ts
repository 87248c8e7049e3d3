import { labelKeys } from '../names.ts'
import type { ContainerEngine } from '../types.ts'
import type { DockerClient } from './client.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'
import { imageInfo, inspectImageJson } from './image-json.ts'
import { lookupName } from './image-name.ts'

/** Removes an image, or one of its names. One that is gone is success. */
export async function discard(client: DockerClient, ref: string, force: boolean): Promise<void> {
  try {
    await client.call('remove an image', 60_000, (docker, abortSignal) => docker.getImage(ref).remove({ force, abortSignal }))
  } catch (error) {
    if (statusOf(error) !== 404) throw error
  }
}

export function createImageList({ client }: EngineContext): Pick<ContainerEngine, 'listImages' | 'removeImage'> {
  return {
    async listImages() {
      const images = await client.call('list the images', 15_000, (docker, abortSignal) => docker.listImages({ abortSignal }))
      const looked = await Promise.all(images.map(({ Id }) => inspectImageJson(client, Id)))
      return looked.flatMap((json) => json === null || json.Config?.Labels?.[labelKeys.imageLease] !== undefined ? [] : [imageInfo(json)])
    },
    async removeImage(ref) {
      try {
        await discard(client, lookupName(ref), false)
        return true
      } catch (error) {
        // some container is made of it
        if (statusOf(error) === 409) return false
        throw error
      }
    },
  }
}
