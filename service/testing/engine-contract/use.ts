import { describe, expect, it } from 'vitest'
import type { ContainerUse } from '../../engine/types.ts'
import { until } from '../wait.ts'
import type { Bench } from './bench.ts'

export function describeUse(bench: Bench): void {
  describe('use', () => {
    it('is measured for what runs and left out for what does not', async () => {
      const owner = bench.newOwner()
      const running = await bench.run(owner, bench.setup.programs.idle)
      const { id: created } = await bench.create(owner, bench.setup.programs.idle, { service: 'other' })
      const use = await until('something was used', async () => {
        const measured = await bench.engine.use([running, created, 'f'.repeat(64)])
        return (measured.get(running)?.cpuUsedUs ?? 0) > 0 ? measured : null
      })
      expect([...use.keys()]).toEqual([running])
      expect(use.get(running)?.memoryBytes).toBeGreaterThan(0)
    })

    it('is the same whether the engine is asked or, while its events are read, somebody nearer', async () => {
      const owner = bench.newOwner()
      const id = await bench.run(owner, bench.setup.programs.idle)
      const measure = async (): Promise<ContainerUse> => await until('it is measured', async () => (await bench.engine.use([id])).get(id) ?? null)
      const asked = await measure()
      const stop = new AbortController()
      const events = bench.engine.events(owner.node, stop.signal)
      const next = events[Symbol.asyncIterator]().next().catch(() => undefined)
      await until('it is known', async () => (await bench.engine.listContainers(owner.node)).some((container) => container.id === id))
      const near = await measure()
      expect(near.cpuUsedUs).toBeGreaterThanOrEqual(asked.cpuUsedUs)
      expect(near.cpuUsedUs).toBeLessThan(asked.cpuUsedUs + 5_000_000)
      expect(near.memoryBytes).toBeLessThanOrEqual(asked.memoryBytes * 2)
      expect(near.memoryBytes).toBeGreaterThanOrEqual(asked.memoryBytes / 2)
      stop.abort()
      await next
    })
  })

  it('says what each lease’s volumes hold', async () => {
    const [owner, other] = [bench.newOwner(), bench.newOwner()]
    await Promise.all([bench.engine.ensureVolume(owner, 'data', 10), bench.engine.ensureVolume(owner, 'more', 10), bench.engine.ensureVolume(other, 'data', 10)])
    const uses = await bench.engine.diskUse(owner.node)
    expect([...uses.keys()]).toEqual(expect.arrayContaining([owner.leaseId, other.leaseId]))
    for (const { usedBytes, unboundBytes } of uses.values()) expect(usedBytes).toBeGreaterThanOrEqual(unboundBytes)
    await bench.engine.removeVolumes(owner)
    expect((await bench.engine.diskUse(owner.node)).has(owner.leaseId)).toBe(false)
  })

  it('says how much disk is free', async () => {
    expect(await bench.engine.freeDiskMiB()).toBeGreaterThan(0)
  })
}
