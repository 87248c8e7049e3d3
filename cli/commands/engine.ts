/**
 * The engine that guest apps run in. What needs an administrator is done by this process and not by the service, because
 * the person who can be asked sits at this terminal.
 */
import type { Command } from 'commander'
import { DepinError } from '../../contract/errors.ts'
import type { SetupPlan, SetupRun } from '../../contract/nouns/engine-setup.ts'
import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { toDepinError, usageError } from '../failure.ts'
import { enginesText, planText, runText, stepText } from '../output/views/engine.ts'
import { createProgress } from '../progress.ts'
import type { OfflineClient } from '../service-bundle.ts'
import type { Act } from '../act.ts'

interface InstallFlags { dryRun?: true, platform?: string, yes?: true }

export function register(program: Command, act: Act): void {
  const engine = program.command('engine')
    .description('the engine that guest apps run in: which there is, and how to get one')
    .addHelpText('after', `
Examples:
  $ depin engine
  $ depin engine install --dry-run
  $ depin engine install --dry-run --platform windows`)
  engine.command('list', { isDefault: true }).description('every engine of this computer, with its state').action(act(list))
  engine.command('install').description('get an engine: shows what would be done, asks, and does it; goes on where it was cut off')
    .option('--dry-run', 'only show what would be done')
    .option('--platform <name>', 'with --dry-run: show it for another kind of computer, such as fedora, macos or windows')
    .option('--yes', 'do not ask')
    .action(act(install))
  engine.command('start').description('start the engine that is there and does not run').action(act(start))
  engine.command('restart').description('restart the engine that runs and does not answer; what runs in it stops').option('--yes', 'do not ask').action(act(mend('restart')))
  engine.command('allow').description('let your account use the engine that is there').option('--yes', 'do not ask').action(act(mend('allow')))
  engine.command('undo').description('take back what “depin engine install” did, and only that')
    .option('--yes', 'do not ask')
    .action(act(undo))
}

async function list(context: Context): Promise<void> {
  const engines = await (await context.anyClient()).engine.list()
  await context.print(engines, (shown) => enginesText(shown, context.io.hasColours))
}

async function install(context: Context, flags: InstallFlags): Promise<void> {
  if (flags.platform !== undefined && flags.dryRun !== true) throw usageError('Another platform can only be looked at.', 'Add --dry-run.')
  const client = await context.ownClient()
  const plan = await client.engine.plan({ example: flags.platform ?? null })
  if (flags.dryRun === true || plan.kind === 'ready') {
    await context.print(plan, planText)
    return
  }
  if (plan.kind === 'blocked') throw blockedError(plan)
  context.note(planText(plan))
  if (!await isConfirmed(context, flags, questions[plan.kind])) return
  await follow(context, client, await client.engine.setup({ planId: plan.planId }))
}

const questions = { install: 'Install it?', start: 'Start it?', restart: 'Restart it?', allow: 'Let your account use it?' } as const

async function start(context: Context): Promise<void> {
  const client = await context.ownClient()
  const plan = await planned(context, client, 'start')
  if (plan === null) return
  for (const sentence of plan.sentences) context.note(`${sentence}\n`)
  await follow(context, client, await client.engine.start())
}

/** What ends guests for a moment, or gives rights away, is shown and asked first. */
function mend(kind: 'restart' | 'allow') {
  return async (context: Context, flags: { yes?: true }): Promise<void> => {
    const client = await context.ownClient()
    const plan = await planned(context, client, kind)
    if (plan === null) return
    context.note(planText(plan))
    if (!await isConfirmed(context, flags, questions[kind])) return
    await follow(context, client, await client.engine.setup({ planId: plan.planId }))
  }
}

/** The plan, when it is of that kind; null when an engine answers already. */
async function planned<Kind extends 'start' | 'restart' | 'allow'>(context: Context, client: OfflineClient, kind: Kind): Promise<Extract<SetupPlan, { kind: Kind }> | null> {
  const plan = await client.engine.plan({ example: null })
  switch (plan.kind) {
    case kind: return plan as Extract<SetupPlan, { kind: Kind }>
    case 'ready':
      await context.print(plan, planText)
      return null
    case 'blocked': throw blockedError(plan)
    case 'install': throw new DepinError('E_ENGINE_MISSING', `There is no engine here ${none[kind]}.`, { next: 'Get one: depin engine install' })
    default: throw new DepinError('E_CONFLICT', plan.engine.message, { next: `${questions[plan.kind].replace('?', ':')} depin engine ${plan.kind}` })
  }
}

const none = { start: 'that could be started', restart: 'that could be restarted', allow: 'that your account could be let use' } as const

async function undo(context: Context, flags: { yes?: true }): Promise<void> {
  const client = await context.ownClient()
  const { guests } = await running(context) ?? { guests: 0 }
  if (guests > 0) throw new DepinError('E_CONFLICT', `${guests === 1 ? 'A guest app runs' : `${guests} guest apps run`} on this engine.`, { next: 'Turn sharing off and end the guest apps first: depin share off' })
  context.note('This takes back what Depin installed, and only that. Containers on this engine end.\n')
  if (!await isConfirmed(context, flags, 'Take it back?')) return
  await follow(context, client, await client.engine.undo())
}

/** Shows a run until it ends. Ctrl-C ends it as soon as it can be ended. */
async function follow(context: Context, client: OfflineClient, runs: AsyncIterable<SetupRun>): Promise<void> {
  const progress = createProgress(context)
  const cancel = (): void => void client.engine.cancel()
  context.io.signal.addEventListener('abort', cancel)
  let last: SetupRun | undefined
  for await (const run of runs) {
    if (context.json && changed(last, run)) await context.print(run, () => '')
    // the prompt has the line to itself
    if (run.state === 'waiting-for-consent') progress.end()
    else progress.show(run.steps.find(({ state }) => state === 'running')?.title ?? '', stepText(run))
    last = run
  }
  progress.end()
  context.io.signal.removeEventListener('abort', cancel)
  await running(context, true)
  if (last !== undefined) await end(context, last)
  context.io.signal.throwIfAborted()
}

async function end(context: Context, run: SetupRun): Promise<void> {
  if (!context.json) await context.print(run, runText)
  if (run.problem !== null) throw DepinError.fromReport(run.problem)
  if (run.state !== 'done') context.failed()
}

/** In JSON, a line for each thing that happened, not for each line that a package manager prints. */
function changed(before: SetupRun | undefined, now: SetupRun): boolean {
  return JSON.stringify({ ...before, output: [] }) !== JSON.stringify({ ...now, output: [] })
}

/** The service, when one runs; with `retry`, it is told to look for its engine at once. */
async function running(context: Context, retry = false): Promise<{ guests: number } | null> {
  try {
    const { node } = await context.client()
    return retry ? await node.retryEngine() : await node.status()
  } catch (error) {
    if (toDepinError(error).code === 'E_NOT_RUNNING') return null
    throw error
  }
}

function blockedError(plan: Extract<SetupPlan, { kind: 'blocked' }>): DepinError {
  return new DepinError('E_SETUP', plan.message, { next: [plan.next ?? '', ...plan.stillWorks].join(' ').trim(), details: { reason: plan.reason, stillWorks: plan.stillWorks } })
}
