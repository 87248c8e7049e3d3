import { describe, expect, it } from 'vitest'
import type { Bench } from './bench.ts'

export function describeImages(bench: Bench): void {
  describe('images', () => {
    it('that are there need no registry', async () => {
      const { imageId } = bench.setup.programs.idle
      const image = await bench.engine.pullImage(imageId, { platform: null, signal: new AbortController().signal })
      expect(image).toEqual(await bench.engine.inspectImage(imageId))
      expect(image).toMatchObject({ id: imageId, os: bench.engine.status.os, arch: bench.engine.status.arch })
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

    it('that cannot be had say why', async () => {
      const signal = new AbortController().signal
      expect(await bench.engine.inspectImage(bench.setup.unreachableImage)).toBeNull()
      await expect(bench.engine.pullImage(bench.setup.unreachableImage, { platform: null, signal })).rejects.toMatchObject({ code: 'E_REGISTRY_UNREACHABLE' })
      await expect(bench.engine.pullImage(bench.setup.programs.idle.imageId, { platform: 'linux/s390x', signal })).rejects.toMatchObject({ code: 'E_IMAGE_PLATFORM' })
    })
  })
}
