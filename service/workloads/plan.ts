/**
 * What to do about a lease, decided from one look at it. Pure: no clock, no engine, no database.
 */
import type { AppService } from '../../contract/wire/v1/app.ts'
import type { OwnerTarget } from '../../contract/nouns/owner.ts'
import { isOwnerReason, type Reason } from '../../contract/reasons.ts'
import type { ServiceStatus } from '../../contract/wire/v1/protocols.ts'
import { keptCores } from '../engine/index.ts'
import type { ContainerInfo } from '../engine/types.ts'
import { diskFullDetail } from './disk/plan.ts'
import type { LeaseEvent, LeaseRecord } from '../market/index.ts'
import type { Ended, HeldLimits, LeaseAction, LeaseView, Observation, ServiceRecord } from './types.ts'

/** Pause before the n-th restart: 1, 2, 4 … 60 s. */
const firstRestartMs = 1_000
const maxRestartMs = 60_000
/** After running this long, an app has earned a fresh count of its restarts, ms. */
const steadyMs = 10 * 60_000
/** A start takes this long at most, ms. */
const lateMs = 10_000
/** Started again, it is said to run once it has for this long, ms. */
const settledMs = 10_000

/** 128 + SIGKILL: what a host stops itself is never told so. */
const killedCode = 137

/** Engines take no smaller quota, thousandths of a core. */
const leastCpuMilli = 10
/** Of its processor, while a guest is held back for what it does on the internet. */
const heldBackCpuPercent = 25

/** Where one service stands. */
type ServicePhase =
  | { kind: 'absent' }
  | { kind: 'created' }
  | { kind: 'running', healthy: boolean }
  | { kind: 'paused' }
  /** Ended, and to be started again at this time. `interrupted`: the machine or the engine went down under it. */
  | { kind: 'again', atMs: number, attempts: number, interrupted: boolean }
  | { kind: 'completed' }
  | { kind: 'failed', exitCode: number }

export function plan(view: LeaseView): LeaseAction[] {
  switch (view.state) {
    case 'proposed':
      return []
    case 'terminated':
    case 'final':
      return [{ kind: 'teardown' }]
    case 'suspended':
    case 'funded':
    case 'running':
    case 'grace':
      if (view.abuse.level === 'stopped') return [{ kind: 'end', reason: view.abuse.reason }]
      if (view.disk?.state === 'over') return [{ kind: 'end', reason: { code: 'disk-full', detail: diskFullDetail(view.disk) } }]
      return isFrozen(view) ? planAsleep(view) : planActive(view)
  }
}

/** Nothing of it is to run now: it is not paid for, the owner comes first, or it would take more of the disk than it may. */
function isFrozen({ state, target, disk }: LeaseView): boolean {
  return state === 'suspended' || target.kind === 'asleep' || target.kind === 'off' || disk?.state === 'full'
}

function planAsleep({ containers }: LeaseView): LeaseAction[] {
  return [...containers.values()].filter((container) => container.state === 'running')
    .map((container) => ({ kind: 'pause', service: container.service, containerId: container.id }))
}

function planActive(view: LeaseView): LeaseAction[] {
  const phases = phasesOf(view)
  const end = reasonToEnd(view, phases)
  if (end !== null) return [{ kind: 'end', reason: end }]
  const actions = view.app.services.flatMap((service) => planService(view, service, phases))
  const needsPreparing = actions.some((action) => action.kind === 'start') && !view.isPrepared
  return needsPreparing ? [{ kind: 'prepare' }, ...actions] : actions
}

function planService(view: LeaseView, service: AppService, phases: ReadonlyMap<string, ServicePhase>): LeaseAction[] {
  const phase = phases.get(service.name)
  const containerId = view.containers.get(service.name)?.id ?? ''
  if (view.cutOff.has(service.name) && (phase?.kind === 'running' || phase?.kind === 'paused')) return [{ kind: 'rejoin', service: service.name, containerId, ...limitsAtStart(view, service) }]
  switch (phase?.kind) {
    case 'absent':
    case 'created':
      return areDependenciesMet(service, phases) ? [{ kind: 'start', service: service.name, ...limitsAtStart(view, service) }] : []
    case 'paused':
      return [...planLimit(view, service), { kind: 'unpause', service: service.name, containerId }]
    case 'again':
      return phase.atMs <= view.nowMs ? [{ kind: 'restart', service: service.name, containerId, attempts: phase.attempts, ...limitsAtStart(view, service) }] : []
    case 'running':
      return planLimit(view, service)
    case 'completed':
    case 'failed':
    case undefined:
      return []
  }
}

function planLimit(view: LeaseView, service: AppService): LeaseAction[] {
  const container = view.containers.get(service.name)
  const limits = limitsOf(view, service)
  return container === undefined || isLimited(container, limits) ? [] : [{ kind: 'limit', service: service.name, containerId: container.id, limits }]
}

/** What has never run has all that its lease says, and whatever runs anew writes freely until it is told otherwise. */
function limitsAtStart(view: LeaseView, service: AppService): { limits?: HeldLimits } {
  const container = view.containers.get(service.name)
  const limits = limitsOf(view, service)
  const isFree = limits.heldBackPercent === null && (container === undefined || isLimited(container, limits))
  return isFree ? {} : { limits }
}

/** What a service may take is what its lease says, or less while the owner wants more of it, or it is held back. */
function limitsOf({ target, abuse }: LeaseView, service: AppService): HeldLimits {
  const heldBackPercent = leastOf(throttledPercent(target), abuse.level === 'fine' ? null : heldBackCpuPercent)
  return { cpuMilli: heldBackPercent === null ? service.cpuMilli : part(service.cpuMilli, heldBackPercent), heldBackPercent }
}

/** As far as the engine has a means to it: what it cannot change it does not tell. */
function isLimited({ cpuMilli, cores, writes }: ContainerInfo, limits: HeldLimits): boolean {
  return (cpuMilli === null || cpuMilli === limits.cpuMilli)
    && (cores === null || cores.kept === keptCores(cores.of, limits.heldBackPercent))
    && (writes === null || writes === (limits.heldBackPercent === null ? 'free' : 'slow'))
}

function throttledPercent(target: OwnerTarget): number | null {
  return target.kind === 'throttled' ? target.cpuPercent : null
}

function leastOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.min(a, b)
}

function part(cpuMilli: number, percent: number): number {
  return Math.min(cpuMilli, Math.max(leastCpuMilli, Math.round(cpuMilli * percent / 100)))
}

function phasesOf(view: LeaseView): Map<string, ServicePhase> {
  return new Map(view.app.services.map((service) => [service.name, phaseOf(view, service)]))
}

function phaseOf(view: LeaseView, service: AppService): ServicePhase {
  const container = view.containers.get(service.name)
  const record = view.records.get(service.name)
  if (container === undefined) return { kind: 'absent' }
  switch (container.state) {
    case 'created': return { kind: 'created' }
    case 'running':
    case 'restarting': return { kind: 'running', healthy: container.health === 'healthy' || container.health === 'none' }
    case 'paused': return { kind: 'paused' }
    case 'exited':
    case 'dead': return afterExit(view, service, container, record)
  }
}

/** What follows from an end: nothing was its own fault when the machine or the engine went down under it. */
function afterExit(view: LeaseView, service: AppService, container: ContainerInfo, record: ServiceRecord | undefined): ServicePhase {
  const exitCode = container.exitCode ?? 0
  const attempts = attemptsAfter(container, record)
  if (wasInterrupted(view, container, record)) return { kind: 'again', atMs: view.nowMs, attempts, interrupted: true }
  const { mode, maxAttempts } = service.restart
  if (exitCode === 0 && mode !== 'always') return { kind: 'completed' }
  if (mode === 'no' || (maxAttempts !== null && attempts >= maxAttempts)) return { kind: 'failed', exitCode }
  const pauseMs = Math.min(maxRestartMs, firstRestartMs * 2 ** Math.min(attempts, 10))
  return { kind: 'again', atMs: (container.finishedAtMs ?? view.nowMs) + pauseMs, attempts: attempts + 1, interrupted: false }
}

function wasInterrupted(view: LeaseView, container: ContainerInfo, record: ServiceRecord | undefined): boolean {
  if (view.rejoining.has(container.service)) return true
  // last seen alive in another boot, and not ended by itself in that one
  if (record !== undefined && record.bootId !== view.bootId && !['completed', 'failed'].includes(record.status.state)) return true
  const { engineOutage: outage } = view
  return outage !== null && container.finishedAtMs !== null && container.finishedAtMs >= outage.fromMs && container.finishedAtMs <= outage.toMs
}

/** Restarts so far that count; none after a long steady run. */
function attemptsAfter(container: ContainerInfo, record: ServiceRecord | undefined): number {
  const ranMs = (container.finishedAtMs ?? 0) - (container.startedAtMs ?? 0)
  return ranMs >= steadyMs ? 0 : record?.attempts ?? 0
}

/** A guest that sleeps for want of payment is not ours to wake, nor to put to sleep again. */
export function ownerEvent(phase: LeaseRecord['phase'], reason: Reason | null): LeaseEvent | null {
  const isOwners = phase.state === 'suspended' && isOwnerReason(phase.reason)
  if (reason === null) return isOwners ? { kind: 'running' } : null
  return isOwners || phase.state === 'running' || phase.state === 'grace' ? { kind: 'suspend', reason } : null
}

/** When the next ended service is to be started again, wall ms; null when none is. */
export function nextRestartMs(view: LeaseView): number | null {
  if (isFrozen(view)) return null
  const times = [...phasesOf(view).values()].flatMap((phase) => phase.kind === 'again' ? [phase.atMs] : [])
  return times.length === 0 ? null : Math.min(...times)
}

function areDependenciesMet(service: AppService, phases: ReadonlyMap<string, ServicePhase>): boolean {
  return service.dependsOn.every(({ service: name, condition, required }) => {
    const phase = phases.get(name)
    if (phase?.kind === 'failed') return !required
    switch (condition) {
      case 'started': return phase?.kind === 'running' || phase?.kind === 'completed' || phase?.kind === 'again'
      case 'healthy': return phase?.kind === 'running' && phase.healthy
      case 'completed': return phase?.kind === 'completed'
    }
  })
}

/** Nothing runs, and nothing will run again. */
function reasonToEnd(view: LeaseView, phases: ReadonlyMap<string, ServicePhase>): Reason | null {
  const blocked = view.app.services.find((service) => phases.get(service.name)?.kind === 'absent' && isBlocked(service, phases))
  const failed = [...phases].find(([, phase]) => phase.kind === 'failed')
  if (blocked !== undefined) {
    return { code: 'dependency-failed', detail: `${blocked.name} waits for a service that ${failed === undefined ? 'has ended' : `failed: ${failed[0]}`}` }
  }
  const isOver = [...phases.values()].every((phase) => phase.kind === 'completed' || phase.kind === 'failed')
  if (!isOver) return null
  if (failed?.[1].kind !== 'failed') return { code: 'app-exited', detail: 'All services have finished.' }
  return { code: 'app-exited', detail: `${endText({ service: failed[0], exitCode: failed[1].exitCode, isOutOfMemory: view.containers.get(failed[0])?.oomKilled === true })}.` }
}

function isBlocked(service: AppService, phases: ReadonlyMap<string, ServicePhase>): boolean {
  return service.dependsOn.some(({ service: name, condition, required }) => {
    const phase = phases.get(name)
    if (!required) return false
    return phase?.kind === 'failed' || (phase?.kind === 'completed' && condition === 'healthy')
  })
}

/** How a service ended. An engine may learn too late that the kernel killed it for its memory, and then never says so. */
export function endText({ service, exitCode, isOutOfMemory }: Pick<Ended, 'service' | 'exitCode' | 'isOutOfMemory'>): string {
  if (isOutOfMemory) return `${service} used more memory than it may`
  return exitCode === killedCode ? `${service} was killed (code ${exitCode}), most likely for more memory than it may use` : `${service} ended with code ${exitCode}`
}

/** The same look, as others are told it. */
export function observe(view: LeaseView): Observation {
  const services = view.app.services.map((service) => statusOf(view, service))
  const running = services.filter((service) => service.state === 'running')
  const phases = phasesOf(view)
  const isUp = running.length > 0 && view.app.services.every((service) => isServed(view, service, phases))
  const isFrozen = services.some((service) => service.state === 'paused') && running.length === 0
  return {
    services,
    meter: isUp ? 'running' : isFrozen ? 'suspended' : 'stopped',
    runKey: isUp || isFrozen ? services.map((service) => `${service.containerId ?? ''}@${service.startedAtMs ?? 0}`).join() : '',
  }
}

/** The host has done its part: it runs, or it is the app's own doing that it does not, which makes nothing else of it free. */
function isServed({ nowMs }: LeaseView, service: AppService, phases: ReadonlyMap<string, ServicePhase>): boolean {
  const phase = phases.get(service.name)
  switch (phase?.kind) {
    case 'running': case 'completed': case 'failed': return true
    // one that should run by now is late by the host's fault
    case 'again': return !phase.interrupted && nowMs < phase.atMs + lateMs
    case 'absent': return !areDependenciesMet(service, phases)
    case 'created': case 'paused': case undefined: return false
  }
}

/** Services that ended by themselves and are over, wait for their next start, or were started again a moment ago. */
export function unsteady(view: LeaseView): Ended[] {
  return view.app.services.flatMap((service): Ended[] => {
    const container = view.containers.get(service.name)
    if (container === undefined) return []
    const phase = phaseOf(view, service)
    const attempts = view.records.get(service.name)?.attempts ?? 0
    const isOver = phase.kind === 'failed' || (phase.kind === 'again' && !phase.interrupted)
    const ended = { service: service.name, containerId: container.id, exitCode: container.exitCode ?? 0, isOutOfMemory: container.oomKilled }
    if (isOver) return [{ ...ended, times: phase.kind === 'again' ? phase.attempts : attempts + 1, atMs: container.finishedAtMs ?? container.startedAtMs ?? 0, isOver: phase.kind === 'failed' }]
    const isFresh = phase.kind === 'running' && attempts > 0 && view.nowMs - (container.startedAtMs ?? view.nowMs) < settledMs
    return isFresh ? [{ ...ended, times: attempts, atMs: null, isOver: false }] : []
  })
}

function statusOf(view: LeaseView, service: AppService): ServiceStatus {
  const container = view.containers.get(service.name)
  const before = view.records.get(service.name)?.status
  const phase = phaseOf(view, service)
  const isPulling = phase.kind === 'absent' && before?.state === 'pulling'
  return {
    service: service.name,
    containerId: container?.id ?? null,
    state: isPulling ? 'pulling' : stateNames[phase.kind],
    health: container?.health ?? 'none',
    startedAtMs: container?.startedAtMs ?? null,
    restarts: before?.restarts ?? 0,
    exitCode: container?.state === 'exited' || container?.state === 'dead' ? container.exitCode : null,
    progress: isPulling ? before.progress : null,
    ports: [...container?.ports ?? service.ports],
  }
}

const stateNames: Record<ServicePhase['kind'], ServiceStatus['state']> = {
  absent: 'waiting', created: 'starting', running: 'running', paused: 'paused', again: 'restarting', completed: 'completed', failed: 'failed',
}
