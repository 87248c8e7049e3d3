import { join } from 'node:path'
import { DepinError, toErrorReport } from '../../contract/errors.ts'
import type { FoundEngine, SetupPlan, SetupRun } from '../../contract/nouns/engine-setup.ts'
import type { BaseDeps } from '../base/index.ts'
import type { EngineSighting } from '../engine/index.ts'
import { foundEngines } from './found.ts'
import { examples } from './machine/examples/examples.ts'
import { type Consent, factsFrom, type MachineFacts } from './machine/facts.ts'
import type { Recorded } from './machine/recorded.ts'
import { fillSteps, type Step } from './recipes/fill.ts'
import { decide, type Decision, recipes } from './recipes/plan.ts'
import type { Mending, Recipe } from './recipes/types.ts'
import { execute, type ExecuteDeps, takeBack } from './run/execute.ts'
import { type Journal, openJournal, type SetupEntry } from './run/journal.ts'
import { LiveSetup } from './run/live.ts'
import type { CommandRunner } from './run/types.ts'
import { viewRun } from './run/view.ts'
import type { EngineSetup } from './types.ts'

export interface EngineSetupDeps extends BaseDeps {
  /** Where the journal is, and the log of an engine that we started ourselves. */
  dataDir: string
  look: (signal?: AbortSignal) => Promise<Recorded>
  survey: (signal: AbortSignal) => Promise<EngineSighting[]>
  createRunner: (consent: Consent | null) => CommandRunner
  /** Whether the process that began a setup is still there. */
  isAlive: (runner: SetupEntry['runner']) => boolean
  pid: number
  /** Something was installed, started or taken back. */
  onEnd: (run: SetupRun) => void
}

const engineLogName = 'engine.log'

export class EngineSetupPart implements EngineSetup {
  readonly #deps: EngineSetupDeps
  readonly #journal: Journal
  #current: LiveSetup | null = null
  #ended: Promise<void> = Promise.resolve()

  constructor(deps: EngineSetupDeps) {
    this.#deps = deps
    this.#journal = openJournal(deps.dataDir)
  }

  async list(signal?: AbortSignal): Promise<FoundEngine[]> {
    return (await this.#look(signal)).found
  }

  async plan(example: string | null, signal?: AbortSignal): Promise<SetupPlan> {
    if (example === null) return (await this.#decide(signal)).plan
    const recorded = examples.find(({ name }) => name === example)?.recorded
    if (recorded === undefined) throw new DepinError('E_NOT_FOUND', `There is no example called “${example}”.`, { next: `Choose one of: ${examples.map(({ name }) => name).join(', ')}.` })
    const facts = factsFrom(recorded)
    return decide({ facts, found: foundEngines(facts, []), folders: { downloads: exampleDownloads(facts) }, begun: null }).plan
  }

  examples(): { name: string, title: string }[] {
    return examples.map(({ name, title }) => ({ name, title }))
  }

  last(): SetupRun | null {
    if (this.#current !== null) return this.#current.view()
    const entry = this.#journal.setups().at(-1)
    const recipe = recipes.find(({ id }) => id === entry?.recipe)
    if (entry === undefined || recipe === undefined) return null
    const steps = recipe.steps.filter(({ id }) => entry.steps.some((step) => step.id === id))
    const isUndo = entry.state === 'undoing' || entry.state === 'undone'
    return viewRun(entry, steps.map((step): Step => ({ ...step, inventory: null })), { kind: isUndo ? 'undo' : 'install', isUnderWay: false, isConsentOpen: false, output: [], leaves: recipe.leaves })
  }

  async *setup(planId: string): AsyncGenerator<SetupRun, void> {
    if (this.#current !== null && this.#current.kind !== 'undo' && this.#current.entry.planId === planId) {
      yield* this.#current.watch()
      return
    }
    this.#assertIdle()
    const { plan, steps, recipe, facts } = await this.#decide()
    if (isMend(plan) && plan.planId === planId) {
      yield* this.#begin(plan.kind, mendEntry(plan, this.#deps), steps, facts, null)
      return
    }
    if (plan.kind !== 'install' || plan.planId !== planId || recipe === null) throw otherPlan(plan)
    const begun = this.#unfinished()
    const entry: SetupEntry = { ...begun ?? this.#newEntry(recipe.id, recipe.engineName), planId, state: 'running', runner: this.#runnerId(), problem: null }
    yield* this.#begin('install', entry, steps, facts, recipe)
  }

  async *start(): AsyncGenerator<SetupRun, void> {
    this.#assertIdle()
    const { plan, steps, facts } = await this.#decide()
    if (plan.kind !== 'start') throw otherPlan(plan)
    yield* this.#begin('start', mendEntry(plan, this.#deps), steps, facts, null)
  }

  async *undo(): AsyncGenerator<SetupRun, void> {
    if (this.#current?.kind === 'undo') {
      yield* this.#current.watch()
      return
    }
    this.#assertIdle()
    const entry = this.#journal.setups().findLast((each) => each.state !== 'undone' && each.steps.some(({ state }) => state === 'done' || state === 'begun' || state === 'failed'))
    if (entry === undefined) throw new DepinError('E_NOT_FOUND', 'Nothing was installed here by Depin, so there is nothing to take back.', { next: 'Remove an engine that you installed yourself as you installed it.' })
    const recipe = recipes.find(({ id }) => id === entry.recipe)
    if (recipe === undefined) throw new DepinError('E_SETUP', `Another version of Depin installed ${entry.engineName}, by a recipe that this one does not know (${entry.recipe}).`, { next: 'Take it back with that version, or remove it with your system’s own tools.' })
    const { facts, folders } = await this.#look()
    const steps = fillSteps(recipe.steps.filter(({ id }) => entry.steps.some((step) => step.id === id)), facts, folders)
    yield* this.#begin('undo', { ...entry, state: 'undoing', runner: this.#runnerId(), problem: null }, steps, facts, recipe)
  }

  async cancel(): Promise<void> {
    this.#current?.cancel()
    await this.#ended
  }

  #begin(kind: SetupRun['kind'], entry: SetupEntry, steps: readonly Step[], facts: MachineFacts, recipe: Recipe | null): AsyncGenerator<SetupRun, void> {
    this.#assertIdle()
    const live = new LiveSetup(kind, entry, steps, recipe?.leaves ?? null)
    this.#current = live
    // it goes on when nobody watches
    this.#ended = this.#run(live, facts, recipe)
    return live.watch()
  }

  async #run(live: LiveSetup, facts: MachineFacts, recipe: Recipe | null): Promise<void> {
    const { entry, steps, kind } = live
    const runner = this.#deps.createRunner(facts.consent)
    // nothing was installed that would have to be gone on with, or taken back
    const save = (changed: SetupEntry): void => {
      if (kind === 'install' || kind === 'undo') this.#journal.save(changed)
      live.change({})
    }
    const deps = this.#executeDeps(live, runner, save, recipe)
    try {
      save(entry)
      if (kind === 'undo') await takeBack(entry, steps, deps, live.signal)
      else entry.state = await execute(entry, steps, deps, live.signal)
      if (kind === 'undo') entry.state = 'undone'
    } catch (error) {
      if (!live.signal.aborted) this.#deps.log.warn('engine setup failed', { kind, error })
      entry.state = live.signal.aborted ? 'cancelled' : 'failed'
      entry.problem = live.signal.aborted ? null : toErrorReport(error)
    } finally {
      runner.close()
    }
    this.#close(live, save)
  }

  /** The last word on it. A disk that is full by now must not keep readers waiting for ever. */
  #close(live: LiveSetup, save: (entry: SetupEntry) => void): void {
    try {
      save(live.entry)
    } catch (error) {
      this.#deps.log.error('engine setup not written down', { error })
      live.entry.problem ??= toErrorReport(error)
    }
    this.#current = null
    live.change({ isUnderWay: false, isConsentOpen: false })
    this.#deps.onEnd(live.view())
  }

  #executeDeps(live: LiveSetup, runner: CommandRunner, save: (entry: SetupEntry) => void, recipe: Recipe | null): ExecuteDeps {
    let shownStep = ''
    return {
      runner, save,
      clock: this.#deps.clock,
      logPath: join(this.#deps.dataDir, engineLogName),
      engineState: (signal) => this.#engineState(live.kind, recipe, signal),
      advice: recipe?.advice ?? `Look at its log: ${join(this.#deps.dataDir, engineLogName)}`,
      onConsent: (isConsentOpen) => live.change({ isConsentOpen }),
      onLine: (stepId, line) => {
        if (stepId !== shownStep) live.change({ output: [] })
        shownStep = stepId
        live.addLine(line)
      },
    }
  }

  async #engineState(kind: SetupRun['kind'], recipe: Recipe | null, signal: AbortSignal): Promise<'answers' | 'forbidden' | 'silent'> {
    const { found } = await this.#look(signal)
    if (found.some(({ state }) => state === 'running' || state === 'unsafe')) return 'answers'
    const forbidden = found.filter(({ state }) => state === 'forbidden')
    // it runs, and whom it lets in is another matter
    if (kind === 'start' || kind === 'restart') return forbidden.length > 0 ? 'answers' : 'silent'
    return forbidden.some(({ product }) => product === (recipe?.product ?? 'docker')) ? 'forbidden' : 'silent'
  }

  async #decide(signal?: AbortSignal): Promise<Decision & { facts: MachineFacts }> {
    const { facts, found, folders } = await this.#look(signal)
    const begun = this.#unfinished()
    const done = begun?.steps.filter(({ state }) => state === 'done' || state === 'already').map(({ id }) => id) ?? []
    return { ...decide({ facts, found, folders, begun: begun === null ? null : { recipe: begun.recipe, done } }), facts }
  }

  async #look(signal: AbortSignal = new AbortController().signal): Promise<{ facts: MachineFacts, found: FoundEngine[], folders: { downloads: string } }> {
    const [recorded, sightings] = await Promise.all([this.#deps.look(signal), this.#deps.survey(signal)])
    const facts = factsFrom(recorded)
    return { facts, found: foundEngines(facts, sightings), folders: { downloads: this.#deps.dataDir } }
  }

  #unfinished(): SetupEntry | null {
    const entry = this.#journal.setups().at(-1)
    return entry === undefined || entry.state === 'done' || entry.state === 'undone' || entry.state === 'undoing' ? null : entry
  }

  #assertIdle(): void {
    if (this.#current !== null) throw new DepinError('E_CONFLICT', 'Something is being installed, started or taken back just now.', { next: 'Wait until it is done, or cancel it.' })
    const other = this.#journal.setups().find(({ state, runner }) => (state === 'running' || state === 'undoing') && runner.pid !== this.#deps.pid && this.#deps.isAlive(runner))
    if (other !== undefined) throw new DepinError('E_BUSY', `Another program (process ${other.runner.pid}) is at it just now.`, { next: 'Wait until it is done.', details: { pid: other.runner.pid } })
  }

  #newEntry(recipe: string, engineName: string): Omit<SetupEntry, 'planId' | 'state' | 'runner' | 'problem'> {
    return { recipe, engineName, startedAtMs: this.#deps.clock.nowMs(), steps: [] }
  }

  #runnerId(): SetupEntry['runner'] {
    return { pid: this.#deps.pid, bootId: this.#deps.clock.bootId }
  }
}

type Mend = Extract<SetupPlan, { kind: Mending }>

function isMend(plan: SetupPlan): plan is Mend {
  return plan.kind === 'start' || plan.kind === 'restart' || plan.kind === 'allow'
}

function mendEntry({ kind, engine, planId }: Mend, { clock, pid }: EngineSetupDeps): SetupEntry {
  return { planId, recipe: kind, engineName: engine.name, startedAtMs: clock.nowMs(), state: 'running', runner: { pid, bootId: clock.bootId }, problem: null, steps: [] }
}

function otherPlan(plan: SetupPlan): DepinError {
  switch (plan.kind) {
    case 'ready': return new DepinError('E_CONFLICT', `${plan.engine.name} is running already: there is nothing to do.`)
    case 'blocked': return new DepinError('E_CONFLICT', plan.message, { ...plan.next !== null && { next: plan.next } })
    case 'start': return new DepinError('E_CONFLICT', `${plan.engine.name} is installed by now and only needs a start.`, { next: 'Start it: depin engine start' })
    case 'restart': return new DepinError('E_CONFLICT', `${plan.engine.name} runs and does not answer: it needs a restart.`, { next: 'Restart it: depin engine restart' })
    case 'allow': return new DepinError('E_CONFLICT', plan.engine.message, { next: 'Let your account use it: depin engine allow' })
    case 'install': return new DepinError('E_CONFLICT', 'What would be done here is another thing than what was asked for.', { next: 'Look at the plan again: depin engine install --dry-run', details: { planId: plan.planId } })
  }
}

function exampleDownloads({ platform }: MachineFacts): string {
  return platform === 'win32' ? '%TEMP%' : '/tmp'
}
