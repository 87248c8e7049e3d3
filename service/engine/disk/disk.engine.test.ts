import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, unlink } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSystemClock, createSystemRng } from '../../base/index.ts'
import { silentLog } from '../../testing/deps.ts'
import { Bench, removeEverything } from '../../testing/engine-contract/bench.ts'
import { busyboxImage, makeTestImage, testDocker, testEngineSocket } from '../../testing/engine-images.ts'
import { until } from '../../testing/wait.ts'
import { createEngineHost } from '../index.ts'
import type { EngineHost, Owner } from '../types.ts'
import { attachedDevices } from './attached.ts'
import type { DiskOptions } from './means.ts'
import { type ImageFile, markOf } from './orders.ts'

const mib = 1024 ** 2
const docker = testDocker()

async function connect(disks: DiskOptions): Promise<EngineHost> {
  const host = createEngineHost({ choice: testEngineSocket(), disks, clock: createSystemClock(), rng: createSystemRng(), log: silentLog })
  await host.start()
  await until('the engine was found', () => host.status().state === 'ready', 30_000)
  return host
}

function benchOf(disks: () => DiskOptions): Bench {
  return new Bench(async () => {
    const program = { imageId: await makeTestImage(busyboxImage, docker) }
    const host = await connect(disks())
    return {
      host, programs: { idle: program, echo: program, chatter: program, brief: program, healthy: program }, unreachableImage: '',
      startForeign: () => Promise.reject(new Error('not here')), dispose: () => Promise.resolve(host.stop()),
    }
  })
}

/** What a script prints that runs with the lease's volume at /data. */
async function outputOf(bench: Bench, owner: Owner, script: string, sizeMiB = 16): Promise<string> {
  const { name } = await bench.engine.ensureVolume(owner, 'data', sizeMiB)
  const id = await bench.run(owner, { ...bench.setup.programs.idle, command: ['sh', '-c', script] }, { volumes: [{ name, path: '/data', readOnly: false }] })
  let text = ''
  for await (const chunk of bench.engine.logs(id, { follow: true, tailLines: 1000, signal: new AbortController().signal })) text += chunk.text
  await until('it has ended', async () => await bench.state(id) === 'exited')
  await bench.engine.removeContainer(id)
  return text
}

async function imagesOf(owner: Owner): Promise<ImageFile[]> {
  return (await attachedDevices()).flatMap(({ image }) => image?.leaseId === owner.leaseId && image.node === owner.node ? [image] : [])
}

describe('volumes on loop devices', () => {
  let directory = ''
  const bench = benchOf(() => ({ directory, means: 'auto' }))
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'depin-disks-'))
    await bench.open()
  })
  afterEach(() => bench.clear())
  afterAll(async () => {
    await bench.setup.dispose()
    await rm(directory, { recursive: true })
  })

  it('are the means on a Linux machine’s own Docker, and its status says so', () => {
    expect(bench.engine.status.disk).toEqual({ means: 'loop', why: null })
  })

  it('hold no more than they were made for: the app is told that there is no space, and another lease goes on', async () => {
    const [filler, neighbour] = [bench.newOwner(), bench.newOwner()]
    const full = await outputOf(bench, filler, 'ls -A /data; dd if=/dev/zero of=/data/x bs=1M 2>&1; echo "rc $?"; stat -f -c %b-%S /data; grep /data /proc/mounts')
    expect(full).toMatch(/^dd: .*No space left on device/)
    expect(full).toMatch(/^rc 1$/m)
    expect(full).toMatch(/\/dev\/loop\d+ \/data ext4 rw,nosuid,nodev,noatime/)
    expect(await outputOf(bench, neighbour, 'dd if=/dev/zero of=/data/x bs=1M count=8 2>/dev/null && echo fine')).toBe('fine\n')
    const uses = await bench.engine.diskUse(filler.node)
    expect(uses.get(filler.leaseId)).toMatchObject({ unboundBytes: 0 })
    expect(uses.get(filler.leaseId)?.usedBytes).toBeGreaterThan(10 * mib)
    expect(uses.get(filler.leaseId)?.usedBytes).toBeLessThanOrEqual(16 * mib)
  })

  it('keep what is written, and give back what is deleted', async () => {
    const owner = bench.newOwner()
    await outputOf(bench, owner, 'echo kept > /data/y; dd if=/dev/zero of=/data/x bs=1M count=10 2>/dev/null')
    const before = (await bench.engine.diskUse(owner.node)).get(owner.leaseId)?.usedBytes ?? 0
    expect(await outputOf(bench, owner, 'cat /data/y; rm /data/x; sync')).toBe('kept\n')
    const after = (await bench.engine.diskUse(owner.node)).get(owner.leaseId)?.usedBytes ?? 0
    expect(before - after).toBeGreaterThan(8 * mib)
  })

  it.runIf(process.getuid?.() === 0)('are written slowly while their guest is held back, and at once so that it can fall asleep or end', async () => {
    const owner = bench.newOwner()
    const { name } = await bench.engine.ensureVolume(owner, 'data', 160)
    const command = ['sh', '-c', 'while :; do dd if=/dev/zero of=/data/x bs=1M count=96 conv=fsync 2>/dev/null; done']
    const id = await bench.run(owner, { ...bench.setup.programs.idle, command }, { volumes: [{ name, path: '/data', readOnly: false }], limits: { cpuMilli: 2000, memoryMiB: 256, pids: 16 } })
    const device = (await attachedDevices()).find(({ image }) => image?.leaseId === owner.leaseId)
    const writtenBytes = async (): Promise<number> => Number((await readFile(`/sys/block/loop${device?.device}/stat`, 'utf8')).trim().split(/\s+/)[6]) * 512
    await until('it writes', async () => await writtenBytes() > 32 * mib, 30_000)

    await bench.engine.update(id, { cpuMilli: 500, heldBackPercent: 25 })
    const [before, beganMs] = [await writtenBytes(), performance.now()]
    await until('it goes on writing', async () => await writtenBytes() > before + 4 * mib, 30_000)
    const bytesPerS = (await writtenBytes() - before) / (performance.now() - beganMs) * 1000
    // what was on its way when it was told comes on top
    expect(bytesPerS).toBeLessThan(16 * mib)

    // the rest of its 96 MB would take twenty seconds
    const pausingMs = performance.now()
    await bench.engine.pause(id)
    expect(performance.now() - pausingMs).toBeLessThan(8_000)
    await bench.engine.unpause(id)
    const again = await writtenBytes()
    await until('it goes on writing', async () => await writtenBytes() > again, 30_000)
    // a start makes a new group, which knows nothing of it
    const writes = async (): Promise<string | null | undefined> => (await bench.engine.inspect(id))?.writes
    expect(await writes()).toBe('slow')
    await bench.engine.stop(id, 0)
    await bench.engine.start(id)
    expect(await writes()).toBe('free')
    await bench.engine.stop(id, 0)
    await bench.engine.start(id, { cpuMilli: 500, heldBackPercent: 25 })
    expect([await writes(), (await bench.engine.inspect(id))?.cores?.kept]).toEqual(['slow', Math.ceil(availableParallelism() / 4)])
    const endingMs = performance.now()
    await bench.engine.stop(id, 0)
    await removeEverything(bench.engine, owner)
    expect(performance.now() - endingMs).toBeLessThan(8_000)
  })

  it('leave no device and no image when they are removed', async () => {
    const owner = bench.newOwner()
    await outputOf(bench, owner, 'true')
    const [image] = await imagesOf(owner)
    expect(existsSync(join(directory, image?.path ?? 'none'))).toBe(true)
    await removeEverything(bench.engine, owner)
    expect([await imagesOf(owner), await bench.engine.listVolumes(owner.node)]).toEqual([[], []])
    expect((await readdir(directory, { recursive: true })).filter((path) => path.endsWith('.img'))).toEqual([])
    expect(existsSync(`/dev/loop${image?.device ?? 0}`)).toBe(false)
  })

  it('are refused where there is too little to make one', async () => {
    await expect(bench.engine.ensureVolume(bench.newOwner(), 'data', 0)).rejects.toMatchObject({ code: 'E_DISK_FULL' })
  })

  it('are found and removed when a crash left an image without a volume', async () => {
    const owner = bench.newOwner()
    const { name } = await bench.engine.ensureVolume(owner, 'data', 16)
    await docker.getVolume(name).remove()
    expect((await bench.engine.listVolumes(owner.node)).map((volume) => volume.owner)).toEqual([owner])
    await bench.engine.removeVolumes(owner)
    expect([await imagesOf(owner), await bench.engine.listVolumes(owner.node)]).toEqual([[], []])
  })

  it('are attached again at the next connection, as after a start of the machine, and what lost its image is not', async () => {
    const [owner, lost] = [bench.newOwner(), bench.newOwner()]
    await outputOf(bench, owner, 'echo kept > /data/y')
    await bench.engine.ensureVolume(lost, 'data', 16)
    const [[image], [gone]] = [await imagesOf(owner), await imagesOf(lost)]
    await detachAs(image)
    await unlink(join(directory, gone?.path ?? ''))
    expect((await attachedDevices()).find(({ device }) => device === gone?.device)?.isDeleted).toBe(true)

    const again = await connect({ directory, means: 'auto' })
    await again.stop()
    expect([await imagesOf(owner), await imagesOf(lost)]).toEqual([[image], []])
    expect(await outputOf(bench, owner, 'cat /data/y')).toBe('kept\n')
  })

  /** What a machine does to all devices when it is switched off. */
  async function detachAs(image: ImageFile | undefined): Promise<void> {
    const attacher = (await docker.listImages({ filters: { reference: ['localhost/depin-disk'] } }))[0]
    const container = await docker.createContainer({
      Image: attacher?.Id ?? '', Entrypoint: ['/loop'], Cmd: ['detach', String(image?.device), markOf(image?.path ?? '')],
      HostConfig: { NetworkMode: 'none', DeviceCgroupRules: ['b 7:* rwm', 'c 10:237 rwm'], Binds: ['/dev:/devices:ro'] },
    })
    await container.start()
    await container.wait()
    await container.remove()
    expect((await attachedDevices()).some(({ device }) => device === image?.device)).toBe(false)
  }
})

describe('volumes that are only measured', () => {
  const bench = benchOf(() => ({ directory: null, means: 'measured' }))
  beforeAll(() => bench.open())
  afterEach(() => bench.clear())
  afterAll(() => bench.setup.dispose())

  it('tell what they hold, and that nothing limits it', async () => {
    expect(bench.engine.status.disk?.means).toBe('measured')
    const owner = bench.newOwner()
    await outputOf(bench, owner, 'dd if=/dev/zero of=/data/x bs=1M count=20 2>/dev/null')
    const use = (await bench.engine.diskUse(owner.node)).get(owner.leaseId)
    expect(use?.unboundBytes).toBe(use?.usedBytes)
    expect(use?.usedBytes).toBeGreaterThanOrEqual(20 * mib)
  })
})
