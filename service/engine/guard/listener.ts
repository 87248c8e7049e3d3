import { sockaddr } from '../attack/targets.ts'
import type { ContainerEngine } from '../types.ts'
import { ensureGuardImage, guardImage, isGuardArch, probeEntrypoint } from './image.ts'

/** What a container is made of that does nothing but take TCP connections on one port. */
export interface Listener {
  image: string
  entrypoint: readonly string[]
  command: readonly string[]
  port: number
}

/**
 * The probe as a guest that listens, in the image that is made here: no registry is asked for it.
 *
 * @throws DepinError E_IMAGE_PLATFORM for a processor that it is not built for.
 */
export async function ensureListener(engine: ContainerEngine, port: number, signal: AbortSignal): Promise<Listener> {
  await ensureGuardImage(engine, signal)
  const { arch } = engine.status
  if (!isGuardArch(arch)) throw new TypeError(`no image for ${arch}`)
  return { image: guardImage(arch).name, entrypoint: probeEntrypoint, command: [`l${sockaddr('0.0.0.0', port)}`], port }
}
