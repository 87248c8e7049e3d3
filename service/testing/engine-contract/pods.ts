import { describe, expect, it } from 'vitest'
import { until } from '../wait.ts'
import type { Bench } from './bench.ts'

export function describePods(bench: Bench): void {
  describe('a pod', () => {
    it('is made once, is no container of a guest, and is found again', async () => {
      const owner = bench.newOwner()
      const first = await bench.pod(owner)
      expect(first).toMatchObject({ owner, service: 'main', isRunning: true })
      expect(await bench.pod(owner)).toEqual(first)
      expect(await bench.engine.listPods(owner.node)).toEqual([first])
      expect(await bench.engine.listContainers(owner.node)).toEqual([])
      await bench.engine.removePods(owner)
      await bench.engine.removePods(owner)
      expect(await bench.engine.listPods(owner.node)).toEqual([])
    })

    it('is one for each service; two may listen on one port', async () => {
      const owner = bench.newOwner()
      const ids = await Promise.all(['one', 'two'].map((service) => bench.run(owner, bench.setup.programs.echo, { service, ports: [7000] })))
      for (const id of ids) {
        const socket = await until('the program listens', () => bench.engine.dial(id, 7000).catch(() => null))
        socket.destroy()
      }
      expect((await bench.engine.listPods(owner.node)).map(({ service }) => service).sort()).toEqual(['one', 'two'])
    })

    it('that is not there lets no container start', async () => {
      const owner = bench.newOwner()
      // one engine looks for the pod when it makes a container, another when it starts one
      const create = () => bench.engine.createContainer(bench.request(owner, bench.setup.programs.idle))
      await expect(create().then(({ id }) => bench.engine.start(id))).rejects.toMatchObject({ code: expect.stringMatching(/^E_(ENGINE|NOT_FOUND)$/) as string })
      await bench.pod(owner)
      const { id } = await create()
      await bench.engine.start(id)
      expect(await bench.state(id)).toBe('running')
    })

    it('may be there before its lease, and is then like any other', async () => {
      const owner = bench.newOwner(`contract-spare-${process.pid}`)
      try {
        const count = await bench.engine.keepSpares(owner.node, 2)
        expect([0, 2]).toContain(count)
        expect(await bench.engine.listPods(owner.node)).toEqual([])
        expect(await bench.engine.listNetworks(owner.node)).toEqual([])

        const id = await bench.run(owner, bench.setup.programs.echo, { ports: [7000] }, { alone: true })
        const [pod] = await bench.engine.listPods(owner.node)
        expect(pod).toMatchObject({ owner, service: 'main', isRunning: true })
        expect(await bench.pod(owner, { alone: true, ports: [7000] })).toEqual(pod)
        const socket = await until('the program listens', () => bench.engine.dial(id, 7000).catch(() => null))
        socket.destroy()
        // the lease's own ports stay open through a change of what it may reach
        const caps = { rateKbit: 1000, maxFlows: 10, newDestinationsPerSecond: 5, namesPerSecond: 2000 }
        await bench.engine.setPodPolicy(pod?.id ?? '', { egress: { tier: 'open', dns: null }, denied: [], caps })
        ;(await bench.engine.dial(id, 7000)).destroy()

        const other = bench.newOwner(owner.node)
        await bench.pod(other, { alone: true, hostname: 'its-own' })
        expect((await bench.engine.listPods(owner.node)).map((each) => each.owner.leaseId).sort()).toEqual([owner.leaseId, other.leaseId].sort())
        await bench.clear()
        expect(await bench.engine.listPods(owner.node)).toEqual([])
        expect(await bench.engine.keepSpares(owner.node, count)).toBe(count)
      } finally {
        expect(await bench.engine.keepSpares(owner.node, 0)).toBe(0)
      }
    })

    it('takes another policy and counts, and refuses what is none', async () => {
      const pod = await bench.pod(bench.newOwner())
      const caps = { rateKbit: 1000, maxFlows: 10, newDestinationsPerSecond: 5, namesPerSecond: 2000 }
      await bench.engine.setPodPolicy(pod.id, { egress: { tier: 'open', dns: null }, denied: ['11.0.0.1'], caps })
      expect((await bench.engine.podCounters(pod.id)).out).toEqual({ packets: 0, bytes: 0 })
      await expect(bench.pod(bench.newOwner(), { policy: { egress: { tier: 'open', dns: null }, denied: ['everything'], caps } })).rejects.toMatchObject({ code: 'E_BAD_INPUT' })
      await expect(bench.engine.setPodPolicy('f'.repeat(64), { egress: { tier: 'none' }, denied: [], caps })).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    })
  })
}
