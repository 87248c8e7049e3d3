import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../../base/index.ts'
import { silentLog } from '../../testing/deps.ts'
import { Bench } from '../../testing/engine-contract/bench.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket } from '../../testing/engine-images.ts'
import { TestRegistry } from '../../testing/registry.ts'
import { until } from '../../testing/wait.ts'
import { createEngineHost } from '../index.ts'

const mib = 1024 ** 2
const docker = testDocker()
const bench = new Bench(async () => {
  const imageId = await makeTestImage(busyboxImage, docker)
  const host = createEngineHost({ choice: testEngineSocket(), clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
  await host.start()
  await until('the engine was found', () => host.status().state === 'ready')
  const program = { imageId }
  return {
    host, programs: { idle: program, echo: program, chatter: program, brief: program, healthy: program }, unreachableImage: '',
    startForeign: () => Promise.reject(new Error('not here')), dispose: () => Promise.resolve(host.stop()),
  }
})
beforeAll(() => bench.open())
afterAll(async () => {
  await bench.clear()
  await bench.setup.dispose()
})

describe('a pull', () => {
  const registry = new TestRegistry()
  const signal = new AbortController().signal
  const layer = Buffer.alloc(4 * mib, 1)
  beforeAll(() => registry.start())
  afterAll(() => registry.stop())

  async function forget(ref: string): Promise<void> {
    await docker.getImage(ref).remove().catch(() => undefined)
  }

  it('brings an image by digest, tells how far it is, and needs no registry the second time', async () => {
    const digest = registry.publish({ name: 'good', arch: bench.engine.status.arch, layer: emptyTar }, '1')
    const ref = `${registry.ref('good')}@${digest}`
    const progress: number[] = []
    const image = await bench.engine.pullImage(ref, { platform: 'linux/amd64', signal, onProgress: ({ doneBytes }) => void progress.push(doneBytes) })
    try {
      expect(image).toMatchObject({ os: 'linux', arch: bench.engine.status.arch })
      await registry.stop()
      expect(await bench.engine.pullImage(ref, { platform: null, signal })).toEqual(image)
      await registry.start()
    } finally {
      await forget(ref)
    }
  })

  it('of an image that is not there says so', async () => {
    await expect(bench.engine.pullImage(registry.ref('none:1'), { platform: null, signal })).rejects.toMatchObject({ code: 'E_IMAGE_NOT_FOUND' })
  })

  it('of an image for another processor is refused, and leaves nothing', async () => {
    registry.publish({ name: 'foreign', arch: 's390x', layer: emptyTar }, '1')
    const ref = registry.ref('foreign:1')
    await expect(bench.engine.pullImage(ref, { platform: null, signal })).rejects.toMatchObject({ code: 'E_IMAGE_PLATFORM' })
    expect(await bench.engine.inspectImage(ref)).toBeNull()
  })

  it('that is given up is no success', async () => {
    const asked = Promise.withResolvers<string>()
    const released = Promise.withResolvers<null>()
    registry.onLayer = async (digest) => {
      asked.resolve(digest)
      await released.promise
    }
    registry.publish({ name: 'slow', arch: bench.engine.status.arch, layer }, '1')
    const enough = new AbortController()
    const pulling = expect(bench.engine.pullImage(registry.ref('slow:1'), { platform: null, signal: enough.signal })).rejects.toThrow('enough')
    await asked.promise
    enough.abort(new Error('enough'))
    await pulling
    released.resolve(null)
    registry.onLayer = () => Promise.resolve()
    expect(await bench.engine.inspectImage(registry.ref('slow:1'))).toBeNull()
  })

  it('does not fill the disk', async () => {
    registry.publish({ name: 'large', arch: bench.engine.status.arch, layer }, '1')
    const keepFreeMiB = (await bench.engine.freeDiskMiB() ?? 0) * 2
    await expect(bench.engine.pullImage(registry.ref('large:1'), { platform: null, signal, keepFreeMiB })).rejects.toMatchObject({ code: 'E_DISK_FULL' })
  })

  it('never takes the beginning of an id for a name', async () => {
    const { imageId } = bench.setup.programs.idle
    for (const prefix of [imageId.slice(7, 19), imageId.slice(0, 19)]) expect(await bench.engine.inspectImage(prefix)).toBeNull()
  })
})

/** Two empty blocks: an archive with nothing in it. */
const emptyTar = Buffer.alloc(1024)
