import { describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../../base/index.ts'
import { silentLog } from '../../testing/deps.ts'
import { OwnDockerd } from '../../testing/own-dockerd.ts'
import { until } from '../../testing/wait.ts'
import { createEngineHost } from '../index.ts'

describe('an engine that lists a sandbox', () => {
  it('which does not run offers hardened containers, and the doctor says so', async () => {
    const dockerd = await OwnDockerd.create(['--add-runtime', 'runsc=/bin/false'])
    const host = createEngineHost({ choice: dockerd.socket, clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
    try {
      await host.start()
      await until('the engine was found', () => host.status().state === 'ready', 60_000)
      expect(host.status()).toMatchObject({ state: 'ready', isolation: 'container', containment: 'unproven', doubts: expect.arrayContaining([expect.stringContaining('runsc')]) as string[] })
      expect(await host.require().listNetworks('canary')).toEqual([])
    } finally {
      await host.stop()
      await dockerd.remove()
    }
  })
})
