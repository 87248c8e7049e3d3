import type { MessagePortMain } from 'electron'
import { describe, expect, it } from 'vitest'
import { DepinError, type ErrorReport } from '../../contract/errors.ts'
import type { ServiceState } from '../../contract/desktop/shell.ts'
import { manualClock, settled } from '../testing/clock.ts'
import { retryDelayMs, Supervisor } from './supervisor.ts'
import type { RunningService } from './types.ts'

const killed: ErrorReport = { code: 'E_NOT_RUNNING', message: 'The service ended unexpectedly (9).' }

/** Services that come and end when a test says so. */
function world({ heedsQuit = true } = {}) {
  const clock = manualClock(1_000_000)
  const opened: { come: (service: Partial<RunningService>) => void, fail: (error: unknown) => void, end: (report: ErrorReport) => void, ports: MessagePortMain[], asked: string[], signal: AbortSignal }[] = []
  const supervisor = new Supervisor({
    clock, log: () => undefined,
    open: (signal, force) => {
      const service = Promise.withResolvers<RunningService>()
      const ended = Promise.withResolvers<ErrorReport>()
      const ports: MessagePortMain[] = []
      const asked: string[] = []
      const whole: RunningService = {
        pid: opened.length + 100, isOurs: true, isSealed: () => false, seal: () => Promise.resolve(), ended: ended.promise, connect: (port) => void ports.push(port), stop: () => void asked.push('stop'),
      }
      opened.push({ come: (part) => service.resolve({ ...whole, ...part }), fail: service.reject, end: ended.resolve, ports, asked, signal })
      if (heedsQuit) signal.addEventListener('abort', () => service.reject(new DepinError('E_NOT_RUNNING', 'aborted')))
      force.addEventListener('abort', () => {
        asked.push('kill')
        service.reject(new DepinError('E_NOT_RUNNING', 'ended'))
        ended.resolve(killed)
      })
      return service.promise
    },
  })
  const states: ServiceState[] = []
  supervisor.subscribe((state) => states.push(state))
  return { clock, supervisor, opened, last: () => opened.at(-1)!, kinds: () => states.map(({ kind }) => kind) }
}

const port = (): MessagePortMain => Object.create(null) as MessagePortMain

describe('the supervisor', () => {
  it('starts a service, and another one when it ends, later each time', async () => {
    const { clock, supervisor, opened, last } = world()
    supervisor.start()
    const waits: number[] = []
    for (let kill = 1; kill <= 10; kill++) {
      last().come({})
      await settled()
      expect(supervisor.state).toEqual({ kind: 'running', pid: 99 + opened.length })
      last().end(killed)
      await settled()
      const state = supervisor.state
      expect(state).toMatchObject({ kind: 'waiting', report: killed, failures: kill })
      waits.push(state.kind === 'waiting' ? state.retryAtMs - clock.nowMs() : 0)
      await clock.advance(waits.at(-1)! - 1)
      expect(opened).toHaveLength(kill)
      await clock.advance(1)
      expect(opened).toHaveLength(kill + 1)
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000])
  })

  it('says why a service does not start', async () => {
    const { supervisor, last } = world()
    supervisor.start()
    last().fail(new DepinError('E_DATA_DIR_MISSING', 'The disk with your data is not there.'))
    await settled()
    expect(supervisor.state).toMatchObject({ kind: 'waiting', report: { code: 'E_DATA_DIR_MISSING' }, failures: 1 })
  })

  it('forgets the past of a service that ran for long', async () => {
    const { clock, supervisor, last } = world()
    supervisor.start()
    for (const ranMs of [0, 0, 60_000]) {
      last().come({})
      await settled()
      await clock.advance(ranMs)
      last().end(killed)
      await settled()
      if (ranMs === 0) await clock.advance(60_000)
    }
    expect(supervisor.state).toMatchObject({ failures: 1 })
  })

  it('tries now when told to, and only then', async () => {
    const { supervisor, opened, last } = world()
    supervisor.start()
    supervisor.retryNow()
    supervisor.start()
    expect(opened).toHaveLength(1)
    last().fail(new Error('no'))
    await settled()
    supervisor.retryNow()
    supervisor.retryNow()
    expect(opened).toHaveLength(2)
  })

  it('never has two: nothing starts while one runs', async () => {
    const { supervisor, opened, last } = world()
    supervisor.start()
    last().come({})
    await settled()
    supervisor.start()
    supervisor.retryNow()
    expect(opened).toHaveLength(1)
  })

  it('uses a service that is there, and starts its own at once when that one ends', async () => {
    const { supervisor, opened, last, kinds } = world()
    supervisor.start()
    last().come({ isOurs: false, pid: 7 })
    await settled()
    expect(supervisor.state).toEqual({ kind: 'elsewhere', pid: 7 })
    last().end(killed)
    await settled()
    expect(opened).toHaveLength(2)
    expect(kinds()).toEqual(['starting', 'elsewhere', 'starting'])
  })

  it('hands ports over when a service takes calls; who is gone by then gets none', async () => {
    const { supervisor, last } = world()
    const early = port()
    supervisor.connect(() => early)
    supervisor.connect(() => null)
    supervisor.start()
    last().come({})
    await settled()
    const late = port()
    supervisor.connect(() => late)
    expect(last().ports).toEqual([early, late])
  })

  it('stops in order', async () => {
    const { clock, supervisor, opened, last, kinds } = world()
    supervisor.start()
    last().come({})
    await settled()
    const stopped = supervisor.stop(5_000)
    await settled()
    expect(last().asked).toEqual(['stop'])
    last().end({ code: 'E_NOT_RUNNING', message: 'The service stopped.' })
    await stopped
    await clock.advance(120_000)
    expect(last().asked).toEqual(['stop'])
    expect(opened).toHaveLength(1)
    expect(kinds()).toEqual(['starting', 'running', 'stopping', 'stopped'])
  })

  it('ends a service that does not stop in time', async () => {
    const { clock, supervisor, last } = world()
    supervisor.start()
    last().come({})
    await settled()
    const stopped = supervisor.stop(5_000)
    await clock.advance(5_000)
    await stopped
    expect(last().asked).toEqual(['stop', 'kill'])
  })

  it('ends a start that is not given up in time: quitting takes no longer than it is given', async () => {
    const { clock, supervisor, last, kinds } = world({ heedsQuit: false })
    supervisor.start()
    const stopped = supervisor.stop(5_000)
    await clock.advance(4_999)
    expect(last().asked).toEqual([])
    await clock.advance(1)
    await stopped
    expect([last().asked, kinds()]).toEqual([['kill'], ['starting', 'stopping', 'stopped']])
  })

  it('gives up a start, and a wait, when the app quits', async () => {
    const starting = world()
    starting.supervisor.start()
    await starting.supervisor.stop(1_000)
    expect(starting.last().signal.aborted).toBe(true)
    const waiting = world()
    waiting.supervisor.start()
    waiting.last().fail(new Error('no'))
    await settled()
    await waiting.supervisor.stop(1_000)
    await waiting.clock.advance(120_000)
    expect(waiting.opened).toHaveLength(1)
  })

  it('waits a quarter of a second at first, and never more than a minute', () => {
    expect([0, 1, 5, 100].map(retryDelayMs)).toEqual([250, 250, 4_000, 60_000])
  })
})
