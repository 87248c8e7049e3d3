import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buildTar } from '../docker/tar.ts'
import type { LoadableImage } from '../types.ts'
import { loopPrograms } from './programs.ts'

export type AttacherArch = keyof typeof loopPrograms.binaries

/** Said again in the container's spec, so that it does not depend on the image. */
export const attacherEntrypoint = ['/loop'] as const

/** The attacher as an image of one file, made here: the same program makes the same bytes, and two that differ never have one name. */
export function attacherImage(arch: AttacherArch): LoadableImage {
  const layer = buildTar([{ path: 'loop', content: Buffer.from(loopPrograms.binaries[arch], 'base64'), mode: 0o555, uid: 0, gid: 0 }])
  const content = Buffer.from(JSON.stringify({
    architecture: arch, os: 'linux', created: '1970-01-01T00:00:00Z',
    config: { Entrypoint: attacherEntrypoint, WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'depin disk' }],
  }))
  return {
    name: `localhost/depin-disk:${sha256(content).slice(0, 24)}`,
    config: { digest: `sha256:${sha256(content)}`, content },
    layers: [{ digest: `sha256:${sha256(layer)}`, sizeBytes: layer.length, open: () => Readable.from([layer]) }],
  }
}

export function isAttacherArch(arch: string): arch is AttacherArch {
  return Object.hasOwn(loopPrograms.binaries, arch)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
