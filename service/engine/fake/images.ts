import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { formatSizeMiB } from '../../../contract/units.ts'
import { diskFull, imageForOtherMachine, imageNotFound, registryUnreachable } from '../errors.ts'
import { parsePlatform } from '../platform.ts'
import { isUnderScratch } from '../scratch.ts'
import type { ContainerEngine, ImageInfo, PullOptions } from '../types.ts'
import type { FakeLine } from './call.ts'
import type { FakeImage } from './types.ts'
import { contentOf, digestOf, type FakeWorld } from './world.ts'

type Images = Pick<ContainerEngine, 'inspectImage' | 'pullImage' | 'listImages' | 'exportImage' | 'loadImage' | 'removeImage' | 'addFiles' | 'removeLeaseImages' | 'lookInto'>

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
    listImages: async () => [...(await line.ask('list the images')).images.values()].filter((image) => image.owner === null).map((image) => image.info),
    async* exportImage(id, signal) {
      const image = (await line.ask(`take the image ${id} out`, signal)).findImage(id)
      if (image === null) throw imageNotFound(id, 'no such image')
      for (const part of [...image.layers, image.config]) yield { body: Readable.from([part]) }
    },
    async loadImage(image, signal) {
      const world = await line.ask(`take the image ${image.name} in`, signal)
      const layers = await Promise.all(image.layers.map(({ digest, open }) => open === null ? Promise.resolve(world.findLayer(digest)) : collect(open())))
      return world.putImage(image.name, image.config.content, layers)
    },
    async removeImage(ref) {
      const world = await line.ask('remove an image')
      const image = world.findImage(ref)
      if (image === null) return true
      if ([...world.containers.values()].some((container) => container.request.imageId === image.info.id)) return false
      image.refs.delete(ref)
      if (image.refs.size === 0) world.images.delete(image.info.id)
      return true
    },
    async addFiles(imageId, owner, service, files) {
      const world = await line.ask('put files into an image')
      const base = world.images.get(imageId)
      if (base === undefined) throw imageNotFound(imageId, 'no such image')
      const hash = createHash('sha256').update(JSON.stringify([imageId, owner, service]))
      for (const file of files) hash.update(JSON.stringify(file.path)).update(file.content)
      const hidden = files.filter((file) => isUnderScratch(file.path)).map((file) => file.path.slice(0, file.path.lastIndexOf('/')))
      const info: ImageInfo = { ...base.info, id: `sha256:${hash.digest('hex')}`, volumes: [...new Set([...base.info.volumes, ...hidden])] }
      world.images.set(info.id, { ...base, info, owner, refs: new Set() })
      return info
    },
    // nothing of its images is ever unpacked
    lookInto: () => Promise.resolve(),
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
  const { published, digest } = findPublished(world, ref)
  if (published === undefined) throw imageNotFound(ref, 'manifest unknown')
  const totalBytes = (published.sizeMiB ?? 1) * 1024 ** 2
  options.onProgress?.({ doneBytes: 0, totalBytes })
  if (world.freeDiskMiB - (published.sizeMiB ?? 1) < (options.keepFreeMiB ?? 0)) throw diskFull(`get the image ${ref}`, `${formatSizeMiB(world.freeDiskMiB)} are left`)
  options.onProgress?.({ doneBytes: totalBytes, totalBytes })
  const { config, layers } = contentOf(published)
  return world.putImage(ref, config, layers, [`${repositoryOf(ref)}@${digest}`])
}

/** By name, or by repository and the digest of its manifest. */
function findPublished(world: FakeWorld, ref: string): { published: FakeImage | undefined, digest: string } {
  const [repository = '', digest] = ref.split('@')
  const published = digest === undefined ? world.registry.get(ref)
    : [...world.registry.values()].find((image) => repositoryOf(image.ref) === repository && manifestOf(image) === digest)
  return { published, digest: published === undefined ? '' : manifestOf(published) }
}

/** The digest that the fake's registry gives an image. */
export function manifestOf(image: FakeImage): string {
  return digestOf(Buffer.from(`manifest of ${digestOf(contentOf(image).config)}`))
}

function repositoryOf(ref: string): string {
  return ref.replace(/@.*$/, '').replace(/:[^/:]*$/, '')
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}
