/** The live log of one of my apps, for as long as a screen shows it. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import type { ErrorReport } from '../../contract/errors.ts'
import type { LogBatch } from '../../contract/nouns/deployment.ts'
import { follow } from '../api/follow.ts'
import type { FeedNeeds } from './feed.ts'
import { LogBuffer } from './logBuffer.ts'
import type { LogEntry } from './logBuffer.ts'

export interface LogQuery {
  name: string
  service: string | null
  replica: number | null
}

/** loading ──first lines, or none for a moment──► following ⇄ away; ended: nothing more will come. */
export type LogPhase =
  | { kind: 'loading' }
  | { kind: 'following' }
  | { kind: 'away' }
  | { kind: 'ended' }
  | { kind: 'failed'; error: ErrorReport }

export interface LogState {
  phase: LogPhase
  entries: readonly LogEntry[]
}

const tailLines = 500
/** A busy app prints faster than a screen can draw. */
const drawEveryMs = 100
/** An open log without a line for so long belongs to an app that has printed nothing. */
const silentAfterMs = 1_000

export interface Log {
  readonly store: StoreApi<LogState>
  /** Begins to follow. Returns the end of it. */
  start(): () => void
}

export function createLog(needs: FeedNeeds, query: LogQuery, initial: LogState = { phase: { kind: 'loading' }, entries: [] }): Log {
  const store = createStore<LogState>(() => initial)
  const buffer = new LogBuffer()
  let fresh = true
  let cancelDraw: (() => void) | null = null

  function draw(phase?: LogPhase) {
    cancelDraw?.()
    cancelDraw = null
    store.setState({ entries: buffer.entries, ...phase !== undefined && { phase } })
  }

  function take(lines: LogBatch['lines']) {
    // After a lost connection the service sends the tail again: start anew instead of showing lines twice.
    if (fresh) buffer.clear()
    buffer.push(lines)
    if (fresh) draw({ kind: 'following' })
    else cancelDraw ??= needs.clock.after(drawEveryMs, () => draw())
    fresh = false
  }

  function start() {
    let cancelSilence: (() => void) | null = null
    const stop = follow(needs, {
      again: false,
      open(client, signal) {
        fresh = true
        return client.deployments.logs({ ...query, follow: true, tailLines }, { signal })
      },
      sink: {
        opened() {
          cancelSilence = needs.clock.after(silentAfterMs, () => fresh && draw({ kind: 'following' }))
        },
        item: (batch) => take(batch.lines),
        away() {
          cancelSilence?.()
          if (store.getState().phase.kind === 'following') draw({ kind: 'away' })
        },
        failed(error) {
          cancelSilence?.()
          draw({ kind: 'failed', error })
        },
        ended() {
          cancelSilence?.()
          draw({ kind: 'ended' })
        },
      },
    })
    return () => {
      cancelSilence?.()
      cancelDraw?.()
      stop()
    }
  }

  return { store, start }
}
