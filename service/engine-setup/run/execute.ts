/** Does the steps of a setup, and takes them back. Every step is written down before and after. */
import { DepinError } from '../../../contract/errors.ts'
import { type Clock, DeadlineError, deadlineSignal } from '../../base/index.ts'
import { asShell, type Step, undoOf } from '../recipes/fill.ts'
import type { SetupEntry, StepEntry } from './journal.ts'
import type { CommandRunner } from './types.ts'

export interface ExecuteDeps {
  runner: CommandRunner
  clock: Clock
  /** Whether an engine answers now. */
  engineState: (signal: AbortSignal) => Promise<'answers' | 'forbidden' | 'silent'>
  /** Where steps that run on leave what they print. */
  logPath: string
  /** Writes the entry down; durable when it returns. */
  save: (entry: SetupEntry) => void
  onLine: (stepId: string, line: string) => void
  /** The system's prompt is open, or no longer. */
  onConsent: (isOpen: boolean) => void
  /** What usually helps. */
  advice: string
}

const checkDeadlineMs = 60_000
const lookAgainMs = 500

/** Does what is not done. Resolves with how it ended; its problem is in the entry. Throws when cancelled. */
export async function execute(entry: SetupEntry, steps: readonly Step[], deps: ExecuteDeps, signal: AbortSignal): Promise<'done' | 'restart-needed'> {
  for (const step of steps) {
    signal.throwIfAborted()
    const record = recordOf(entry, step, deps.clock)
    if (await isDone(step, deps, signal)) {
      if (record.state === 'begun' || record.state === 'failed') await finish(entry, record, step, deps, signal)
      else if (record.state !== 'done') mark(entry, record, { state: 'already' }, deps)
      continue
    }
    if (step.admin === 'asks') await askConsent(deps, signal)
    const before = record.before ?? await namesOf(step, deps, signal)
    mark(entry, record, { state: 'begun', before, note: null }, deps)
    try {
      await runStep(step, deps, signal)
    } catch (error) {
      if (!signal.aborted) mark(entry, record, { state: 'failed' }, deps)
      throw error
    }
    const ending = await settle(step, deps, signal)
    if (ending === 'restart-needed') return ending
    if (ending === 'failed') {
      mark(entry, record, { state: 'failed' }, deps)
      throw new DepinError('E_SETUP', notSo(step), { next: deps.advice })
    }
    await finish(entry, record, step, deps, signal)
  }
  return 'done'
}

/** Takes back what was done here, the last first. What cannot be taken back is kept, with the reason. */
export async function takeBack(entry: SetupEntry, steps: readonly Step[], deps: ExecuteDeps, signal: AbortSignal): Promise<void> {
  for (const step of steps.toReversed()) {
    signal.throwIfAborted()
    const record = recordOf(entry, step, deps.clock)
    if (record.state !== 'done' && record.state !== 'begun' && record.state !== 'failed') continue
    // cut off in the middle, it may have added something that nobody has counted yet
    const added = record.state === 'done' ? record.added : addedTo(record.before, await namesOf(step, deps, signal))
    const command = undoOf(step, added)
    if (command === null) {
      mark(entry, record, { state: 'undone' }, deps)
      continue
    }
    if (step.admin === 'asks') await askConsent(deps, signal)
    const tail: string[] = []
    const { exitCode } = await deps.runner.run(command, {
      admin: step.admin === 'asks', deadlineMs: step.deadlineMs, signal,
      onLine: (line) => {
        tail.push(line)
        deps.onLine(step.id, line)
      },
    })
    mark(entry, record, exitCode === 0 ? { state: 'undone' } : { state: 'kept', note: `${command[0] ?? ''} ended with ${exitCode}: ${tail.slice(-3).join(' ')}`.slice(0, 1000) }, deps)
  }
}

async function runStep(step: Step, deps: ExecuteDeps, signal: AbortSignal): Promise<void> {
  if (step.run === null) return
  const options = { admin: step.admin === 'asks', deadlineMs: step.deadlineMs, signal, onLine: (line: string) => deps.onLine(step.id, line) }
  if (step.detached === true) {
    await deps.runner.detach(step.run, deps.logPath, options)
    return
  }
  try {
    const { exitCode, stdout } = await deps.runner.run(step.run, options)
    if (exitCode === 0) return
    throw new DepinError('E_SETUP', `“${step.title}” did not work: ${step.run[0] ?? ''} ended with ${exitCode}.`, {
      next: deps.advice, details: { command: asShell(step.run), exitCode, output: stdout.slice(-2000) },
    })
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error
    throw new DepinError('E_SETUP', `“${step.title}” took longer than ${Math.round(step.deadlineMs / 60_000)} minutes and was ended.`, { next: deps.advice, cause: error })
  }
}

/** After it ran: whether it is so now. */
async function settle(step: Step, deps: ExecuteDeps, signal: AbortSignal): Promise<'done' | 'failed' | 'restart-needed'> {
  using deadline = deadlineSignal(deps.clock, 'the engine', step.deadlineMs, signal)
  for (;;) {
    if (step.prepares === true || await isDone(step, deps, signal)) return 'done'
    // it runs, and the rights that were given count from the next login on
    if (step.check === 'engine' && await deps.engineState(signal) === 'forbidden') return 'restart-needed'
    const takesTime = step.check === 'engine' || step.detached === true
    if (!takesTime || deadline.signal.aborted) return step.needsRestart === true ? 'restart-needed' : 'failed'
    await deps.clock.sleep(lookAgainMs, signal)
  }
}

async function isDone(step: Step, deps: ExecuteDeps, signal: AbortSignal): Promise<boolean> {
  if (step.check === 'engine') return await deps.engineState(signal) === 'answers'
  return (await deps.runner.run(step.check, { admin: false, deadlineMs: checkDeadlineMs, signal })).exitCode === 0
}

async function finish(entry: SetupEntry, record: StepEntry, step: Step, deps: ExecuteDeps, signal: AbortSignal): Promise<void> {
  mark(entry, record, { state: 'done', added: addedTo(record.before, await namesOf(step, deps, signal)) }, deps)
}

async function namesOf(step: Step, deps: ExecuteDeps, signal: AbortSignal): Promise<string[] | null> {
  if (step.inventory === null) return null
  const { exitCode, stdout } = await deps.runner.run(step.inventory, { admin: false, deadlineMs: checkDeadlineMs, signal })
  if (exitCode !== 0) throw new DepinError('E_SETUP', `What is installed could not be listed: ${step.inventory[0] ?? ''} ended with ${exitCode}.`, { next: deps.advice })
  return stdout.split('\n').map((line) => line.trim()).filter((line) => line !== '')
}

function addedTo(before: readonly string[] | null, after: readonly string[] | null): string[] | null {
  if (before === null || after === null) return null
  const had = new Set(before)
  return [...new Set(after)].filter((name) => !had.has(name))
}

async function askConsent(deps: ExecuteDeps, signal: AbortSignal): Promise<void> {
  deps.onConsent(true)
  await deps.runner.askConsent(signal)
  deps.onConsent(false)
}

function recordOf(entry: SetupEntry, step: Step, clock: Clock): StepEntry {
  const known = entry.steps.find(({ id }) => id === step.id)
  if (known !== undefined) return known
  const made: StepEntry = { id: step.id, state: 'waiting', atMs: clock.nowMs(), before: null, added: null, note: null }
  entry.steps.push(made)
  return made
}

function mark(entry: SetupEntry, record: StepEntry, change: Partial<StepEntry>, { clock, save }: ExecuteDeps): void {
  Object.assign(record, change, { atMs: clock.nowMs() })
  save(entry)
}

function notSo(step: Step): string {
  return step.check === 'engine' ? 'The engine was started and does not answer.' : `“${step.title}” ended well, and is not so all the same.`
}
