import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../../base/index.ts'
import { silentLog } from '../../testing/deps.ts'
import { testDocker } from '../../testing/engine-images.ts'
import { OwnDockerd } from '../../testing/own-dockerd.ts'
import { until } from '../../testing/wait.ts'
import { createEngineHost, type EngineHost } from '../index.ts'

describe('networks on an engine that has addresses for one only', () => {
  let dockerd: OwnDockerd
  let host: EngineHost

  beforeAll(async () => {
    dockerd = await OwnDockerd.create(['--default-address-pool', 'base=10.200.7.0/26,size=26'])
    host = createEngineHost({ choice: dockerd.socket, clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
    await host.start()
    await until('the engine was found', () => host.status().state === 'ready')
  })
  afterAll(async () => {
    await host.stop()
    await dockerd.remove()
  })

  it('are made all the same, each with addresses of its own', async () => {
    const engine = host.require()
    const owners = ['one', 'two', 'three'].map((leaseId) => ({ node: 'node', leaseId }))
    for (const owner of owners) await engine.ensureNetwork(owner)
    const networks = await testDocker(dockerd.socket).listNetworks({ filters: { label: ['io.depin.node=node'] } })
    const subnets = networks.flatMap((network) => (network.IPAM?.Config ?? []).map((config) => config.Subnet))
    expect(new Set(subnets).size).toBe(3)
    for (const owner of owners) await engine.removeNetwork(owner)
    expect(await engine.listNetworks('node')).toEqual([])
  })
})
