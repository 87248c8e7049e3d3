import { createStore } from 'zustand/vanilla'
import type { Clock } from '../base/clock.ts'
import { givenReport, notConnected, ReportedError } from './errors.ts'
import type { Connection, ConnectionState, Link, LinkEnd, Transport } from './types.ts'

const retryDelaysMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000]
/** A service that hangs, or a tunnel that died silently, closes nothing: ask now and then, and give it this long. */
const probeEveryMs = 20_000
const probeDeadlineMs = 10_000

export function createConnection({ transport, clock }: { transport: Transport; clock: Clock }): Connection {
  const state = createStore<ConnectionState>(() => ({ kind: 'connecting' }))
  let link: Link | null = null
  let attempts = 0
  let lastSeenMs: number | null = null
  /** Undoes whatever waits: the next try, or the watch over the open link. */
  let stopWaiting: (() => void) | null = null

  function connect() {
    stopWaiting?.()
    if (state.getState().kind === 'lost') state.setState({ kind: 'lost', lastSeenMs, trying: true }, true)
    const opening = link = transport.open()
    void opening.opened.then(() => onOpened(opening))
    void opening.ended.then((end) => onEnded(opening, end))
  }

  function onOpened(open: Link) {
    if (link !== open) return
    attempts = 0
    lastSeenMs = clock.nowMs()
    state.setState({ kind: 'open', client: open.client }, true)
    stopWaiting = watchOver(open, clock, {
      alive() {
        lastSeenMs = clock.nowMs()
      },
      dead() {
        onEnded(open, 'lost')
        open.close()
      },
    })
  }

  function onEnded(ended: Link, end: LinkEnd) {
    if (link !== ended) return
    link = null
    stopWaiting?.()
    if (end === 'refused') {
      state.setState({ kind: 'refused' }, true)
      return
    }
    state.setState({ kind: 'lost', lastSeenMs, trying: false }, true)
    stopWaiting = clock.after(retryDelaysMs[Math.min(attempts++, retryDelaysMs.length - 1)] ?? 0, connect)
  }

  return {
    state,
    client() {
      const now = state.getState()
      if (now.kind !== 'open') throw new ReportedError(notConnected)
      return now.client
    },
    retryNow() {
      const now = state.getState()
      if (now.kind === 'lost' && !now.trying) connect()
    },
    start: connect,
    stop() {
      stopWaiting?.()
      const closing = link
      link = null
      closing?.close()
    },
  }
}

/** Asks the service for a sign of life now and then. Returns the end of it. */
function watchOver(link: Link, clock: Clock, then: { alive: () => void; dead: () => void }): () => void {
  let over = false
  let cancel = clock.after(probeEveryMs, probe)

  function probe() {
    cancel = clock.after(probeDeadlineMs, then.dead)
    link.client.node.status().then(answered, (error: unknown) => givenReport(error) === null ? then.dead() : answered())
  }

  function answered() {
    if (over) return
    cancel()
    then.alive()
    cancel = clock.after(probeEveryMs, probe)
  }

  return () => {
    over = true
    cancel()
  }
}
