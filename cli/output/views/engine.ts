/** Engines and what getting one does, as people read it. */
import type { FoundEngine, SetupPlan, SetupRun, SetupStepView } from '../../../contract/nouns/engine-setup.ts'
import { table } from '../table.ts'
import { plain } from '../text.ts'

export function enginesText(engines: readonly FoundEngine[], hasColours: boolean): string {
  if (engines.length === 0) return 'There is no engine on this computer. Get one: depin engine install\n'
  const rows = engines.map(({ name, state, version, place, message }) => [name, state, version ?? '-', place ?? '-', message])
  const has = (wanted: FoundEngine['state']): boolean => engines.some(({ state }) => state === wanted)
  const hint = has('running') ? '' : engines.some(({ canStart }) => canStart) ? 'Start it: depin engine start\n' : has('forbidden') ? 'Let your account use it: depin engine allow\n'
    : has('hung') ? 'Restart it: depin engine restart\n' : 'Get one: depin engine install\n'
  return `${table(['ENGINE', 'STATE', 'VERSION', 'PLACE', ''], rows, hasColours)}${hint}`
}

export function planText(plan: SetupPlan): string {
  const machine = `This computer: ${plain(plan.machine.name)}, ${plain(plan.machine.arch)}\n`
  switch (plan.kind) {
    case 'ready': return `${machine}${plain(plan.engine.message)} There is nothing to do.\n`
    case 'blocked': return `${machine}It cannot be done here: ${plain(plan.message)}\n${plan.next === null ? '' : `${plain(plan.next)}\n`}What works all the same:\n${plan.stillWorks.map((each) => `  ${plain(each)}\n`).join('')}`
    case 'start': case 'restart': case 'allow': return `${machine}\n${plan.steps.map((step, index) => planStep(step, index, [])).join('')}\n${plan.sentences.map((each) => `${plain(each)}\n`).join('')}`
    case 'install': return `${machine}\n${plan.steps.map((step, index) => planStep(step, index, plan.done)).join('')}\n${plan.sentences.map((each) => `${plain(each)}\n`).join('')}`
  }
}

/** What a step does, what is run for it, and what takes it back. */
function planStep({ id, title, admin, command, undo }: SetupStepView, index: number, done: readonly string[]): string {
  const asks = { no: '', asks: '  (as administrator)', 'asks-itself': '  (asks for permission itself)' }[admin]
  return `${index + 1}. ${plain(title)}${asks}${done.includes(id) ? '  (done)' : ''}\n`
    + (command === '' ? '' : `     ${plain(command)}\n`)
    + (undo === null ? '' : `     undo: ${plain(undo)}\n`)
}

/** The running step, with what it last printed. */
export function stepText({ steps, output, percent }: SetupRun): string {
  const step = steps.find(({ state }) => state === 'running')
  return `${percent}%  ${step?.title ?? ''}  ${(output.at(-1) ?? '').slice(0, 60)}`.trimEnd()
}

export function runText(run: SetupRun): string {
  const did = run.did.map((each) => `${plain(each)}\n`).join('')
  const kept = run.steps.filter(({ note }) => note !== null).map(({ title, note }) => `${plain(title)} ${plain(note ?? '')}\n`).join('')
  return `${did}${kept}${endText(run)}`
}

function endText({ kind, state, engineName }: SetupRun): string {
  switch (state) {
    case 'done': return doneText(kind, plain(engineName))
    case 'restart-needed': return kind === 'allow' ? 'Nearly there: log out and in again, or restart this computer. Then your account may use it.\n' : 'Nearly there: restart this computer, or log out and in, then run it again: depin engine install\n'
    case 'cancelled': case 'interrupted': return `It was interrupted. It goes on from there with: depin engine ${kind}\n`
    case 'running': case 'waiting-for-consent': case 'failed': return ''
  }
}

function doneText(kind: SetupRun['kind'], engine: string): string {
  switch (kind) {
    case 'undo': return `${engine} was taken back.\n`
    case 'allow': return `Your account may use ${engine}. This computer can share.\n`
    case 'install': return `${engine} is running. This computer can share.\n`
    case 'start': case 'restart': return `${engine} is running.\n`
  }
}
