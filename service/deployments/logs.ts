import type { LogBatch } from '../../contract/nouns/deployment.ts'
import { type LogLine, logsProtocol } from '../../contract/wire/v1/protocols.ts'
import { DepinError } from '../../contract/errors.ts'
import { AsyncQueue } from '../base/index.ts'
import type { DeploymentDeps, DeploymentStore, LogsRequest } from './types.ts'

/** Batches waiting for a slow reader; after that hosts are not read either. */
const maxWaitingBatches = 16
/** After a break the last lines are asked for again, and those already shown are left out. */
const resumeTailLines = 500
const retryMs = 1_000

/** What all copies print, as it comes. Following survives a host that restarts and a copy that moves. */
export async function* followLogs(deps: DeploymentDeps, store: DeploymentStore, request: LogsRequest, signal: AbortSignal): AsyncGenerator<LogBatch> {
  const replicas = store.replicas(request.name).filter((replica) => request.replica === null || replica.index === request.replica)
  const waiting: (() => void)[] = []
  const queue = new AsyncQueue<LogBatch>(maxWaitingBatches, () => { for (const resume of waiting.splice(0)) resume() })
  const stop = new AbortController()
  const all = AbortSignal.any([signal, stop.signal])
  let open = replicas.length
  if (open === 0) throw new DepinError('E_NOT_FOUND', `“${request.name}” has no such copy.`, { next: 'See “depin ps” for its copies.' })
  const send = async (lines: LogLine[], replica: number): Promise<void> => {
    if (!queue.push({ lines: lines.map((line) => ({ ...line, replica })) })) await new Promise<void>((resolve) => void waiting.push(resolve))
  }
  for (const { index } of replicas) {
    void followReplica(deps, store, { ...request, replica: index }, all, (lines) => send(lines, index))
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

async function followReplica(
  deps: DeploymentDeps, store: DeploymentStore, request: LogsRequest & { replica: number }, signal: AbortSignal, send: (lines: LogLine[]) => Promise<void>,
): Promise<void> {
  let lastLeaseId: string | undefined
  let lastAtMs = 0
  for (;;) {
    const state = store.replicas(request.name).find((replica) => replica.index === request.replica)?.state
    if (state?.kind === 'leased') {
      const isResumed = state.leaseId === lastLeaseId
      lastLeaseId = state.leaseId
      try {
        const input = { leaseId: state.leaseId, service: request.service, follow: request.follow, tailLines: isResumed ? resumeTailLines : request.tailLines }
        for await (const item of deps.network.stream(state.provider, logsProtocol, input, { signal })) {
          if (item.kind !== 'lines') continue
          const fresh = isResumed ? item.lines.filter((line) => line.atMs > lastAtMs) : item.lines
          lastAtMs = Math.max(lastAtMs, ...fresh.map((line) => line.atMs))
          if (fresh.length > 0) await send(fresh)
        }
      } catch (error) {
        if (!request.follow || signal.aborted) throw error
        deps.log.debug('log cut, will go on', { leaseId: state.leaseId, error })
      }
    } else if (!request.follow) {
      throw new DepinError('E_LEASE_STATE', `Copy ${request.replica + 1} of “${request.name}” is not on a host now.`, { next: 'See “depin ps” for why.' })
    }
    if (!request.follow || signal.aborted || state === undefined) return
    await deps.clock.sleep(retryMs, signal)
  }
}
