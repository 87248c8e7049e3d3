import type { Command } from 'commander'
import type { ForwardStatus } from '../../contract/nouns/deployment.ts'
import type { Context } from '../context.ts'
import { plain } from '../output/text.ts'
import { integer, name, serviceAndPort } from '../parse.ts'
import type { Act } from '../act.ts'

interface ForwardFlags {
  local: number
  copy?: number
}

export function register(program: Command, act: Act): void {
  program.command('forward')
    .description('open a local port to a service of an app, until Ctrl-C')
    .argument('<name>', 'as in depin ps', name)
    .argument('<service:port>', 'such as web:80', serviceAndPort)
    .option('--local <port>', 'the local port; any free one when left out', integer(1, 65_535), 0)
    .option('--copy <number>', 'one copy of it', integer(0, 10_000))
    .addHelpText('after', `
The first line of output is the local address. With --json, a line for every change.

Examples:
  $ depin forward shop web:80
  $ depin forward shop db:5432 --local 15432`)
    .action(act(forward))
}

async function forward(context: Context, app: string, target: { service: string, port: number }, flags: ForwardFlags): Promise<void> {
  const statuses = await (await context.client()).deployments.forward({
    name: app, ...target, localPort: flags.local, replica: flags.copy ?? null,
  })
  let before: ForwardStatus | undefined
  for await (const status of statuses) {
    if (before === undefined || context.json) await context.print(status, ({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}\n`)
    if (before === undefined) context.note(`Forwarding to ${target.service}:${target.port} of ${app}. Stop it with Ctrl-C.\n`)
    context.note(problemChange(before?.problem ?? null, status.problem))
    before = status
  }
  context.io.signal.throwIfAborted()
}

function problemChange(before: string | null, now: string | null): string {
  if (before === now) return ''
  return now === null ? 'Connections work again.\n' : `Connections fail: ${plain(now)}\n`
}
