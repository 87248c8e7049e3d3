import type { SetupRun } from '../../../contract/nouns/engine-setup.ts'
import type { Step } from '../recipes/fill.ts'
import type { SetupEntry, StepEntry } from './journal.ts'

/** What is known of a run beyond what is written down. */
export interface LiveRun {
  kind: SetupRun['kind']
  isUnderWay: boolean
  isConsentOpen: boolean
  output: readonly string[]
  /** What stays behind when it was taken back. */
  leaves: string | null
}

export function viewRun(entry: SetupEntry, steps: readonly Step[], live: LiveRun): SetupRun {
  const shown = steps.map((step) => {
    const record = entry.steps.find(({ id }) => id === step.id)
    return { step, state: stepState(record, live), record }
  })
  const over = shown.filter(({ state }) => live.kind === 'undo' ? state === 'undone' || state === 'kept' || state === 'already' : state === 'done' || state === 'already').length
  return {
    kind: live.kind,
    planId: entry.planId,
    engineName: entry.engineName,
    state: runState(entry, live),
    startedAtMs: entry.startedAtMs,
    steps: shown.map(({ step, state, record }) => ({ id: step.id, title: step.title, state, note: record?.note ?? null })),
    percent: isOver(entry, live) ? 100 : Math.min(99, Math.floor(100 * over / Math.max(1, shown.length))),
    output: [...live.output],
    problem: entry.problem,
    did: [
      ...shown.flatMap(({ step, record }) => didSentence(step, record)),
      ...entry.state === 'undone' && live.leaves !== null ? [live.leaves] : [],
    ],
  }
}

function isOver({ state }: SetupEntry, { isUnderWay }: LiveRun): boolean {
  return !isUnderWay && (state === 'done' || state === 'undone')
}

function runState({ state }: SetupEntry, { isUnderWay, isConsentOpen }: LiveRun): SetupRun['state'] {
  if (isUnderWay) return isConsentOpen ? 'waiting-for-consent' : 'running'
  switch (state) {
    case 'running': case 'undoing': return 'interrupted'
    case 'undone': return 'done'
    default: return state
  }
}

function stepState(record: StepEntry | undefined, live: LiveRun): SetupRun['steps'][number]['state'] {
  if (record === undefined) return 'waiting'
  if (record.state === 'begun') return live.isUnderWay ? 'running' : 'waiting'
  return record.state
}

/** `Install Docker from Debian's own packages.` → what it added, so that people can look for it. */
function didSentence(step: Step, record: StepEntry | undefined): string[] {
  const title = step.title.replace(/\.$/, '')
  switch (record?.state) {
    case 'done': {
      if (step.run === null) return []
      const added = record.added ?? []
      return [added.length === 0 ? `Done: ${title}.` : `Done: ${title}. It added ${added.length === 1 ? 'one package' : `${added.length} packages`}: ${listed(added)}.`]
    }
    case 'undone': return [`Taken back: ${title}.`]
    case 'kept': return [`Left as it is: ${title}.`]
    default: return []
  }
}

function listed(names: readonly string[]): string {
  return names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`
}
