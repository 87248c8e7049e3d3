import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import * as z from 'zod'
import { DepinError } from '../../../contract/errors.ts'
import { deadlineSignal } from '../../base/index.ts'
import { diskFull, imageNotFound } from '../errors.ts'
import type { ContainerEngine, ImagePart, LoadableImage } from '../types.ts'
import type { DockerApi } from './client.ts'
import type { EngineContext } from './context.ts'
import { isDiskFull } from './errors.ts'
import { imageInfo, inspectImageJson } from './image-json.ts'
import { jsonLines } from './json-lines.ts'
import { streamTar, type TarFile } from './tar.ts'
import { readTar } from './tar-reader.ts'

type Archives = Pick<ContainerEngine, 'exportImage' | 'loadImage'>

/** What dockerode's types do not know. */
type Saving = DockerApi & { getImages(options: { names: readonly string[], abortSignal: AbortSignal }): Promise<NodeJS.ReadableStream> }

const Line = z.object({ error: z.string().nullish() })

/** An engine that takes or gives nothing for this long is given up: it unpacks layers in silence. */
const silenceDeadlineMs = 300_000

/**
 * Images in and out of an engine, as the archives of `docker save`. Some engines give layers as they are, some as
 * registries have them, compressed: what comes out here is always uncompressed.
 */
export function createArchives({ client, clock }: EngineContext): Archives {
  async function* exportImage(id: string, signal: AbortSignal): AsyncGenerator<ImagePart, void> {
    const what = `take the image ${id} out`
    // asked for an archive of what is not there, engines give many answers
    if (await inspectImageJson(client, id) === null) throw imageNotFound(id, 'no such image')
    using silence = deadlineSignal(clock, what, silenceDeadlineMs, signal)
    try {
      using open = await client.stream(what, (docker, abortSignal) => (docker as Saving).getImages({ names: [id], abortSignal }), silence.signal)
      for await (const { kind, body } of readTar(alive(open.body, () => silence.extend()))) if (kind === 'file') yield { body: uncompressed(body) }
    } catch (error) {
      throw client.bodyError(what, error, silence.signal)
    }
  }

  async function loadImage(image: LoadableImage, signal: AbortSignal): ReturnType<Archives['loadImage']> {
    const what = `take the image ${image.name} in`
    using silence = deadlineSignal(clock, what, silenceDeadlineMs, signal)
    const archive = Readable.from(alive(streamTar(archiveFiles(image)), () => silence.extend()), { objectMode: false, highWaterMark: 1024 ** 2 })
    try {
      using open = await client.stream(what, (docker, abortSignal) => docker.loadImage(archive, { quiet: true, ...{ abortSignal } }), silence.signal, silenceDeadlineMs * 4)
      for await (const value of jsonLines(open.body)) {
        const { error } = Line.parse(value)
        if (typeof error !== 'string') continue
        throw isDiskFull(error) ? diskFull(what, error) : new DepinError('E_ENGINE', `The container engine could not ${what}: ${error.slice(0, 600)}`)
      }
    } catch (error) {
      throw client.bodyError(what, error, silence.signal)
    } finally {
      archive.destroy()
    }
    const loaded = await inspectImageJson(client, image.name)
    if (loaded === null) throw new DepinError('E_ENGINE', `The container engine took the image ${image.name} and does not have it.`, { next: 'Look in the log of the engine.' })
    return imageInfo(loaded)
  }

  return { exportImage, loadImage }
}

/** The list comes first, so that an engine that reads along knows what follows. */
function archiveFiles({ name, config, layers }: LoadableImage): TarFile[] {
  const list = Buffer.from(JSON.stringify([{ Config: `${hexOf(config.digest)}.json`, RepoTags: [name], Layers: layers.map((layer) => `${hexOf(layer.digest)}.tar`) }]))
  const once = new Map(layers.flatMap(({ digest, sizeBytes, open }) => open === null ? [] : [[digest, { path: `${hexOf(digest)}.tar`, sizeBytes, open }] as const]))
  return [fileOf('manifest.json', list), fileOf(`${hexOf(config.digest)}.json`, config.content), ...once.values()]
}

function fileOf(path: string, content: Uint8Array): TarFile {
  return { path, sizeBytes: content.length, open: () => Readable.from([content]) }
}

function hexOf(digest: string): string {
  return digest.replace(/^sha256:/, '')
}

async function* alive(body: AsyncIterable<Uint8Array>, onChunk: () => void): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    onChunk()
    yield chunk
  }
}

/** The first bytes of a compressed layer, and who reads it (RFC 1952, RFC 8878). A tar archive begins with neither. */
const compressions = [
  { magic: Buffer.from([0x1f, 0x8b]), open: createGunzip },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), open: createZstdDecompress },
]

async function* uncompressed(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const chunks = body[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done === true) return
  const rest = resume(first.value, chunks)
  const compression = compressions.find(({ magic }) => magic.equals(first.value.subarray(0, magic.length)))
  if (compression === undefined) yield* rest
  else yield* Readable.from(rest, { objectMode: false }).compose(compression.open()) as AsyncIterable<Uint8Array>
}

async function* resume(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield first
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value
}
