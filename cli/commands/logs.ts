import type { Command } from 'commander'
import type { LogBatch } from '../../contract/nouns/deployment.ts'
import type { Context } from '../context.ts'
import { logLine, plain } from '../output/text.ts'
import { integer, name } from '../parse.ts'
import type { Act } from '../act.ts'

interface LogFlags {
  follow?: true
  tail: number
  copy?: number
}

export function register(program: Command, act: Act): void {
  program.command('logs')
    .description('what an app prints')
    .argument('<name>', 'as in depin ps', name)
    .argument('[service]', 'one service of it', name)
    .option('-f, --follow', 'and what it prints from now on, until Ctrl-C')
    .option('--tail <lines>', 'how many of the last lines to begin with', integer(0, 10_000), 100)
    .option('--copy <number>', 'one copy of it', integer(0, 10_000))
    .addHelpText('after', `
Examples:
  $ depin logs shop
  $ depin logs shop web --follow --tail 10
  $ depin logs shop --json | jq -r .text`)
    .action(act(logs))
}

async function logs(context: Context, app: string, service: string | undefined, flags: LogFlags): Promise<void> {
  const client = await context.client()
  const { copies } = await client.deployments.get({ name: app })
  const batches = await client.deployments.logs({
    name: app, service: service ?? null, replica: flags.copy ?? null, follow: flags.follow === true, tailLines: flags.tail,
  })
  const showCopy = copies > 1 && flags.copy === undefined
  for await (const { lines } of batches) {
    for (const line of lines) await context.print(line, (shown) => lineText(shown, showCopy, context.io.hasColours))
  }
  // a followed log that ends because it was interrupted has not simply ended
  context.io.signal.throwIfAborted()
}

function lineText({ service, replica, text }: LogBatch['lines'][number], showCopy: boolean, hasColours: boolean): string {
  return `${plain(service)}${showCopy ? `/${replica}` : ''} | ${logLine(text, hasColours)}\n`
}
