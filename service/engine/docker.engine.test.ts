import { existsSync } from 'node:fs'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { silentLog } from '../testing/deps.ts'
import { describeContainerEngine } from '../testing/engine-contract.ts'
import { busyboxImage, echoImage, makeTestImage, testDocker, testEngineSocket, testLabel } from '../testing/engine-images.ts'
import { until } from '../testing/wait.ts'
import { createEngineHost } from './index.ts'

/** Podman raises what is left out as far as the kernel goes, which not every machine lets it. */
const Ulimits = ['nofile', 'nproc'].map((Name) => ({ Name, Soft: 1024, Hard: 1024 }))
const shell = (script: string): string[] => ['sh', '-c', script]

describeContainerEngine('a real engine', async () => {
  const docker = testDocker()
  const [busybox, echo] = [await makeTestImage(busyboxImage, docker), await makeTestImage(echoImage, docker)]
  const host = createEngineHost({ choice: testEngineSocket(), clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
  await host.start()
  await until('the engine was found', () => host.status().state === 'ready')
  return {
    host,
    programs: {
      idle: { imageId: busybox },
      echo: { imageId: echo },
      chatter: { imageId: busybox, command: shell('echo one; echo two; echo three; sleep 1d & wait') },
      brief: { imageId: busybox, command: shell('echo done; exit 3') },
      healthy: { imageId: busybox, healthcheck: { test: ['CMD', 'true'], intervalMs: 200, timeoutMs: 2000, startPeriodMs: 0, retries: 3 } },
    },
    checksHealth: host.require().status.kind === 'docker' || existsSync('/run/systemd/system'),
    // nothing listens there
    unreachableImage: '127.0.0.1:9/none:1',
    async startForeign(labels) {
      const foreign = await docker.createContainer({ Image: busybox, Labels: { ...labels, [testLabel]: 'foreign' }, HostConfig: { NetworkMode: 'none', Ulimits } })
      await foreign.start()
      return async () => {
        await foreign.remove({ force: true })
      }
    },
    dispose: () => Promise.resolve(host.stop()),
  }
})
