import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EngineStatus } from '../../contract/nouns/node.ts'
import type { OwnerTarget } from '../../contract/nouns/owner.ts'
import { createActivityLog } from '../activity/index.ts'
import { createEventBus, type ServiceEvents } from '../base/index.ts'
import { openDatabase } from '../database/index.ts'
import type { EngineHost } from '../engine/types.ts'
import { fakeDeps } from '../testing/deps.ts'
import { createCapacity, type Inventory, noSignals, sleepReason } from './index.ts'

const ready: EngineStatus = { state: 'ready', kind: 'fake', version: '1', socket: '', os: 'linux', arch: 'amd64', cpuMilli: 4000, memoryMiB: 8192, rootless: false, containment: 'proven', isolation: 'container' }

function setUp(engineStatus: () => EngineStatus = () => ready) {
  const deps = fakeDeps()
  const database = openDatabase({ path: ':memory:' })
  const bus = createEventBus<ServiceEvents>()
  const disk = { totalMiB: 100_000, freeMiB: 50_000 }
  const inventory: Inventory = {
    cpuMilli: () => 4000, memoryMiB: () => 8192, freeMemoryMiB: () => 4096, disk: () => disk, cpuTimesMs: () => ({ busyMs: 0, totalMs: 0 }), hostname: () => 'study-pc',
  }
  const engine = { status: engineStatus, onChange: () => () => undefined, require: () => ({ freeDiskMiB: () => Promise.resolve(null), diskUse: () => Promise.resolve(new Map([['half', { usedBytes: 3000 * 1024 ** 2, unboundBytes: 0 }]])) }) } as unknown as EngineHost
  const activity = createActivityLog({ ...deps, database, bus })
  const capacity = createCapacity({ ...deps, database, bus, activity, engine, inventory, signals: noSignals, nodeId: 'me' })
  return { ...deps, database, capacity, disk, activity }
}

describe('what is offered', () => {
  it('begins off, balanced, and is remembered', async () => {
    const { capacity } = setUp()
    await capacity.start()
    expect(capacity.state()).toEqual({ kind: 'off' })
    expect(capacity.settings().limits).toEqual({ cpuMilli: 2000, memoryMiB: 3072, diskMiB: 24_576 })
    capacity.change({ on: true, region: 'TZ', limits: { cpuMilli: 1500 } })
    expect(capacity.state()).toMatchObject({ kind: 'ready' })
    expect(capacity.settings()).toMatchObject({ region: 'TZ', limits: { cpuMilli: 1500, memoryMiB: 3072 } })
    await capacity.stop()
  })

  it('cannot be more than the machine has, and says by how much', () => {
    const { capacity } = setUp()
    expect(() => capacity.change({ limits: { memoryMiB: 9000 } })).toThrow(expect.objectContaining({ code: 'E_BAD_INPUT', details: { code: 'memory', need: 9000, have: 8192 } }))
  })

  it('stops before the disk of the machine is full', async () => {
    const { capacity, disk } = setUp()
    disk.freeMiB = 2000
    capacity.change({ on: true })
    await capacity.start()
    expect(capacity.state()).toEqual({ kind: 'disk-full', freeMiB: 2000 })
    expect(capacity.refusalFor({ cpuMilli: 1, memoryMiB: 1, diskMiB: 0 })).toEqual({ code: 'disk-full' })
    await capacity.stop()
  })

  it('counts what was promised and is still to be written as not free', async () => {
    const { capacity, database, disk } = setUp()
    disk.freeMiB = 12_048
    capacity.change({ on: true })
    const reserve = (leaseId: string, diskMiB: number) => database.transaction((tx) => capacity.reserve(tx, leaseId, { cpuMilli: 1, memoryMiB: 1, diskMiB }))
    await capacity.start()
    expect(reserve('half', 6000)).toBe(null)
    // of 10,000 MiB above what the machine keeps, 6,000 are spoken for
    expect(reserve('more', 4001)).toEqual({ code: 'disk', need: 4001, have: 4000 })
    await capacity.stop()
    await capacity.start()
    // 3,000 of them are written by now, and gone from what is free
    expect(reserve('more', 7001)).toEqual({ code: 'disk', need: 7001, have: 7000 })
    await capacity.stop()
  })

  it('puts guests to sleep when the disk of the machine is nearly full, and wakes them when there is room again', async () => {
    const { capacity, clock, disk } = setUp()
    capacity.change({ on: true })
    await capacity.start()
    const targetAt = async (freeMiB: number): Promise<OwnerTarget> => {
      disk.freeMiB = freeMiB
      let target = capacity.target()
      for (let look = 0; look < 3; look++) {
        clock.advance(5_000)
        for (let turn = 0; turn < 20; turn++) await Promise.resolve()
        target = capacity.target()
      }
      return target
    }
    expect(await targetAt(1500)).toEqual({ kind: 'full' })
    expect(await targetAt(1000)).toEqual({ kind: 'asleep', cause: 'disk', untilMs: null })
    expect(sleepReason(capacity.target())).toEqual({ code: 'disk-full' })
    expect(await targetAt(1500)).toMatchObject({ kind: 'asleep' })
    expect(() => capacity.anyway()).toThrow(expect.objectContaining({ code: 'E_CONFLICT' }) as Error)
    expect(await targetAt(1600)).toEqual({ kind: 'full' })
    await capacity.stop()
  })

  it('a pause ends by itself', async () => {
    const { capacity, clock, activity } = setUp()
    capacity.change({ on: true, pausedUntilMs: clock.nowMs() + 60_000 })
    await capacity.start()
    expect(capacity.refusalFor({ cpuMilli: 1, memoryMiB: 1, diskMiB: 1 })).toEqual({ code: 'paused' })
    clock.advance(61_000)
    expect(capacity.state()).toMatchObject({ kind: 'ready' })
    await expect.poll(() => {
      clock.advance(10_000)
      return activity.list(null, 1)[0]?.kind
    }).toBe('sharing-resumed')
    await capacity.stop()
  })
})

describe('what is promised', () => {
  it('never exceeds what is offered, under any order of reserving and releasing', async () => {
    const need = fc.record({ cpuMilli: fc.nat(1500), memoryMiB: fc.nat(3000), diskMiB: fc.nat(9000) })
    const steps = fc.array(fc.record({ lease: fc.nat(9), need }), { maxLength: 40 })
    await fc.assert(fc.asyncProperty(steps, async (sequence) => {
      const { capacity, database } = setUp()
      capacity.change({ on: true })
      await capacity.start()
      const held = new Set<number>()
      for (const step of sequence) {
        const id = `lease-${step.lease}`
        if (held.delete(step.lease)) database.transaction((tx) => capacity.release(tx, id))
        else if (database.transaction((tx) => capacity.reserve(tx, id, step.need)) === null) held.add(step.lease)
        const { reserved, settings: { limits } } = capacity.status()
        expect(reserved.cpuMilli <= limits.cpuMilli && reserved.memoryMiB <= limits.memoryMiB && reserved.diskMiB <= limits.diskMiB).toBe(true)
      }
      await capacity.stop()
    }), { numRuns: 50 })
  })

  it('a refusal says what is missing and by how much', () => {
    const { capacity } = setUp()
    capacity.change({ on: true })
    expect(capacity.refusalFor({ cpuMilli: 3000, memoryMiB: 1, diskMiB: 1 })).toEqual({ code: 'cpu', need: 3000, have: 2000 })
  })

  it('more than the computer has cannot be shared, and is told in its own units', () => {
    const { capacity } = setUp()
    expect(() => capacity.change({ limits: { cpuMilli: 9_500, memoryMiB: 1, diskMiB: 1 } })).toThrow('This computer has 4 cores, less than the 9.5 cores you want to share.')
  })

  it('nothing is taken once a guest could reach too much, and that is the reason', () => {
    const { capacity } = setUp(() => ({ ...ready, containment: 'broken' }))
    capacity.change({ on: true })
    expect(capacity.state()).toEqual({ kind: 'uncontained' })
    expect(capacity.refusalFor({ cpuMilli: 100, memoryMiB: 64, diskMiB: 100 })).toEqual({ code: 'engine' })
  })

  it('nothing is taken while the engine lets nobody in, and that is the reason', () => {
    const { capacity } = setUp(() => ({ state: 'forbidden', socket: '/var/run/docker.sock', message: 'It may not.', fix: 'Let it.' }))
    capacity.change({ on: true })
    expect([capacity.state().kind, capacity.refusalFor({ cpuMilli: 1, memoryMiB: 1, diskMiB: 1 })]).toEqual(['engine-forbidden', { code: 'engine' }])
  })

  it('nothing is taken while the engine is away', () => {
    const { capacity } = setUp(() => ({ state: 'missing', tried: [], install: '' }))
    capacity.change({ on: true })
    expect([capacity.state().kind, capacity.refusalFor({ cpuMilli: 1, memoryMiB: 1, diskMiB: 1 })]).toEqual(['engine-missing', { code: 'engine' }])
  })
})
