import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { DepinError } from '../../../contract/errors.ts'
import type { ImageInfo } from '../../engine/types.ts'
import type { Bench } from './bench.ts'

export function describeImages(bench: Bench): void {
  describe('images', () => {
    it('that are there need no registry', async () => {
      const { imageId } = bench.setup.programs.idle
      const image = await bench.engine.pullImage(imageId, { platform: null, signal: new AbortController().signal })
      expect(image).toEqual(await bench.engine.inspectImage(imageId))
      expect(image).toMatchObject({ id: imageId, os: bench.engine.status.os, arch: bench.engine.status.arch })
    })

    it('are looked into as often as anybody likes, there or not, and nothing is left of it', async () => {
      const owner = bench.newOwner()
      const { imageId } = bench.setup.programs.idle
      for (const each of [imageId, imageId, `sha256:${'0'.repeat(64)}`, 'no id']) await bench.engine.lookInto({ owner, service: 'main', imageId: each, user: 'nobody-there' })
      expect(await bench.engine.listContainers(owner.node)).toEqual([])
    })

    it('get the same layer for the same files, and another for others', async () => {
      const owner = bench.newOwner()
      const file = { path: '/etc/app.conf', content: Buffer.from('a'), mode: 0o644, uid: 0, gid: 0 }
      const { imageId } = bench.setup.programs.idle
      const first = await bench.engine.addFiles(imageId, owner, 'main', [file])
      expect(await bench.engine.addFiles(imageId, owner, 'main', [file])).toEqual(first)
      const second = await bench.engine.addFiles(imageId, owner, 'main', [{ ...file, content: Buffer.from('b') }])
      expect(new Set([imageId, first.id, second.id]).size).toBe(3)
      expect(await bench.engine.listContainers(owner.node)).toEqual([])
    })

    it('come out in parts that are what their digests say, and can be put in again', async () => {
      const signal = new AbortController().signal
      const image = await bench.engine.inspectImage(bench.setup.programs.idle.imageId)
      const parts = new Map<string, Buffer>()
      for await (const { body } of bench.engine.exportImage(image!.id, signal)) {
        const chunks: Uint8Array[] = []
        for await (const chunk of body) chunks.push(chunk)
        const content = Buffer.concat(chunks)
        parts.set(`sha256:${createHash('sha256').update(content).digest('hex')}`, content)
      }
      expect([...parts.keys()]).toEqual(expect.arrayContaining([image!.config!, ...image!.layers]))

      const name = `localhost/depin-contract:${bench.newOwner().leaseId}`
      const load = (withLayers: boolean) => bench.engine.loadImage({
        name,
        config: { digest: image!.config!, content: parts.get(image!.config!)! },
        layers: image!.layers.map((digest) => ({ digest, sizeBytes: parts.get(digest)!.length, open: withLayers ? () => Readable.from([parts.get(digest)!]) : null })),
      }, signal)
      expect(await load(true)).toMatchObject({ config: image!.config, layers: image!.layers })
      // the engine has the layers: it takes the image without them, or says that it does not
      expect(await load(false).catch((error: unknown) => error)).toSatisfy((loaded) => loaded instanceof DepinError ? loaded.code === 'E_ENGINE' : (loaded as ImageInfo).config === image!.config)
      expect((await bench.engine.listImages()).map((each) => each.id)).toContain(image!.id)
      expect(await bench.engine.removeImage(name)).toBe(true)
      expect([await bench.engine.inspectImage(name), await bench.engine.inspectImage(image!.id)]).toEqual([null, image])
      await expect((async () => {
        for await (const _ of bench.engine.exportImage(`sha256:${'0'.repeat(64)}`, signal));
      })()).rejects.toMatchObject({ code: 'E_IMAGE_NOT_FOUND' })
    })

    it('that cannot be had say why', async () => {
      const signal = new AbortController().signal
      expect(await bench.engine.inspectImage(bench.setup.unreachableImage)).toBeNull()
      await expect(bench.engine.pullImage(bench.setup.unreachableImage, { platform: null, signal })).rejects.toMatchObject({ code: 'E_REGISTRY_UNREACHABLE' })
      await expect(bench.engine.pullImage(bench.setup.programs.idle.imageId, { platform: 'linux/s390x', signal })).rejects.toMatchObject({ code: 'E_IMAGE_PLATFORM' })
    })
  })
}
