import { createHash } from 'node:crypto'
import { diskFull, imageForOtherMachine, imageNotFound, registryUnreachable } from '../errors.ts'
import { parsePlatform } from '../platform.ts'
import { isUnderScratch } from '../scratch.ts'
import type { ContainerEngine, ImageInfo, PullOptions } from '../types.ts'
import type { FakeLine } from './call.ts'
import type { FakeWorld } from './world.ts'

type Images = Pick<ContainerEngine, 'inspectImage' | 'pullImage' | 'addFiles' | 'removeLeaseImages'>

export function createFakeImages(line: FakeLine, status: ContainerEngine['status']): Images {
  function assertPlatform(ref: string, { os, arch }: { os: string | null, arch: string | null }): void {
    if ((os ?? status.os) === status.os && (arch ?? status.arch) === status.arch) return
    throw imageForOtherMachine(ref, `${os ?? status.os}/${arch ?? status.arch}`, `${status.os}/${status.arch}`)
  }

  return {
    async inspectImage(ref) {
      return (await line.ask(`look at the image ${ref}`)).findImage(ref)?.info ?? null
    },
    async pullImage(ref, options) {
      const world = await line.ask(`get the image ${ref}`, options.signal)
      if (options.platform !== null) assertPlatform(ref, parsePlatform(options.platform))
      const image = world.findImage(ref)?.info ?? download(world, ref, options)
      assertPlatform(ref, image)
      return image
    },
    async addFiles(imageId, owner, service, files) {
      const world = await line.ask('put files into an image')
      const base = world.images.get(imageId)
      if (base === undefined) throw imageNotFound(imageId, 'no such image')
      const hash = createHash('sha256').update(JSON.stringify([imageId, owner, service]))
      for (const file of files) hash.update(JSON.stringify(file.path)).update(file.content)
      const hidden = files.filter((file) => isUnderScratch(file.path)).map((file) => file.path.slice(0, file.path.lastIndexOf('/')))
      const info: ImageInfo = { ...base.info, id: `sha256:${hash.digest('hex')}`, volumes: [...new Set([...base.info.volumes, ...hidden])] }
      world.images.set(info.id, { ...base, info, owner })
      return info
    },
    async removeLeaseImages(owner) {
      const world = await line.ask('remove an image')
      for (const [id, image] of world.images) {
        if (image.owner?.node === owner.node && image.owner.leaseId === owner.leaseId) world.images.delete(id)
      }
    },
  }
}

function download(world: FakeWorld, ref: string, options: PullOptions): ImageInfo {
  if (!world.registryReachable) throw registryUnreachable(ref, 'dial tcp: connection refused')
  const published = world.registry.get(ref)
  if (published === undefined) throw imageNotFound(ref, 'manifest unknown')
  const totalBytes = (published.sizeMiB ?? 1) * 1024 ** 2
  options.onProgress?.({ doneBytes: 0, totalBytes })
  if (world.freeDiskMiB - (published.sizeMiB ?? 1) < (options.keepFreeMiB ?? 0)) throw diskFull(`get the image ${ref}`, `${world.freeDiskMiB} MiB are left`)
  options.onProgress?.({ doneBytes: totalBytes, totalBytes })
  return world.addImage(published)
}
