import type { ErrorReport } from '../../contract/errors.ts'
import type { Clock } from '../base/clock.ts'
import { givenReport, reportOf } from './errors.ts'
import type { Client, Connection } from './types.ts'

export interface Sink<Item> {
  /** The service takes part; the first item may be long in coming. */
  opened?(): void
  item(item: Item): void
  /** The service is away; what came so far is the last known. */
  away(): void
  /** The service is there and says why this does not work. */
  failed(error: ErrorReport): void
  /** The service has nothing more to say. Only without `again`. */
  ended?(): void
}

export interface FollowOptions<Item> {
  open: (client: Client, signal: AbortSignal) => Promise<AsyncIterable<Item>>
  sink: Sink<Item>
  /** Whether a stream that ended or failed is opened again while the connection holds. A lost connection always does. */
  again: boolean
}

const retryDelaysMs = [250, 1_000, 3_000, 10_000]
/** A stream breaks a moment before its connection is seen to: that is no failure yet. */
const triesBeforeUnknownFailure = 2

/** Keeps one stream open across lost connections. Returns its end. */
export function follow<Item>(via: { connection: Connection; clock: Clock }, options: FollowOptions<Item>): () => void {
  const { connection, clock } = via
  let current: AbortController | null = null

  function update() {
    const state = connection.state.getState()
    current?.abort()
    current = null
    if (state.kind === 'open') void run(state.client, current = new AbortController())
    else options.sink.away()
  }

  async function run(client: Client, controller: AbortController) {
    const { signal } = controller
    for (let failures = 0; !isOver(signal);) {
      try {
        const items = await options.open(client, signal)
        if (isOver(signal)) return
        options.sink.opened?.()
        for await (const item of items) {
          if (isOver(signal)) return
          failures = 0
          options.sink.item(item)
        }
        if (isOver(signal)) return
        if (!options.again) return options.sink.ended?.()
      } catch (error) {
        if (isOver(signal)) return
        if (givenReport(error) !== null || failures >= triesBeforeUnknownFailure) options.sink.failed(reportOf(error))
        if (!options.again && givenReport(error) !== null) return
      }
      await delay(clock, retryDelaysMs[Math.min(failures++, retryDelaysMs.length - 1)] ?? 0, signal)
    }
  }

  const unsubscribe = connection.state.subscribe(update)
  update()
  return () => {
    unsubscribe()
    current?.abort()
  }
}

/** A call, since each wait may have changed it. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted
}

function delay(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(delayMs, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    }, { once: true })
  })
}
