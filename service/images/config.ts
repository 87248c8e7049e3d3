import * as z from 'zod'
import { DepinError } from '../../contract/errors.ts'
import { Digest, maxLayers } from '../../contract/wire/v1/image.ts'
import { imageArch } from '../engine/index.ts'

/** What is read of an image's configuration (OCI image spec, “Image Configuration”). */
const ImageConfig = z.object({
  architecture: z.string().max(20).optional(),
  os: z.string().max(20).optional(),
  rootfs: z.object({ diff_ids: z.array(Digest).min(1).max(maxLayers) }),
})

/** @throws DepinError E_PEER_MISBEHAVED when it is not one. */
export function parseConfig(bytes: Uint8Array): { os: string | null, arch: string | null, layers: string[] } {
  try {
    const { architecture, os, rootfs } = ImageConfig.parse(JSON.parse(Buffer.from(bytes).toString()))
    return { os: os ?? null, arch: architecture === undefined ? null : imageArch(architecture), layers: rootfs.diff_ids }
  } catch (cause) {
    throw new DepinError('E_PEER_MISBEHAVED', 'The configuration of the image cannot be read.', { cause })
  }
}

export function isConfigOf(bytes: Uint8Array, layers: readonly string[]): boolean {
  try {
    return sameLayers(parseConfig(bytes).layers, layers)
  } catch {
    return false
  }
}

export function sameLayers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((digest, at) => digest === b[at])
}
