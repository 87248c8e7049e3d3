import { describe, expect, it } from 'vitest'
import { FakeService } from '../testing/fake-service.ts'
import { testNowMs } from '../testing/test-io.ts'

const cli = new FakeService()

describe('share', () => {
  it.each([
    ['on', { on: true, pausedUntilMs: null }],
    ['off', { on: false }],
    ['pause 30m', { pausedUntilMs: testNowMs + 1_800_000 }],
    ['resume', { pausedUntilMs: null }],
    ['set --cpu 2.5 --memory 8GiB --disk 50g', { limits: { cpuMilli: 2500, memoryMiB: 8192, diskMiB: 51_200 } }],
    ['set --price cpu=2.5,egress=0.005', { prices: { cpuCoreMonthMicro: 2_500_000n, egressGiBMicro: 5_000n } }],
    ['set --interval 1m --prepaid 10m --grace 30m --retention 7d', { terms: { meterIntervalMs: 60_000, prepaidMs: 600_000, graceMs: 1_800_000, retentionMs: 604_800_000 } }],
    ['set --in-use 25% --while-idle all --idle-after 5m --on-battery asleep', { rules: { inUse: 25, idle: 100, idleMinutes: 5, onBattery: 'asleep' } }],
    ['set --hot-above 80 --busy 50 --hours always', { rules: { hot: { aboveC: 80 }, busy: { allow: 50 }, hours: { on: false } } }],
    ['set --name attic --region BR-PE', { label: 'attic', region: 'BR-PE' }],
  ])('%s', async (line, patch) => {
    expect((await cli.depin(`share ${line}`)).exitCode).toBe(0)
    expect(cli.fake.calls).toEqual([{ procedure: 'share.set', input: patch }])
  })

  it('anyway', async () => {
    expect((await cli.depin('share anyway')).exitCode).toBe(0)
    expect(cli.fake.calls).toEqual([{ procedure: 'share.anyway', input: {} }])
  })

  it('pauses until a time of the clock, today or tomorrow', async () => {
    const at = new Date(testNowMs)
    at.setHours(8, 30, 0, 0)
    if (at.getTime() <= testNowMs) at.setDate(at.getDate() + 1)
    await cli.depin('share pause 08:30')
    expect(cli.fake.calls).toEqual([{ procedure: 'share.set', input: { pausedUntilMs: at.getTime() } }])
  })

  it.each(['set --in-use 0', 'set --in-use half', 'set --hours mon', 'set --hours "mon 8-25"', 'pause 25:00'])('does not understand %s', async (line) => {
    expect((await cli.depin(`share ${line}`)).exitCode).toBe(2)
  })

  it('shows in JSON what is so afterwards', async () => {
    expect(JSON.parse((await cli.depin('share off --json')).stdout)).toMatchObject({ settings: { on: false } })
    expect(JSON.parse((await cli.depin('share show --json')).stdout)).toMatchObject({ settings: { on: false, prices: { cpuCoreMonthMicro: 2_500_000 } } })
  })
})
