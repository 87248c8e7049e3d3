import { createSystemClock, createSystemRng } from '../base/index.ts'
import { silentLog } from '../testing/deps.ts'
import { describeContainerEngine } from '../testing/engine-contract.ts'
import { createFakeDaemon } from './fake.ts'

describeContainerEngine('the fake', async () => {
  const daemon = createFakeDaemon({ clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
  daemon.setRegistryReachable(false)
  const host = daemon.host()
  await host.start()
  return {
    host,
    programs: {
      idle: { imageId: daemon.addImage({ ref: 'test/idle:1', program: { load: 1 } }).id },
      echo: { imageId: daemon.addImage({ ref: 'test/echo:1', program: { serves: [{ port: 7000, protocol: 'echo' }] } }).id },
      chatter: { imageId: daemon.addImage({ ref: 'test/chatter:1', program: { prints: ['one', 'two', 'three'] } }).id },
      brief: { imageId: daemon.addImage({ ref: 'test/brief:1', program: { prints: ['done'], exits: { afterMs: 5, code: 3 } } }).id },
      healthy: { imageId: daemon.addImage({ ref: 'test/healthy:1', program: { healthyAfterMs: 10 } }).id },
    },
    unreachableImage: 'registry.invalid/none:1',
    startForeign: (labels) => Promise.resolve(daemon.addForeignContainer(labels)),
    dispose: () => Promise.resolve(host.stop()),
  }
})
