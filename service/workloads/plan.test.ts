import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OwnerTarget } from '../../contract/nouns/owner.ts'
import type { App, AppService } from '../../contract/wire/v1/app.ts'
import type { ContainerInfo } from '../engine/types.ts'
import { appOf, appService } from '../testing/apps.ts'
import { nextRestartMs, observe, plan, unsteady } from './plan.ts'
import type { LeaseView, ServiceRecord } from './types.ts'

const nowMs = 1_000_000
const owner = { node: 'me', leaseId: 'lease' }

function container(service: string, overrides: Partial<ContainerInfo> = {}): ContainerInfo {
  return { id: `id-${service}`, owner, service, name: service, state: 'running', health: 'none', startedAtMs: 1000, finishedAtMs: null, exitCode: null, oomKilled: false, cpuMilli: null, cores: null, writes: null, ports: [80], ...overrides }
}
const exited = (service: string, exitCode: number, overrides: Partial<ContainerInfo> = {}): ContainerInfo => container(service, { state: 'exited', exitCode, startedAtMs: nowMs - 2000, finishedAtMs: nowMs - 500, ...overrides })

function view(app: App, containers: ContainerInfo[], overrides: Partial<LeaseView> = {}): LeaseView {
  return {
    leaseId: 'lease', state: 'running', app, containers: new Map(containers.map((each) => [each.service, each])), cutOff: new Set(), rejoining: new Set(), records: new Map(), isPrepared: true,
    target: { kind: 'full' }, disk: null, abuse: { level: 'fine' }, bootId: 'boot-1', engineOutage: null, nowMs, ...overrides,
  }
}
function record(service: AppService, state: ServiceRecord['status']['state'], overrides: Partial<ServiceRecord> = {}): [string, ServiceRecord] {
  return [service.name, { attempts: 0, bootId: 'boot-1', status: { service: service.name, containerId: null, state, health: 'none', startedAtMs: null, restarts: 0, exitCode: null, progress: null, ports: [] }, ...overrides }]
}
const kinds = (leaseView: LeaseView) => plan(leaseView).map((action) => 'service' in action ? `${action.kind} ${action.service}` : action.kind)

const db = appService({ name: 'db' })
const web = appService({ name: 'web', dependsOn: [{ service: 'db', condition: 'healthy', required: true }] })
const job = appService({ name: 'job', restart: { mode: 'no', maxAttempts: null } })

describe('a lease whose volumes nothing but measuring limits', () => {
  const app = appOf(appService({ name: 'db' }))
  const disk = { usedBytes: 110 * 1024 ** 2, unboundBytes: 110 * 1024 ** 2, limitBytes: 100 * 1024 ** 2, growthBytesPerS: 0, measuredAtMs: 0 }
  it('is frozen when it is seen at its limit, and ended with the numbers when it stays there', () => {
    expect(kinds(view(app, [container('db')], { disk: { ...disk, state: 'within' } }))).toEqual([])
    expect(kinds(view(app, [container('db')], { disk: { ...disk, state: 'full' } }))).toEqual(['pause db'])
    expect(plan(view(app, [container('db', { state: 'paused' })], { disk: { ...disk, state: 'over' } }))).toEqual([
      { kind: 'end', reason: { code: 'disk-full', detail: 'Its volumes hold 110 MB, and it pays for 100 MB.' } },
    ])
  })
})

describe('a guest that abuses the owner’s connection', () => {
  const reason = { code: 'abuse-scan', detail: 'words' } as const
  it('has a quarter of its processor while it is held back, or less where the owner wants that, and all of it again', () => {
    const app = appOf(appService({ name: 'db', cpuMilli: 1000 }))
    const limits = (cpuMilli: number, overrides: Partial<LeaseView>) => plan(view(app, [container('db', { cpuMilli })], overrides)).map((action) => action.kind === 'limit' ? action.limits.cpuMilli : action.kind)
    expect(limits(1000, { abuse: { level: 'throttled', reason } })).toEqual([250])
    expect(limits(250, { abuse: { level: 'throttled', reason } })).toEqual([])
    expect(limits(250, { abuse: { level: 'throttled', reason }, target: { kind: 'throttled', cpuPercent: 10, cause: 'in-use', untilMs: null } })).toEqual([100])
    expect(limits(250, {})).toEqual([1000])
  })

  it('is ended with its reason, asleep or not', () => {
    const app = appOf(db)
    expect(plan(view(app, [container('db')], { abuse: { level: 'stopped', reason } }))).toEqual([{ kind: 'end', reason }])
    expect(plan(view(app, [container('db', { state: 'paused' })], { state: 'suspended', target: { kind: 'off' }, abuse: { level: 'stopped', reason } }))).toEqual([{ kind: 'end', reason }])
    expect(plan(view(app, [container('db')], { state: 'terminated', abuse: { level: 'stopped', reason } }))).toEqual([{ kind: 'teardown' }])
  })
})

describe('a new lease', () => {
  it('is prepared, and services start when those they wait for are ready', () => {
    const app = appOf(db, web)
    expect(kinds(view(app, [], { state: 'funded', isPrepared: false }))).toEqual(['prepare', 'start db'])
    expect(kinds(view(app, [container('db', { health: 'starting' })]))).toEqual([])
    expect(kinds(view(app, [container('db', { health: 'healthy' })]))).toEqual(['start web'])
    expect(kinds(view(app, [container('db', { health: 'healthy' }), container('web')]))).toEqual([])
  })

  it('a container that was created and never started is started, not made again', () => {
    expect(kinds(view(appOf(db), [container('db', { state: 'created', startedAtMs: null })]))).toEqual(['start db'])
  })

  it('waits for a job to complete, and ends when the job fails', () => {
    const app = appOf(job, appService({ dependsOn: [{ service: 'job', condition: 'completed', required: true }] }))
    expect(kinds(view(app, [container('job')]))).toEqual([])
    expect(kinds(view(app, [exited('job', 0)]))).toEqual(['start web'])
    expect(plan(view(app, [exited('job', 3)]))).toMatchObject([{ kind: 'end', reason: { code: 'dependency-failed' } }])
  })
})

describe('an app that ends', () => {
  it.each([
    ['no', 0, 'completed'], ['no', 1, 'failed'], ['on-failure', 0, 'completed'], ['on-failure', 1, 'restarting'], ['always', 0, 'restarting'], ['always', 1, 'restarting'],
  ] as const)('restart %s, exit code %i: %s', (mode, exitCode, state) => {
    const app = appOf(appService({ restart: { mode, maxAttempts: null } }), db)
    expect(observe(view(app, [exited('web', exitCode), container('db')])).services[0]?.state).toBe(state)
  })

  it('is restarted after a pause that grows with each attempt, and starts fresh after a long run', () => {
    const service = appService()
    const dueAfterMs = (attempts: number, ranMs = 0): number => {
      const ended = exited('web', 1, { startedAtMs: nowMs - ranMs, finishedAtMs: nowMs })
      for (let waitMs = 0; ; waitMs += 500) {
        const actions = plan(view(appOf(service), [ended], { nowMs: nowMs + waitMs, records: new Map([record(service, 'restarting', { attempts })]) }))
        if (actions.length > 0) return waitMs
      }
    }
    expect([0, 1, 2, 5, 20].map((attempts) => dueAfterMs(attempts))).toEqual([1000, 2000, 4000, 32_000, 60_000])
    expect(dueAfterMs(20, 11 * 60_000)).toBe(1000)
  })

  it('ends the lease when nothing runs and nothing will, saying which service and why', () => {
    const service = appService({ restart: { mode: 'on-failure', maxAttempts: 2 } })
    const spent = new Map([record(service, 'restarting', { attempts: 2 })])
    expect(plan(view(appOf(service), [exited('web', 7)], { records: spent }))).toEqual([{ kind: 'end', reason: { code: 'app-exited', detail: 'web ended with code 7.' } }])
    expect(plan(view(appOf(service), [exited('web', 137, { oomKilled: true })], { records: spent }))).toMatchObject([{ reason: { detail: 'web used more memory than it may.' } }])
    expect(plan(view(appOf(service), [exited('web', 137)], { records: spent }))).toMatchObject([{ reason: { detail: 'web was killed (code 137), most likely for more memory than it may use.' } }])
    expect(plan(view(appOf(job), [exited('job', 0)]))).toMatchObject([{ reason: { detail: 'All services have finished.' } }])
  })
})

describe('what ended under the app, not by it', () => {
  const service = appService({ restart: { mode: 'no', maxAttempts: null } })
  it('a reboot: it is started again at once, whatever its policy, and that counts against nothing', () => {
    const before = new Map([record(service, 'running', { bootId: 'boot-0' })])
    expect(plan(view(appOf(service), [exited('web', 255)], { records: before }))).toEqual([{ kind: 'restart', service: 'web', containerId: 'id-web', attempts: 0 }])
    // still so when the first attempt failed and it was looked at again
    const again = new Map([record(service, 'restarting', { bootId: 'boot-0' })])
    expect(kinds(view(appOf(service), [exited('web', 255)], { records: again }))).toEqual(['restart web'])
  })

  it('an engine that went away: likewise; but an end before that was its own', () => {
    const outage = { fromMs: nowMs - 1000, toMs: nowMs }
    expect(kinds(view(appOf(service, db), [exited('web', 137), container('db')], { engineOutage: outage }))).toEqual(['restart web'])
    expect(kinds(view(appOf(service, db), [exited('web', 137, { finishedAtMs: nowMs - 5000 }), container('db')], { engineOutage: outage }))).toEqual([])
  })

  it('a job that had completed before the reboot is not run twice', () => {
    const before = new Map([record(job, 'completed', { bootId: 'boot-0' })])
    expect(kinds(view(appOf(job, db), [exited('job', 0), container('db')], { records: before }))).toEqual([])
  })
})

describe('money and ends', () => {
  it('suspended: what runs is frozen, and woken when it is paid', () => {
    const app = appOf(db, appService())
    expect(kinds(view(app, [container('db'), container('web')], { state: 'suspended' }))).toEqual(['pause db', 'pause web'])
    expect(kinds(view(app, [container('db', { state: 'paused' }), container('web')]))).toEqual(['unpause db'])
  })

  it.each<OwnerTarget>([{ kind: 'asleep', cause: 'in-use', untilMs: null }, { kind: 'off' }])('the owner comes first ($kind): what runs is frozen, nothing starts, nothing ends', (target) => {
    const app = appOf(db, appService({ restart: { mode: 'no', maxAttempts: null } }))
    expect(kinds(view(app, [container('db')], { target }))).toEqual(['pause db'])
    expect(kinds(view(app, [container('db', { state: 'paused' }), exited('web', 1)], { target }))).toEqual([])
    expect(kinds(view(app, [], { target, state: 'funded', isPrepared: false }))).toEqual([])
    expect(nextRestartMs(view(appOf(appService({ restart: { mode: 'always', maxAttempts: null } })), [exited('web', 1)], { target }))).toBeNull()
  })

  it('held back: a smaller share of the processor, and the whole one again after', () => {
    const app = appOf(appService({ cpuMilli: 2000 }))
    const held: OwnerTarget = { kind: 'throttled', cpuPercent: 25, cause: 'in-use', untilMs: null }
    expect(plan(view(app, [container('web', { cpuMilli: 2000 })], { target: held }))).toEqual([{ kind: 'limit', service: 'web', containerId: 'id-web', limits: { cpuMilli: 500, heldBackPercent: 25 } }])
    expect(plan(view(app, [container('web', { cpuMilli: 500 })], { target: held }))).toEqual([])
    expect(plan(view(app, [container('web', { cpuMilli: 500 })]))).toMatchObject([{ kind: 'limit', limits: { cpuMilli: 2000, heldBackPercent: null } }])
    expect(kinds(view(app, [container('web', { state: 'paused', cpuMilli: 2000 })], { target: held }))).toEqual(['limit web', 'unpause web'])
    const small = appOf(appService({ cpuMilli: 20 }))
    expect(plan(view(small, [container('web', { cpuMilli: 20 })], { target: { ...held, cpuPercent: 1 } }))).toMatchObject([{ limits: { cpuMilli: 10, heldBackPercent: 1 } }])
  })

  it('held back is what the kernel has, whatever was asked for before: quota, cores and pace of writes each count, as far as there is a means', () => {
    const app = appOf(appService({ cpuMilli: 2000 }))
    const held: OwnerTarget = { kind: 'throttled', cpuPercent: 25, cause: 'in-use', untilMs: null }
    const limits = { cpuMilli: 500, heldBackPercent: 25 }
    const seen = (overrides: Partial<ContainerInfo>, target: OwnerTarget) => plan(view(app, [container('web', overrides)], { target })).map((action) => action.kind === 'limit' ? action.limits : action.kind)
    const [slow, free] = [{ cpuMilli: 500, cores: { kept: 2, of: 8 }, writes: 'slow' }, { cpuMilli: 2000, cores: { kept: 8, of: 8 }, writes: 'free' }] as const
    expect([seen(slow, held), seen(free, { kind: 'full' })]).toEqual([[], []])
    const wrong: Partial<ContainerInfo>[] = [{ cores: { kept: 8, of: 8 } }, { cores: { kept: 4, of: 8 } }, { writes: 'free' }, { writes: 'partly' }]
    for (const each of wrong) expect(seen({ ...slow, ...each }, held), JSON.stringify(each)).toEqual([limits])
    const left: Partial<ContainerInfo>[] = [{ cores: { kept: 2, of: 8 } }, { writes: 'slow' }, { writes: 'partly' }]
    for (const each of left) expect(seen({ ...free, ...each }, { kind: 'full' }), JSON.stringify(each)).toEqual([{ cpuMilli: 2000, heldBackPercent: null }])
    expect([seen({ ...slow, cores: null, writes: null }, held), seen({ ...free, cores: null, writes: null }, { kind: 'full' })]).toEqual([[], []])
  })

  it('whatever starts while guests are held back is so from its start, and whatever starts after that is not', () => {
    const service = appService({ cpuMilli: 2000, restart: { mode: 'always', maxAttempts: null } })
    const held: OwnerTarget = { kind: 'throttled', cpuPercent: 25, cause: 'in-use', untilMs: null }
    const limits = { cpuMilli: 500, heldBackPercent: 25 }
    const ended = (overrides: Partial<ContainerInfo>) => [exited('web', 1, { finishedAtMs: nowMs - 60_000, ...overrides })]
    const [slow, free] = [{ cpuMilli: 500, cores: { kept: 2, of: 8 } }, { cpuMilli: 2000, cores: { kept: 8, of: 8 } }]
    const start = (containers: ContainerInfo[], target: OwnerTarget, cutOff: string[] = []) => plan(view(appOf(service), containers, { target, cutOff: new Set(cutOff) })).map((action) => [action.kind, 'limits' in action ? action.limits : undefined])
    expect(start([], held)).toEqual([['start', limits]])
    expect(start([], { kind: 'full' })).toEqual([['start', undefined]])
    // it writes freely in a group of its own, whatever the engine has kept
    expect(start(ended(slow), held)).toEqual([['restart', limits]])
    expect(start(ended(free), held)).toEqual([['restart', limits]])
    expect(start(ended(slow), { kind: 'full' })).toEqual([['restart', { cpuMilli: 2000, heldBackPercent: null }]])
    expect(start(ended(free), { kind: 'full' })).toEqual([['restart', undefined]])
    expect(start([container('web', slow)], held, ['web'])).toEqual([['rejoin', limits]])
  })

  it.each(['terminated', 'final'] as const)('%s: everything goes', (state) => {
    expect(kinds(view(appOf(db), [container('db')], { state }))).toEqual(['teardown'])
  })

  it('is paid for while anything of it runs and the rest is its own doing: ended, over, or waiting for what did', () => {
    const meter = (...containers: ContainerInfo[]) => observe(view(appOf(db, web, job), containers)).meter
    const crashed = exited('db', 1)
    expect(meter(container('db'), container('web'), exited('job', 1))).toBe('running')
    expect(meter(container('db', { health: 'starting' }), exited('job', 0))).toBe('running')
    expect(meter(crashed, container('web'), exited('job', 0))).toBe('running')
    // nothing runs, or the host has not started what it should
    expect(meter(crashed, exited('job', 1))).toBe('stopped')
    expect(meter(container('db', { health: 'healthy' }), exited('job', 0))).toBe('stopped')
    expect(meter(container('db'), container('web', { state: 'created' }), exited('job', 0))).toBe('stopped')
    // the host’s own downtime: it was late, stopped it for a network, or its engine was away
    expect(meter(exited('db', 1, { finishedAtMs: nowMs - 12_000 }), container('web'), exited('job', 0))).toBe('stopped')
    expect(observe(view(appOf(db, web), [crashed, container('web')], { rejoining: new Set(['db']) })).meter).toBe('stopped')
    const outage = { engineOutage: { fromMs: nowMs - 1000, toMs: nowMs } }
    expect(observe(view(appOf(db, web), [crashed, container('web')], outage)).meter).toBe('stopped')
  })

  it('is unsteady from an end of its own until it has run for a while again', () => {
    const again = (overrides: Partial<ContainerInfo>, attempts = 2) => unsteady(view(appOf(db), [container('db', overrides)], { records: new Map([record(db, 'running', { attempts })]) }))
    expect(unsteady(view(appOf(db), [exited('db', 7)]))).toMatchObject([{ service: 'db', exitCode: 7, times: 1, atMs: nowMs - 500 }])
    expect(again({ startedAtMs: nowMs - 9_000 })).toMatchObject([{ times: 2, atMs: null }])
    expect(again({ startedAtMs: nowMs - 11_000 })).toEqual([])
    expect(again({ startedAtMs: nowMs - 1_000 }, 0)).toEqual([])
    expect(unsteady(view(appOf(job), [exited('job', 0)]))).toEqual([])
    expect(unsteady(view(appOf(job), [exited('job', 2)]))).toMatchObject([{ exitCode: 2, isOver: true }])
    expect(unsteady(view(appOf(db), [exited('db', 1)], { rejoining: new Set(['db']) }))).toEqual([])
    expect(unsteady(view(appOf(db), [exited('db', 1)], { engineOutage: { fromMs: nowMs - 1000, toMs: nowMs } }))).toEqual([])
  })

  it('counts as running only while every service does its part, and names what runs', () => {
    const app = appOf(db, job)
    const running = observe(view(app, [container('db'), exited('job', 0)]))
    expect([running.meter, running.runKey]).toEqual(['running', `id-db@1000,id-job@${nowMs - 2000}`])
    expect(observe(view(app, [container('db')])).meter).toBe('stopped')
    expect(observe(view(app, [container('db', { state: 'paused' }), exited('job', 0)])).meter).toBe('suspended')
  })
})

it('whatever is seen, it never throws, never asks to start what runs, and a lease that is over only ever goes', () => {
  const states = fc.constantFrom<ContainerInfo['state']>('created', 'running', 'paused', 'restarting', 'exited', 'dead')
  const seen = fc.option(fc.record({ state: states, exitCode: fc.option(fc.integer({ min: 0, max: 255 })), finishedAtMs: fc.option(fc.nat(2 * nowMs)) }), { nil: undefined })
  fc.assert(fc.property(seen, seen, fc.constantFrom<LeaseView['state']>('proposed', 'funded', 'running', 'grace', 'suspended', 'terminated', 'final'), fc.boolean(), (a, b, state, isPrepared) => {
    const containers = [...a === undefined ? [] : [container('db', a)], ...b === undefined ? [] : [container('web', b)]]
    const leaseView = view(appOf(db, web), containers, { state, isPrepared })
    const actions = plan(leaseView)
    observe(leaseView)
    for (const action of actions) {
      if (action.kind === 'start') expect(leaseView.containers.get(action.service)?.state ?? 'created').toBe('created')
      if (action.kind === 'restart') expect(['exited', 'dead']).toContain(leaseView.containers.get(action.service)?.state)
    }
    if (state === 'terminated' || state === 'final') expect(actions.map((action) => action.kind)).toEqual(['teardown'])
  }))
})
