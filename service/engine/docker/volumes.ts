import { DepinError } from '../../../contract/errors.ts'
import { isSameOwner, labelKeys, ownerOf, volumeLabels, volumeName } from '../names.ts'
import type { ContainerEngine, VolumeInfo } from '../types.ts'
import type { EngineContext } from './context.ts'
import { statusOf } from './errors.ts'

type Volumes = Pick<ContainerEngine, 'ensureVolume' | 'removeVolumes' | 'listVolumes'>

export function createVolumes({ client, disks }: EngineContext): Volumes {
  async function list(node: string): Promise<VolumeInfo[]> {
    const [known, leftovers] = await Promise.all([listKnown(node), disks.leftovers(node)])
    const left = leftovers.map(({ owner, volume }) => ({ name: volumeName(owner, volume), owner, volume }))
    return [...known, ...left.filter(({ name }) => !known.some((volume) => volume.name === name))]
  }

  async function listKnown(node: string): Promise<VolumeInfo[]> {
    // one label only: engines do not agree on what two mean
    const filters = { label: [`${labelKeys.node}=${node}`] }
    const answer = await client.call('list the volumes', 15_000, (docker, abortSignal) => docker.listVolumes({ filters, abortSignal }))
    // an engine without volumes answers null
    return ((answer.Volumes as typeof answer.Volumes | null) ?? []).flatMap((volume) => volumeInfo(volume.Name, volume.Labels) ?? [])
  }

  async function remove(name: string): Promise<void> {
    try {
      await client.call('remove a volume', 60_000, (docker, abortSignal) => docker.getVolume(name).remove({ abortSignal }))
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  }

  return {
    async ensureVolume(owner, volume, sizeMiB) {
      const name = volumeName(owner, volume)
      const Labels = volumeLabels(owner, volume)
      const DriverOpts = await disks.prepare(owner, volume, sizeMiB)
      // creating what is there already is success to every engine
      const made = await client.call('make a volume', 30_000, async (docker, abortSignal) => {
        await docker.createVolume({ Name: name, Driver: 'local', DriverOpts, Labels, abortSignal })
        return await docker.getVolume(name).inspect({ abortSignal })
      })
      const info = volumeInfo(made.Name, made.Labels)
      if (info === null) throw new DepinError('E_ENGINE', `Another volume has the name ${name}.`, { next: `Remove it: docker volume rm ${name}` })
      return info
    },
    async removeVolumes(owner) {
      const volumes = await listKnown(owner.node)
      await Promise.all(volumes.filter((volume) => isSameOwner(volume.owner, owner)).map((volume) => remove(volume.name)))
      await disks.release(owner)
    },
    listVolumes: list,
  }
}

function volumeInfo(name: string, labels: Record<string, string> | null): VolumeInfo | null {
  const owner = ownerOf(labels)
  const volume = labels?.[labelKeys.volume]
  if (owner === null || volume === undefined) return null
  return volumeName(owner, volume) === name ? { name, owner, volume } : null
}
