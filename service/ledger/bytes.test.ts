import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { end, figures, pass, send, setUp } from '../testing/ledger-world.ts'

describe('what bytes cost', () => {
  it('a download worth more than all of the grace freezes nobody who pays, and is billed before the minute is over', async () => {
    const world = setUp()
    await pass(world, 12_000)
    const download = (bytes: number) => {
      send(world.provider, world.leaseId, 'provider', bytes)
      send(world.tenant, world.leaseId, 'tenant', bytes)
    }
    for (let second = 0; second < 60; second++) {
      download(4 * 1024 ** 3)
      await pass(world, 1000)
      expect(figures(world).state).toBe('running')
    }
    await pass(world, 12_000)
    const { earned, spent } = figures(world)
    expect(earned.signed).toBeGreaterThan(1_200_000n)
    expect(spent.signed).toBe(earned.signed)
  })

  it('bytes that the renter counts long after its host are credited once it does, all of them', async () => {
    const world = setUp()
    await pass(world, 12_000)
    const bytes = 4 * 1024 ** 3
    send(world.provider, world.leaseId, 'provider', bytes)
    await pass(world, 12_000)
    expect(figures(world).earned.signed).toBeLessThan(figures(world).earned.due)
    send(world.tenant, world.leaseId, 'tenant', bytes)
    await pass(world, 12_000)
    end(world)
    await pass(world, 5_000)
    const { earned, spent } = figures(world)
    expect([earned.signed, spent.signed]).toEqual([earned.due, earned.due])
  })

  it('a renter whose own count stays behind pays for what it counts, and for no more than 16 MiB beyond', async () => {
    const world = setUp()
    await pass(world, 12_000)
    const gib = 1024 ** 3
    // as after a restore: a gap that is never closed
    send(world.provider, world.leaseId, 'provider', 64 * gib)
    await pass(world, 12_000)
    for (let minute = 0; minute < 3; minute++) {
      send(world.provider, world.leaseId, 'provider', gib)
      send(world.tenant, world.leaseId, 'tenant', gib)
      await pass(world, 12_000)
    }
    expect(world.tenant.store.account(world.leaseId, 'tenant')!.creditedBytes).toBe(3 * gib + 16 * 1024 ** 2)
  })

  it('whoever downloads and signs nothing is frozen soon, though it is connected', async () => {
    const world = setUp()
    await pass(world, 12_000)
    world.links.provider.loses = () => 'answer'
    send(world.tenant, world.leaseId, 'tenant', 4 * 1024 ** 3)
    send(world.provider, world.leaseId, 'provider', 4 * 1024 ** 3)
    await pass(world, 2_000)
    expect(figures(world).state).toBe('running')
    await pass(world, 30_000)
    expect(figures(world).state).toBe('suspended')
  })

  it('whichever side counts them first, fill the bucket once, all that both have counted, and never more than the renter has', async () => {
    const mib = 1024 ** 2
    const moves = fc.array(fc.record({ host: fc.integer({ min: 0, max: 64 }), renter: fc.integer({ min: 0, max: 64 }), waitMs: fc.constantFrom(500, 4_000, 11_000) }), { minLength: 1, maxLength: 10 })
    await fc.assert(fc.asyncProperty(moves, async (steps) => {
      const world = setUp()
      const counted = { host: 0, renter: 0 }
      for (const { host, renter, waitMs } of steps) {
        counted.host += host
        counted.renter += renter
        send(world.provider, world.leaseId, 'provider', host * mib)
        send(world.tenant, world.leaseId, 'tenant', renter * mib)
        await pass(world, waitMs)
        expect(world.tenant.store.account(world.leaseId, 'tenant')!.creditedBytes).toBeLessThanOrEqual(Math.min(counted.host, counted.renter + 16) * mib)
      }
      await pass(world, 25_000)
      expect(world.tenant.store.account(world.leaseId, 'tenant')!.creditedBytes).toBe(Math.min(counted.host, counted.renter + 16) * mib)
      expect(figures(world).earned.signed).toBeLessThanOrEqual(figures(world).earned.due)
    }), { numRuns: 12 })
  }, 60_000)
})
