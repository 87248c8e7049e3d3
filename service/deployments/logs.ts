import type { LogBatch } from '../../contract/nouns/deployment.ts'
import { type LogLine, logsProtocol } from '../../contract/wire/v1/protocols.ts'
import { DepinError } from '../../contract/errors.ts'
import { AsyncQueue, type Disposer, mergeSorted } from '../base/index.ts'
import type { DeploymentDeps, DeploymentStore, LogsRequest } from './types.ts'

/** Batches waiting for a slow reader; after that hosts are not read either. */
const maxWaitingBatches = 16
/** After a break the last lines are asked for again, and those already shown are left out. */
const resumeTailLines = 500
const retryMs = 1_000
/** Of what a batch holds. */
const maxBatchLines = 500
/** When following, one copy's past is waited for no longer than this, ms: the others go on. */
const pastDeadlineMs = 5_000

/** Where one copy's log has been read to. */
interface Place {
  replica: number
  leaseId: string | null
  /** Of the last line that was shown, wall ms. */
  atMs: number
}

type Line = LogBatch['lines'][number]

/**
 * What all copies print: their past in the order of time, then each line as it comes. Following survives a host that
 * restarts and a copy that moves.
 */
export async function* followLogs(deps: DeploymentDeps, store: DeploymentStore, request: LogsRequest, signal: AbortSignal): AsyncGenerator<LogBatch> {
  const indices = store.replicas(request.name).map(({ index }) => index).filter((index) => request.replica === null || index === request.replica)
  if (indices.length === 0) throw new DepinError('E_NOT_FOUND', `“${request.name}” has no such copy.`, { next: 'See “depin ps” for its copies.' })
  const places = indices.map((replica): Place => ({ replica, leaseId: null, atMs: 0 }))
  const stop = new AbortController()
  const all = AbortSignal.any([signal, stop.signal])
  try {
    yield* inBatches(mergeSorted(places.map((place) => pastOf(deps, store, request, place, all)), ({ atMs }) => atMs))
    if (request.follow && !signal.aborted) yield* followFrom(deps, store, request, places, all)
  } finally {
    stop.abort(new Error('the log is closed'))
  }
}

/** What a copy has printed, as its host sends it. When following, a host that does not answer has no more. */
async function* pastOf(deps: DeploymentDeps, store: DeploymentStore, { name, service, tailLines, follow }: LogsRequest, place: Place, signal: AbortSignal): AsyncGenerator<Line> {
  const { replica } = place
  const state = store.replicas(name).find(({ index }) => index === replica)?.state
  if (state?.kind !== 'leased') {
    if (follow) return
    throw new DepinError('E_LEASE_STATE', `Copy ${replica + 1} of “${name}” is not on a host now.`, { next: 'See “depin ps” for why.' })
  }
  const deadline = new AbortController()
  // only while its host is waited for: who reads may take their time
  const wait = (): Disposer => follow ? deps.clock.after(pastDeadlineMs, () => deadline.abort(new Error('the past took too long'))) : () => undefined
  let cancel = wait()
  try {
    for await (const item of deps.network.stream(state.provider, logsProtocol, { leaseId: state.leaseId, service, follow: false, tailLines }, { signal: AbortSignal.any([signal, deadline.signal]) })) {
      cancel()
      place.leaseId = state.leaseId
      for (const line of item.kind === 'lines' ? item.lines : []) {
        place.atMs = Math.max(place.atMs, line.atMs)
        yield { ...line, replica }
      }
      cancel = wait()
    }
    place.leaseId = state.leaseId
  } catch (error) {
    if (!follow || signal.aborted) throw error
    deps.log.debug('no past of a log, will go on', { leaseId: state.leaseId, error })
  } finally {
    cancel()
  }
}

async function* followFrom(deps: DeploymentDeps, store: DeploymentStore, request: LogsRequest, places: readonly Place[], signal: AbortSignal): AsyncGenerator<LogBatch> {
  const waiting: (() => void)[] = []
  const queue = new AsyncQueue<LogBatch>(maxWaitingBatches, () => { for (const resume of waiting.splice(0)) resume() })
  const stop = new AbortController()
  const all = AbortSignal.any([signal, stop.signal])
  let open = places.length
  const send = async (lines: LogLine[], replica: number): Promise<void> => {
    if (!queue.push({ lines: lines.map((line) => ({ ...line, replica })) })) await new Promise<void>((resolve) => void waiting.push(resolve))
  }
  for (const place of places) {
    void followReplica(deps, store, request, place, all, (lines) => send(lines, place.replica))
      .then(() => { if (--open === 0) queue.end() }, (error: unknown) => queue.end(all.aborted ? undefined : error as Error))
  }
  all.addEventListener('abort', () => queue.end(), { once: true })
  try {
    yield* queue
  } finally {
    stop.abort(new Error('the log is closed'))
    for (const resume of waiting) resume()
  }
}

/** Until the copy is no more. */
async function followReplica(
  deps: DeploymentDeps, store: DeploymentStore, request: LogsRequest, place: Place, signal: AbortSignal, send: (lines: LogLine[]) => Promise<void>,
): Promise<void> {
  const isOver = (): boolean => signal.aborted
  while (!isOver()) {
    const state = store.replicas(request.name).find(({ index }) => index === place.replica)?.state
    if (state === undefined) return
    if (state.kind === 'leased') {
      const isResumed = state.leaseId === place.leaseId
      place.leaseId = state.leaseId
      try {
        const input = { leaseId: state.leaseId, service: request.service, follow: true, tailLines: isResumed ? Math.max(resumeTailLines, request.tailLines) : request.tailLines }
        const seenAtMs = isResumed ? place.atMs : 0
        for await (const item of deps.network.stream(state.provider, logsProtocol, input, { signal })) {
          if (item.kind !== 'lines') continue
          const fresh = item.lines.filter((line) => line.atMs > seenAtMs)
          place.atMs = Math.max(place.atMs, ...fresh.map((line) => line.atMs))
          if (fresh.length > 0) await send(fresh)
        }
      } catch (error) {
        if (isOver()) throw error
        deps.log.debug('log cut, will go on', { leaseId: state.leaseId, error })
      }
    }
    await deps.clock.sleep(retryMs, signal)
  }
}

async function* inBatches(lines: AsyncIterable<Line>): AsyncGenerator<LogBatch> {
  let batch: Line[] = []
  for await (const line of lines) {
    batch.push(line)
    if (batch.length < maxBatchLines) continue
    yield { lines: batch }
    batch = []
  }
  if (batch.length > 0) yield { lines: batch }
}
