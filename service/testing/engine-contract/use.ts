import { describe, expect, it } from 'vitest'
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
  })

  it('says how much disk is free', async () => {
    expect(await bench.engine.freeDiskMiB()).toBeGreaterThan(0)
  })
}
