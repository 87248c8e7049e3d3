/** validate and quote: what a compose file would do, before it does it. */
import type { Command } from 'commander'
import type { QuoteReport } from '../../contract/nouns/deployment.ts'
import { DepinError } from '../../contract/errors.ts'
import { collectBundle, type Collected } from '../bundle/collect.ts'
import type { Context } from '../context.ts'
import { notesText, quoteText, reportText } from '../output/views/apps.ts'
import { name, peerId, priceMonthMicro, repeated } from '../parse.ts'
import { createProgress } from '../progress.ts'
import type { Act } from '../act.ts'

export const fileHelp = 'a compose file, a folder with one in it, or - for standard input'

export interface DeployFlags {
  name?: string
  maxPrice?: bigint
  provider?: string[]
}

export function register(program: Command, act: Act): void {
  program.command('validate')
    .description('check a compose file; needs no running service')
    .argument('<file>', fileHelp)
    .addHelpText('after', `
Exit code 1 when it cannot run. Files it names are read from its own folder only.

Examples:
  $ depin validate compose.yaml
  $ depin validate . --json | jq '.errors[]'`)
    .action(act(validate))
  deployOptions(program.command('quote'))
    .description('ask all known hosts what an app would cost')
    .argument('<file>', fileHelp)
    .addHelpText('after', `
Exit code 1 when not enough hosts can take it.

Examples:
  $ depin quote compose.yaml
  $ depin quote . --max-price 5/month --json | jq .totalMonthMicro`)
    .action(act(quote))
}

/** What `quote` and `deploy` both take. */
export function deployOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what the app is called; from the file when left out', name)
    .option('--max-price <price>', 'for each copy: 5, 5/month or 0.01/hour', priceMonthMicro)
    .option('--provider <peer>', 'only this host; may come several times', repeated(peerId))
}

export function toDeployOptions(flags: DeployFlags) {
  return {
    ...flags.name !== undefined && { name: flags.name },
    ...flags.maxPrice !== undefined && { maxPriceMonthMicro: flags.maxPrice },
    ...flags.provider !== undefined && { providers: flags.provider },
  }
}

async function validate(context: Context, file: string): Promise<void> {
  const client = await context.anyClient()
  const { report } = await collectBundle(file, (bundle) => client.manifests.validate({ bundle }), context.io)
  await context.print(report, (shown) => reportText(shown, context.io))
  if (!report.ok) context.failed()
}

/** The bundle of a file that can run; E_MANIFEST with every error of it otherwise. Warnings go to people. */
export async function collectRunnable(context: Context, file: string): Promise<Collected['bundle']> {
  const client = await context.client()
  const { bundle, report } = await collectBundle(file, (candidate) => client.manifests.validate({ bundle: candidate }), context.io)
  context.note(notesText(report.warnings, 'warning'))
  if (report.ok) return bundle
  context.note(notesText(report.errors, 'error'))
  const [first] = report.errors
  throw new DepinError('E_MANIFEST', first === undefined ? `${file} cannot run as it is.` : `${file} cannot run: ${first.file}:${first.line}: ${first.message}`, {
    next: `Change it, and check it with: depin validate ${file}`,
    details: { errors: report.errors, missingFiles: report.missingFiles },
  })
}

async function quote(context: Context, file: string, flags: DeployFlags): Promise<void> {
  const bundle = await collectRunnable(context, file)
  const reports = await (await context.client()).deployments.quote({ bundle, options: toDeployOptions(flags) })
  const progress = createProgress(context)
  let last: QuoteReport | undefined
  for await (const { asked, answered, ...report } of reports) {
    progress.show('asking', `Asking ${asked} ${asked === 1 ? 'host' : 'hosts'}, ${answered} answered`)
    last = report
  }
  progress.end()
  if (last === undefined) throw new DepinError('E_NO_PROVIDER', 'No host was asked: none is known.', { next: 'Add one: depin join LINK' })
  await context.print(last, (shown) => quoteText(shown, context.io))
  if (last.problem !== null) throw new DepinError('E_NO_PROVIDER', last.problem, { next: 'Make the app smaller, raise --max-price, or add hosts with: depin join LINK' })
}
