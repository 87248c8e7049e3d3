import { Option, type Command } from 'commander'
import { DepinError } from '../../contract/errors.ts'
import type { Deployment } from '../../contract/nouns/deployment.ts'
import type { Context } from '../context.ts'
import { hintFor } from '../output/views/hints.ts'
import { stageOf } from '../output/views/stage.ts'
import { durationMs } from '../parse.ts'
import { createProgress } from '../progress.ts'
import type { Act } from '../act.ts'
import { duration, moneyPerMonth } from '../output/units.ts'
import { collectRunnable, deployOptions, fileHelp, toDeployOptions, type DeployFlags } from './manifests.ts'

/** An app without health checks runs when it has not ended for this long, ms: what is wrong with its files ends it sooner. */
const steadyMs = 1_000
/** Started again so often, which takes half a minute, it does not come up by waiting: by then what it waits for would be there. */
const vainRestarts = 5

interface WaitFlags extends DeployFlags {
  wait?: true
  timeout: number
}

export function register(program: Command, act: Act): void {
  deployOptions(program.command('deploy'))
    .description('run an app on other computers')
    .argument('<file>', fileHelp)
    .option('--wait', 'until every copy runs; exit code 1 when that fails')
    .addOption(new Option('--timeout <duration>', 'how long --wait waits; the app goes on').argParser(durationMs).default(600_000, '10m'))
    .addHelpText('after', `
With --json it ends with {"name","state","replicas":[{"leaseId","provider","state","containerIds"}]}.

Examples:
  $ depin deploy compose.yaml
  $ depin deploy . --name shop --max-price 5/month --wait
  $ cat compose.yaml | depin deploy - --wait --timeout 2m --json`)
    .action(act(deploy))
}

async function deploy(context: Context, file: string, flags: WaitFlags): Promise<void> {
  const bundle = await collectRunnable(context, file)
  const created = await (await context.client()).deployments.create({ bundle, options: toDeployOptions(flags) })
  if (flags.wait !== true) {
    await context.print(outcomeOf(created), () => `${created.name} is ${created.state}. See: depin ps ${created.name}\n`)
    return
  }
  const settled = await settle(context, created, flags.timeout)
  await context.print(outcomeOf(settled), () => `${settled.name} is ${settled.state}: ${settled.copies} ${settled.copies === 1 ? 'copy' : 'copies'} for ${moneyPerMonth(settled.rateMonthMicro)}.\n`)
  if (settled.state === 'running') return
  const reason = settled.replicas.find((replica) => replica.reason !== null)?.reason ?? null
  const hint = hintFor(reason)
  throw new DepinError('E_APP_FAILED', `${settled.name} does not run: ${settled.why ?? 'it needs you'}`, {
    next: `${hint === null ? '' : `${hint} `}See what happened: depin ps ${settled.name}, depin logs ${settled.name}`,
    details: { state: settled.state, why: settled.why, reason: reason?.code ?? null },
  })
}

export function outcomeOf({ name, state, replicas }: Deployment) {
  return { name, state, replicas: replicas.map(({ leaseId, provider, state: replicaState, containerIds }) => ({ leaseId, provider, state: replicaState, containerIds })) }
}

/** Its own health checks have found it well: there is no need to see whether it lasts. */
function isHealthy({ replicas }: Deployment): boolean {
  return replicas.every(({ services }) => services.every(({ health }) => health === 'healthy'))
}

function isVainlyRestarting({ replicas }: Deployment): boolean {
  return replicas.some(({ state, services }) => state === 'restarting' && services.some(({ restarts }) => restarts >= vainRestarts))
}

/** The app as soon as it runs, or needs its owner. E_DEADLINE when neither happens in time; the app goes on then. */
async function settle(context: Context, created: Deployment, timeoutMs: number): Promise<Deployment> {
  const { name } = created
  const deadline = AbortSignal.timeout(timeoutMs)
  const steady = new AbortController()
  let steadyTimer: NodeJS.Timeout | undefined
  const progress = createProgress(context)
  let latest = created
  try {
    const events = await (await context.client()).deployments.watch(undefined, { signal: AbortSignal.any([deadline, steady.signal]) })
    for await (const event of events) {
      if (event.kind === 'gone' && event.key === name) throw new DepinError('E_NOT_FOUND', `${name} was removed while it was starting.`)
      latest = (event.kind === 'all' ? event.items : event.kind === 'put' ? [event.item] : []).find((app) => app.name === name) ?? latest
      if (latest.state === 'failed' || isVainlyRestarting(latest) || (latest.state === 'running' && isHealthy(latest))) return latest
      if (latest.state === 'running') {
        steadyTimer ??= setTimeout(() => steady.abort(), steadyMs)
        continue
      }
      clearTimeout(steadyTimer)
      steadyTimer = undefined
      const { stage, text } = stageOf(latest)
      progress.show(stage, text)
    }
  } catch (error) {
    if (steady.signal.aborted) return latest
    if (!deadline.aborted) throw error
  } finally {
    clearTimeout(steadyTimer)
    progress.end()
  }
  throw new DepinError('E_DEADLINE', `${name} does not run after ${duration(timeoutMs)}: ${stageOf(latest).text}`, {
    next: `It goes on by itself. See: depin ps ${name}`, details: { state: latest.state, why: latest.why },
  })
}
