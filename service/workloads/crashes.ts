import type { Reason } from '../../contract/reasons.ts'
import { type BaseDeps, deadlineSignal } from '../base/index.ts'
import type { EngineHost } from '../engine/types.ts'
import { endText } from './plan.ts'
import type { Ended } from './types.ts'

/** Of what a service printed, so many lines are looked at for the last that says something. */
const lastLines = 20
const maxWordsLength = 240
/** However long a line is, no more of it is kept while it is read. */
const maxReadLength = 8_192
/** An engine that does not give a log in this time keeps no lease waiting for it. */
const readDeadlineMs = 3_000

interface Crash {
  ended: Ended
  /** What it printed last; of the end before, while that is being read. */
  words: string
  isRead: boolean
}

interface CrashesDeps extends Pick<BaseDeps, 'clock' | 'log'> {
  engine: EngineHost
  /** There is more to tell of this lease. */
  onHeard: (leaseId: string) => void
}

/** Why services end by themselves, in their own last words: whoever rents sees it without looking for it. */
export class Crashes {
  readonly #deps: CrashesDeps
  readonly #byLease = new Map<string, Map<string, Crash>>()
  readonly #abort = new AbortController()

  constructor(deps: CrashesDeps) {
    this.#deps = deps
  }

  /** @param ended the services of one lease that do not run steadily now. */
  look(leaseId: string, ended: readonly Ended[]): void {
    const before = this.#byLease.get(leaseId)
    if (ended.length === 0) {
      if (this.#byLease.delete(leaseId)) this.#deps.onHeard(leaseId)
      return
    }
    this.#byLease.set(leaseId, new Map(ended.flatMap((each) => {
      const crash = this.#crashOf(leaseId, each, before?.get(each.service))
      return crash === null ? [] : [[each.service, crash]]
    })))
  }

  /** What is still being read is told to nobody. */
  stop(): void {
    this.#abort.abort(new Error('workloads stop'))
  }

  forget(leaseId: string): void {
    this.#byLease.delete(leaseId)
  }

  isReading(leaseId: string): boolean {
    return [...this.#byLease.get(leaseId)?.values() ?? []].some(({ isRead }) => !isRead)
  }

  /** What is to be said of a lease whose services do not run steadily; null: they do, but for those that are over. */
  reason(leaseId: string): Reason | null {
    const first = this.#first(leaseId, false)
    if (first === undefined) return null
    const { times } = first.ended
    return withWords(first, { code: 'app-exited', detail: `${endText(first.ended)}${times > 1 ? `, ${times} times in a row` : ''}.` })
  }

  /** Why all of it is over, with what was printed last. */
  told(leaseId: string, reason: Reason): Reason {
    const first = this.#first(leaseId, true)
    return reason.code !== 'app-exited' || first === undefined ? reason : withWords(first, reason)
  }

  #first(leaseId: string, isOver: boolean): Crash | undefined {
    return [...this.#byLease.get(leaseId)?.values() ?? []].find(({ ended }) => ended.isOver === isOver)
  }

  #crashOf(leaseId: string, ended: Ended, before: Crash | undefined): Crash | null {
    if (before === undefined && ended.atMs === null) return null
    if (before !== undefined && (ended.atMs === null || before.ended.atMs === ended.atMs)) {
      // it runs again for the moment, and what is known of its last end is what there is to say
      before.ended = ended.atMs === null ? { ...before.ended, times: ended.times } : ended
      return before
    }
    const crash: Crash = { ended, words: before?.words ?? '', isRead: false }
    void this.#read(ended.containerId).then((words) => {
      Object.assign(crash, { words, isRead: true })
      if (!this.#abort.signal.aborted) this.#deps.onHeard(leaseId)
    })
    return crash
  }

  async #read(containerId: string): Promise<string> {
    const { engine, clock, log } = this.#deps
    using deadline = deadlineSignal(clock, 'read what a guest said last', readDeadlineMs, this.#abort.signal)
    try {
      const ends = { stderr: '', stdout: '' }
      for await (const { source, text } of engine.require().logs(containerId, { follow: false, tailLines: lastLines, signal: deadline.signal })) {
        ends[source] = (ends[source] + text).slice(-maxReadLength)
      }
      return lastLine(ends.stderr) ?? lastLine(ends.stdout) ?? ''
    } catch (error) {
      log.debug('a guest that ended cannot be read', { containerId, error })
      return ''
    }
  }
}

function lastLine(text: string): string | undefined {
  return text.split('\n').map((line) => line.trim()).findLast((line) => line !== '')?.slice(0, maxWordsLength)
}

function withWords({ words }: Crash, reason: Reason): Reason {
  return words === '' ? reason : { ...reason, detail: `${reason.detail ?? ''} It said last: ${words}`.trim() }
}
