import * as z from 'zod'
import { imageArch } from '../platform.ts'
import type { ImageInfo } from '../types.ts'
import type { DockerClient } from './client.ts'
import { statusOf } from './errors.ts'

const ImageJson = z.object({
  Id: z.string(),
  Os: z.string(),
  Architecture: z.string(),
  Size: z.number(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  /** There when images are kept as registries have them: the id is then of a manifest. */
  Descriptor: z.object({ digest: z.string() }).nullish(),
  Config: z.object({
    Labels: z.record(z.string(), z.string()).nullish(),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
    Healthcheck: z.object({ Test: z.array(z.string()).nullish() }).nullish(),
    Entrypoint: z.union([z.array(z.string()), z.string()]).nullish(),
    Cmd: z.union([z.array(z.string()), z.string()]).nullish(),
    User: z.string().nullish(),
  }).nullish(),
})
export type ImageJson = z.infer<typeof ImageJson>

export async function inspectImageJson(client: DockerClient, ref: string): Promise<ImageJson | null> {
  try {
    const answer = await client.call(`look at the image ${ref}`, 10_000, (docker) => docker.getImage(ref).inspect())
    return ImageJson.parse(answer)
  } catch (error) {
    const status = statusOf(error)
    // 400: no image can have such a name
    if (status === 404 || status === 400) return null
    throw error
  }
}

export function imageInfo(json: ImageJson): ImageInfo {
  const ports = Object.keys(json.Config?.ExposedPorts ?? {})
  const test = json.Config?.Healthcheck?.Test ?? []
  const id = json.Id.startsWith('sha256:') ? json.Id : `sha256:${json.Id}`
  return {
    id,
    config: (json.Descriptor ?? null) === null ? id : null,
    layers: json.RootFS?.Layers ?? [],
    digests: json.RepoDigests ?? [],
    os: json.Os,
    arch: imageArch(json.Architecture),
    sizeBytes: json.Size,
    exposedPorts: ports.filter((port) => /^\d+(\/tcp)?$/.test(port)).map((port) => Number.parseInt(port, 10)),
    volumes: Object.keys(json.Config?.Volumes ?? {}),
    healthcheck: test.length > 0 && test[0] !== 'NONE',
  }
}
