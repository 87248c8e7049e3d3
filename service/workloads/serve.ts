import { DepinError } from '../../contract/errors.ts'
import { type LeaseStatus, type LogLine, logsProtocol, type ServiceStatus, statusProtocol } from '../../contract/wire/v1/protocols.ts'
import type * as z from 'zod'
import { AsyncQueue, type Disposer, mergeSorted } from '../base/index.ts'
import type { ContainerEngine } from '../engine/types.ts'
import type { Caller } from '../network/types.ts'
import { followServices } from './follow.ts'
import { LineSplitter } from './lines.ts'
import type { WorkloadDeps } from './types.ts'

/** A sign of life in every pause: well within the protocols' idle limits, ms. */
const statusAliveMs = 3_000
const logsAliveMs = 10_000
/** Ended leases stay in a tenant's snapshot this long, so that one that was away learns why, ms. */
const rememberEndedMs = 7 * 86_400_000
const maxSnapshot = 1000
/** Log lines waiting for a slow reader; after that the engine is not read either. */
const maxBatchLines = 256

type StatusItem = z.input<typeof statusProtocol.item>
type LogItem = z.input<typeof logsProtocol.item>

export interface ServeDeps extends WorkloadDeps {
  status: (leaseId: string) => LeaseStatus | null
}

/** What a tenant may see of its leases here: their state, and what they print. */
export function serveTenants(deps: ServeDeps): void {
  deps.network.handleStream(statusProtocol, (_, caller) => statusOfAll(deps, caller))
  deps.network.handleStream(logsProtocol, (input, caller) => logsOf(deps, input, caller))
}

async function* statusOfAll(deps: ServeDeps, caller: Caller): AsyncGenerator<StatusItem> {
  const changed = new Set<string>()
  const wake = new AsyncQueue<null>(1)
  const stops: Disposer[] = (['lease-changed', 'workload-changed'] as const).map((event) => deps.bus.subscribe(event, (leaseId) => {
    if (deps.leases.get(leaseId, 'provider')?.peerId !== caller.peerId) return
    changed.add(leaseId)
    if (wake.length === 0) wake.push(null)
  }))
  const stopAlive = repeat(deps, statusAliveMs, () => { if (wake.length === 0) wake.push(null) })
  caller.signal.addEventListener('abort', () => wake.end(), { once: true })
  try {
    yield { kind: 'snapshot', leases: snapshot(deps, caller.peerId) }
    for await (const _ of wake) {
      const leaseIds = [...changed]
      changed.clear()
      const statuses = leaseIds.flatMap((leaseId) => deps.status(leaseId) ?? [])
      for (const lease of statuses) yield { kind: 'lease', lease }
      if (statuses.length === 0) yield { kind: 'alive' }
    }
  } finally {
    stopAlive()
    for (const stop of stops) stop()
  }
}

function snapshot(deps: ServeDeps, tenant: string): LeaseStatus[] {
  const oldestMs = deps.clock.nowMs() - rememberEndedMs
  return deps.leases.list('provider')
    .filter((lease) => lease.peerId === tenant && (!('endedAtMs' in lease.phase) || lease.phase.endedAtMs >= oldestMs))
    .slice(-maxSnapshot).flatMap((lease) => deps.status(lease.leaseId) ?? [])
}

async function* logsOf(deps: ServeDeps, input: z.output<typeof logsProtocol.input>, caller: Caller): AsyncGenerator<LogItem> {
  const lease = deps.leases.get(input.leaseId, 'provider')
  if (lease?.peerId !== caller.peerId) throw new DepinError('E_NOT_FOUND', `There is no lease ${input.leaseId} of yours here.`)
  const engine = deps.engine.require()
  const services = (): ServiceStatus[] => (deps.status(input.leaseId)?.services ?? []).filter(({ service }) => input.service === null || service === input.service)
  const containers = services().filter(({ containerId }) => containerId !== null)
  if (containers.length === 0) throw new DepinError('E_LEASE_STATE', 'Nothing has printed anything yet: no container has been started.', { next: 'Try again in a moment.' })
  const waiting: (() => void)[] = []
  const lines = new AsyncQueue<LogLine | null>(maxBatchLines, () => { for (const resume of waiting.splice(0)) resume() })
  const stopAlive = repeat(deps, logsAliveMs, () => { if (lines.length === 0) lines.push(null) })
  const send = async (line: LogLine): Promise<void> => {
    if (!lines.push(line)) await new Promise<void>((resolve) => void waiting.push(resolve))
  }
  const open = (service: string, containerId: string, tailLines: number): AsyncGenerator<LogLine> => linesOf(engine, { containerId, service, follow: input.follow, tailLines, signal: caller.signal })
  let stopFollowing: Disposer = () => undefined
  if (input.follow) {
    // what is still to be printed cannot be waited for: it comes as it comes
    stopFollowing = followServices({
      clock: deps.clock, services, tailLines: input.tailLines, open, send, onEnd: (error) => lines.end(error),
      onChange: (listener) => deps.bus.subscribe('workload-changed', (leaseId) => { if (leaseId === input.leaseId) listener() }),
    })
  } else {
    // what has been printed comes in the order of time
    const past = mergeSorted(containers.map(({ service, containerId }) => open(service, containerId ?? '', input.tailLines)), ({ atMs }) => atMs)
    void pump(past, send).then(() => lines.end(), (error: unknown) => lines.end(error as Error))
  }
  caller.signal.addEventListener('abort', () => lines.end(), { once: true })
  try {
    yield* batches(lines)
  } finally {
    stopFollowing()
    stopAlive()
  }
}

async function pump(lines: AsyncIterable<LogLine>, send: (line: LogLine) => Promise<void>): Promise<void> {
  for await (const line of lines) await send(line)
}

interface LinesOptions { containerId: string, service: string, follow: boolean, tailLines: number, signal: AbortSignal }

async function* linesOf(engine: ContainerEngine, { containerId, service, ...options }: LinesOptions): AsyncGenerator<LogLine> {
  const splitters = { stdout: new LineSplitter(), stderr: new LineSplitter() }
  for await (const chunk of engine.logs(containerId, options)) {
    for (const line of splitters[chunk.source].push(chunk.text, chunk.atMs)) yield { service, source: chunk.source, ...line }
  }
  for (const source of ['stdout', 'stderr'] as const) {
    for (const line of splitters[source].end()) yield { service, source, ...line }
  }
}

async function* batches(lines: AsyncQueue<LogLine | null>): AsyncGenerator<LogItem> {
  let batch: LogLine[] = []
  for await (const line of lines) {
    if (line !== null) batch.push(line)
    if (lines.length > 0 && batch.length < maxBatchLines) continue
    yield batch.length > 0 ? { kind: 'lines', lines: batch } : { kind: 'alive' }
    batch = []
  }
  if (batch.length > 0) yield { kind: 'lines', lines: batch }
}

function repeat(deps: Pick<ServeDeps, 'clock'>, everyMs: number, fn: () => void): Disposer {
  let cancel = deps.clock.after(everyMs, tick)
  function tick(): void {
    fn()
    cancel = deps.clock.after(everyMs, tick)
  }
  return () => cancel()
}
