import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { DepinError } from '../../../contract/errors.ts'
import { isUnderScratch } from '../scratch.ts'
import { fileLayerSpec } from '../spec.ts'
import type { ContainerEngine, FileLayer, Owner } from '../types.ts'
import type { EngineContext } from './context.ts'
import { withHelper } from './helpers.ts'
import { imageInfo, type ImageJson, inspectImageJson } from './image-json.ts'
import type { Insides } from './insides.ts'
import { buildTar } from './tar.ts'

type FileLayers = Pick<ContainerEngine, 'addFiles'>

/**
 * Secrets and configs go into an image of the lease's own: they never are on the host's file system under a path that
 * anything else could open, and nothing has to be mounted.
 *
 * The container that carries them is created and never started, so nothing of the image runs.
 */
export function createFileLayers(context: EngineContext, insides: Pick<Insides, 'isLike'>): FileLayers {
  const { client, traits } = context

  async function add(imageId: string, owner: Owner, service: string, files: readonly FileLayer[]): ReturnType<FileLayers['addFiles']> {
    const name = layerImageName(owner, service, imageId, files)
    const [present, base] = await Promise.all([inspectImageJson(client, name), inspectImageJson(client, imageId)])
    if (present !== null) return imageInfo(present)
    if (base === null) throw new DepinError('E_IMAGE_NOT_FOUND', `The image ${imageId} is gone.`, { next: 'It is pulled again at the next attempt.' })
    assertReachable(base, files)
    const hasCommand = [base.Config?.Entrypoint, base.Config?.Cmd].some((words) => words !== null && words !== undefined && words.length > 0)
    await withHelper(context, fileLayerSpec(owner, service, imageId, hasCommand ? null : ['none'], traits), async (helper) => {
      const tar = Buffer.from(buildTar(files))
      await client.call('put files into an image', 60_000, (docker, abortSignal) => docker.getContainer(helper).putArchive(tar, { path: '/', abortSignal }))
      await client.call('put files into an image', 120_000, (docker, abortSignal) => docker.getContainer(helper).commit({ ...commitQuery(helper, name, files), abortSignal }))
    })
    const made = await inspectImageJson(client, name)
    if (made === null) throw new DepinError('E_ENGINE', `The container engine made the image ${name} and does not have it.`)
    return imageInfo(made)
  }

  return {
    async addFiles(imageId, owner, service, files) {
      const image = await add(imageId, owner, service, files)
      // it has the users of the other, unless the files are those that say who there is
      if (!files.some(({ path }) => ['/etc/passwd', '/etc/group'].includes(posix.normalize(path)))) insides.isLike(image.id, imageId)
      return image
    },
  }
}

/** What an image keeps as a volume is not part of it: a file put there would be lost with the helper. */
function assertReachable(base: ImageJson, files: readonly FileLayer[]): void {
  const volumes = Object.keys(base.Config?.Volumes ?? {})
  for (const { path } of files) {
    const volume = volumes.find((directory) => path.startsWith(`${directory.replace(/\/$/, '')}/`))
    if (volume === undefined) continue
    throw new DepinError('E_BAD_INPUT', `${path} cannot be put there: the image keeps ${volume} as a volume.`, { next: 'Give the file another path.' })
  }
}

/** The same files on the same image make the same name, so that a repeated call finds the first one's image. */
function layerImageName(owner: Owner, service: string, imageId: string, files: readonly FileLayer[]): string {
  const hash = createHash('sha256').update(JSON.stringify([owner.node, owner.leaseId, service, imageId]))
  for (const file of files) {
    hash.update(JSON.stringify([file.path, file.mode, file.uid, file.gid, file.content.length])).update(file.content)
  }
  return `localhost/depin-files:${hash.digest('hex').slice(0, 32)}`
}

/**
 * Scratch space would hide files under `/run` and `/tmp`: their directories are declared as volumes, which a container
 * gets mounted on top, filled from the image.
 */
function commitQuery(container: string, name: string, files: readonly FileLayer[]): object {
  const [repo, tag] = name.split(/:(?=[^:]*$)/)
  const hidden = new Set(files.filter((file) => isUnderScratch(file.path)).map((file) => posix.dirname(file.path)))
  const changes = hidden.size === 0 ? [] : [`VOLUME ${JSON.stringify([...hidden])}`]
  // Podman wants a body; this one changes nothing
  return { _query: { container, repo, tag, changes, pause: false }, _body: { Cmd: null } }
}
