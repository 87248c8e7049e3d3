import { describe, expect, it } from 'vitest'
import { type Bench, removeEverything } from './bench.ts'

export function describeOwners(bench: Bench): void {
  describe('owners', () => {
    it('that share an engine do not see each other’s, even for one lease', async () => {
      const one = bench.newOwner(`contract-a-${process.pid}`)
      const two = { ...one, node: `contract-b-${process.pid}` }
      bench.clearLater(two)
      const first = await bench.create(one, bench.setup.programs.idle)
      const second = await bench.create(two, bench.setup.programs.idle)
      await bench.engine.ensureVolume(one, 'data', 10)
      expect(second.id).not.toBe(first.id)
      expect((await bench.engine.listContainers(one.node)).map(({ id }) => id)).toEqual([first.id])
      expect((await bench.engine.listContainers(two.node)).map(({ id }) => id)).toEqual([second.id])
      expect((await bench.engine.listNetworks(two.node)).map(({ owner }) => owner)).toEqual([two])
      expect(await bench.engine.listVolumes(two.node)).toEqual([])
    })

    it('never see a container that somebody else started, whatever its labels say', async () => {
      const owner = bench.newOwner()
      const mine = await bench.create(owner, bench.setup.programs.idle)
      const remove = await bench.setup.startForeign({ 'io.depin.node': owner.node, 'io.depin.lease': owner.leaseId, 'io.depin.service': 'main' })
      try {
        expect((await bench.engine.listContainers(owner.node)).map(({ id }) => id)).toEqual([mine.id])
      } finally {
        await remove()
      }
    })

    it('leave nothing behind', async () => {
      const owner = bench.newOwner()
      const volume = await bench.engine.ensureVolume(owner, 'data', 10)
      expect(await bench.engine.ensureVolume(owner, 'data', 10)).toEqual(volume)
      expect(await bench.engine.ensureNetwork(owner)).toEqual(await bench.engine.ensureNetwork(owner))
      const withFiles = await bench.engine.addFiles(bench.setup.programs.idle.imageId, owner, 'main', [
        { path: '/run/secrets/key', content: Buffer.from('s3cret'), mode: 0o400, uid: 0, gid: 0 },
      ])
      expect(withFiles.volumes).toContain('/run/secrets')
      await bench.run(owner, { ...bench.setup.programs.idle, imageId: withFiles.id }, { volumes: [{ name: volume.name, path: '/data', readOnly: false }] })
      expect(await bench.engine.listVolumes(owner.node)).toEqual([volume])

      await removeEverything(bench.engine, owner)
      await removeEverything(bench.engine, owner)
      expect(await bench.engine.listContainers(owner.node)).toEqual([])
      expect(await bench.engine.listNetworks(owner.node)).toEqual([])
      expect(await bench.engine.listVolumes(owner.node)).toEqual([])
      expect(await bench.engine.inspectImage(withFiles.id)).toBeNull()
      expect(await bench.engine.inspectImage(bench.setup.programs.idle.imageId)).not.toBeNull()
    })
  })
}
