import { describe, expect, it } from 'vitest'
import { keptCores } from '../../engine/index.ts'
import { until } from '../wait.ts'
import type { Bench } from './bench.ts'

export function describeLifecycle(bench: Bench): void {
  describe('a container', () => {
    it('is created once, however often it is asked for', async () => {
      const owner = bench.newOwner()
      const first = await bench.create(owner, bench.setup.programs.idle)
      expect(first).toMatchObject({ owner, service: 'main', state: 'created', startedAtMs: null, finishedAtMs: null, exitCode: null, health: 'none' })
      expect(await bench.engine.createContainer(bench.request(owner, bench.setup.programs.idle))).toEqual(first)
      expect(await bench.engine.listContainers(owner.node)).toEqual([first])
    })

    it('that runs is found again by its name, even when the request has changed', async () => {
      const owner = bench.newOwner()
      const id = await bench.run(owner, bench.setup.programs.idle)
      const found = await bench.engine.createContainer(bench.request(owner, bench.setup.programs.idle, { env: { NEW: '1' } }))
      expect(found).toMatchObject({ id, state: 'running' })
    })

    it('that never ran is made anew when the request has changed', async () => {
      const owner = bench.newOwner()
      const before = await bench.create(owner, bench.setup.programs.idle)
      const after = await bench.engine.createContainer(bench.request(owner, bench.setup.programs.idle, { env: { NEW: '1' } }))
      expect(after.id).not.toBe(before.id)
      expect(await bench.engine.listContainers(owner.node)).toEqual([after])
    })

    it('starts, stops and starts again; each order twice is as good as once', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.idle)
      await bench.engine.start(id)
      const running = await bench.engine.inspect(id)
      expect(running).toMatchObject({ state: 'running', exitCode: null })
      expect(running?.startedAtMs).toBeGreaterThan(0)
      await bench.engine.stop(id, 2000)
      await bench.engine.stop(id, 2000)
      const stopped = await bench.engine.inspect(id)
      expect(stopped).toMatchObject({ state: 'exited', oomKilled: false })
      expect(stopped?.finishedAtMs).toBeGreaterThanOrEqual(stopped?.startedAtMs ?? Infinity)
      expect(stopped?.exitCode).toBeGreaterThan(0)
      await bench.engine.start(id)
      expect(await bench.state(id)).toBe('running')
    })

    it('is paused and resumed; each order twice is as good as once', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.idle)
      await bench.engine.pause(id)
      await bench.engine.pause(id)
      expect(await bench.state(id)).toBe('paused')
      await bench.engine.unpause(id)
      await bench.engine.unpause(id)
      expect(await bench.state(id)).toBe('running')
    })

    it('cannot be paused when it does not run', async () => {
      const { id } = await bench.create(bench.newOwner(), bench.setup.programs.idle)
      await expect(bench.engine.pause(id)).rejects.toMatchObject({ code: 'E_ENGINE' })
    })

    it('that ends by itself says how', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.brief)
      await until('the container has ended', async () => await bench.state(id) === 'exited')
      expect(await bench.engine.inspect(id)).toMatchObject({ exitCode: 3, oomKilled: false })
    })

    it('becomes healthy', async ({ skip }) => {
      skip(bench.setup.checksHealth === false, 'nobody runs health checks here')
      const id = await bench.run(bench.newOwner(), bench.setup.programs.healthy)
      await until('the container is healthy', async () => (await bench.engine.inspect(id))?.health === 'healthy')
    })

    it('takes new limits while it runs', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.idle)
      await bench.engine.update(id, { memoryMiB: 96, cpuMilli: 250, pids: 32 })
      expect(await bench.engine.inspect(id)).toMatchObject({ state: 'running', cpuMilli: 250 })
    })

    it('is held back from its start on, as far as the engine can, after another start too, and until it is told otherwise', async () => {
      const owner = bench.newOwner()
      const { id, cores } = await bench.create(owner, bench.setup.programs.idle)
      const at = async () => {
        const info = await bench.engine.inspect(id)
        return { cpuMilli: info?.cpuMilli, cores: info?.cores ?? null, isSlow: info?.writes === 'slow' || info?.writes === null }
      }
      const [held, free] = [25, null].map((percent) => cores === null ? null : { kept: keptCores(cores.of, percent), of: cores.of })
      await bench.engine.start(id, { cpuMilli: 125, heldBackPercent: 25 })
      expect(await at()).toEqual({ cpuMilli: 125, cores: held, isSlow: true })
      await bench.engine.stop(id, 0)
      await bench.engine.start(id, { cpuMilli: 125, heldBackPercent: 25 })
      expect(await at()).toEqual({ cpuMilli: 125, cores: held, isSlow: true })
      await bench.engine.update(id, { cpuMilli: 500, heldBackPercent: null })
      expect(await at()).toMatchObject({ cpuMilli: 500, cores: free })
    })

    it('takes another share of the processor while it is paused, and is paused however small its share is', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.idle)
      await bench.engine.update(id, { cpuMilli: 10 })
      await bench.engine.pause(id)
      expect(await bench.engine.inspect(id)).toMatchObject({ state: 'paused', cpuMilli: 10 })
      await bench.engine.update(id, { cpuMilli: 300 })
      await bench.engine.unpause(id)
      expect(await bench.engine.inspect(id)).toMatchObject({ state: 'running', cpuMilli: 300 })
    })

    it('that is gone can be stopped and removed, but not started', async () => {
      const id = await bench.run(bench.newOwner(), bench.setup.programs.idle)
      await bench.engine.removeContainer(id)
      await bench.engine.removeContainer(id)
      await bench.engine.stop(id, 1000)
      expect(await bench.engine.inspect(id)).toBeNull()
      await expect(bench.engine.start(id)).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    })

    it('is refused when it asks for an image that is not there, or for what nobody may have', async () => {
      const owner = bench.newOwner()
      const more: object = { network: 'host' }
      await expect(bench.engine.createContainer({ ...bench.request(owner, bench.setup.programs.idle), ...more })).rejects.toMatchObject({ code: 'E_BAD_INPUT' })
      const nowhere = { imageId: `sha256:${'0'.repeat(64)}` }
      await expect(bench.engine.createContainer(bench.request(owner, nowhere))).rejects.toMatchObject({ code: 'E_IMAGE_NOT_FOUND' })
    })
  })
}
