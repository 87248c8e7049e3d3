import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../base/index.ts'
import { silentLog } from '../testing/deps.ts'
import { Bench } from '../testing/engine-contract/bench.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket } from '../testing/engine-images.ts'
import { until } from '../testing/wait.ts'
import { createEngineHost } from './index.ts'

const v1 = '/sys/fs/cgroup/cpu'
const isFirstVersion = existsSync(join(v1, 'cpu.shares')) || existsSync(join(v1, 'cpu.idle'))

/** What the kernel has for a group: this is where an order has an effect or has none. */
function groupValue(path: string, file: { v1: string, v2: string }): string {
  return readFileSync(isFirstVersion ? join(v1, path, file.v1) : join('/sys/fs/cgroup', path, file.v2), 'utf8').trim()
}

describe('giving way to the owner, as the kernel has it', () => {
  const docker = testDocker()
  const bench = new Bench(async () => {
    const imageId = await makeTestImage(busyboxImage, docker)
    const host = createEngineHost({ choice: testEngineSocket(), clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
    await host.start()
    await until('the engine was found', () => host.status().state === 'ready')
    const program = { imageId, command: ['sh', '-c', 'while :; do :; done'] }
    return {
      host, programs: { idle: program, echo: program, chatter: program, brief: program, healthy: program }, unreachableImage: '',
      startForeign: () => Promise.reject(new Error('not here')), dispose: () => Promise.resolve(host.stop()),
    }
  })
  beforeAll(() => bench.open())
  afterAll(() => bench.setup.dispose())
  afterEach(() => bench.clear())

  /** Path of a container's group below the root of all groups. */
  async function groupOf(id: string): Promise<string> {
    const { State: { Pid } } = await docker.getContainer(id).inspect()
    const lines = readFileSync(`/proc/${Pid}/cgroup`, 'utf8').trim().split('\n')
    const line = lines.find((each) => isFirstVersion ? /^\d+:[^:]*\bcpu\b[^:]*:/.test(each) : each.startsWith('0::'))
    return line?.replace(/^[^:]*:[^:]*:/, '') ?? ''
  }

  it('guests have a group of their own beside the owner’s programs, or each the least weight there', async () => {
    const id = await bench.run(bench.newOwner(), bench.setup.programs.idle)
    const group = await groupOf(id)
    const { weight, why } = bench.engine.yielding
    switch (weight) {
      case 'group':
        expect(group).toMatch(/^\/depin(\.slice)?\//)
        expect(Number(groupValue(group.split('/')[1] ?? '', { v1: 'cpu.shares', v2: 'cpu.weight' }))).toBeLessThanOrEqual(20)
        break
      case 'each':
        expect(group.split('/')).toHaveLength(2)
        expect(Number(groupValue(group, { v1: 'cpu.shares', v2: 'cpu.weight' }))).toBeLessThanOrEqual(2)
        break
      case 'none':
        expect(why).toMatch(/quotas/)
    }
  })

  it('another share of the processor is in force at once, and the program goes on', async () => {
    const id = await bench.run(bench.newOwner(), bench.setup.programs.idle, { limits: { cpuMilli: 800, memoryMiB: 64, pids: 16 } })
    const group = await groupOf(id)
    const quota = (): string => groupValue(group, { v1: 'cpu.cfs_quota_us', v2: 'cpu.max' })
    expect(quota()).toMatch(/^80000\b/)
    const before = await bench.engine.inspect(id)
    await bench.engine.update(id, { cpuMilli: 100 })
    expect(quota()).toMatch(/^10000\b/)
    expect(await bench.engine.inspect(id)).toEqual({ ...before, cpuMilli: 100 })
  })

  it('asleep means that not a single instruction runs, even under a tight quota, and awake that it goes on', async () => {
    const id = await bench.run(bench.newOwner(), bench.setup.programs.idle)
    const usedUs = async (): Promise<number> => (await bench.engine.use([id])).get(id)?.cpuUsedUs ?? 0
    await until('it has run', async () => await usedUs() > 0)
    await bench.engine.update(id, { cpuMilli: 10 })
    await bench.engine.pause(id)
    const asleep = await usedUs()
    const beganMs = performance.now()
    await until('time has passed', () => performance.now() - beganMs > 300)
    expect(await usedUs()).toBe(asleep)
    await bench.engine.update(id, { cpuMilli: 500 })
    await bench.engine.unpause(id)
    await until('it runs on', async () => await usedUs() > asleep)
  })
})
