import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { DepinError } from '../../../contract/errors.ts'
import { buildTar } from '../docker/tar.ts'
import type { ContainerEngine, ImageInfo, LoadableImage } from '../types.ts'
import { probePrograms } from './probe-programs.ts'
import { programs } from './programs.ts'

export type GuardArch = keyof typeof programs.binaries

const label = 'io.depin.guard'

/** What starts in the image; said again in the container's spec, so that it does not depend on the image. */
export const guardEntrypoint = ['/guard'] as const
export const probeEntrypoint = ['/probe'] as const

/**
 * The guard, and the probe that attacks what it guards, as an image made here: no registry is asked, the same program makes the same bytes, and two that
 * differ never have one name.
 */
export function guardImage(arch: GuardArch): LoadableImage {
  const program = Buffer.from(programs.binaries[arch], 'base64')
  const file = { mode: 0o555, uid: 0, gid: 0 }
  const layer = buildTar([{ ...file, path: 'guard', content: program }, { ...file, path: 'probe', content: Buffer.from(probePrograms.binaries[arch], 'base64') }])
  const content = Buffer.from(JSON.stringify({
    architecture: arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    // root of its own container, which a capability needs; the container's spec leaves it this one
    config: { User: '0:0', Entrypoint: guardEntrypoint, WorkingDir: '/', Labels: { [label]: sha256(program) } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'depin guard' }],
  }))
  return {
    name: `localhost/depin-guard:${sha256(content).slice(0, 24)}`,
    config: { digest: `sha256:${sha256(content)}`, content },
    layers: [{ digest: `sha256:${sha256(layer)}`, sizeBytes: layer.length, open: () => Readable.from([layer]) }],
  }
}

type Engine = Pick<ContainerEngine, 'inspectImage' | 'loadImage'> & { status: Pick<ContainerEngine['status'], 'arch'> }

/**
 * Gives the engine the guard's image unless it has it. Another image under its name is none: a guest's image may have any.
 *
 * @throws DepinError E_IMAGE_PLATFORM for a processor that the guard is not built for.
 */
export async function ensureGuardImage(engine: Engine, signal: AbortSignal): Promise<ImageInfo> {
  const { arch } = engine.status
  if (!isGuardArch(arch)) {
    throw new DepinError('E_IMAGE_PLATFORM', `There is no guard for the processor ${arch}, so the network of a lease cannot be closed here.`)
  }
  const image = guardImage(arch)
  const present = await engine.inspectImage(image.name)
  if (present !== null && isSame(present, image)) return present
  const loaded = await engine.loadImage(image, signal)
  if (isSame(loaded, image)) return loaded
  throw new DepinError('E_ENGINE', `The container engine has another image under the name ${image.name}.`, { next: `Remove it: docker rmi -f ${image.name}` })
}

function isSame(info: ImageInfo, image: LoadableImage): boolean {
  return (info.config === null || info.config === image.config.digest) && info.layers.join() === image.layers.map(({ digest }) => digest).join()
}

export function isGuardArch(arch: string): arch is GuardArch {
  return Object.hasOwn(programs.binaries, arch)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
