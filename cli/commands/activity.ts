import type { Command } from 'commander'
import type { Activity } from '../../contract/nouns/node.ts'
import type { Context } from '../context.ts'
import { plain } from '../output/text.ts'
import { dateTime } from '../output/units.ts'
import { integer } from '../parse.ts'
import type { Act } from '../act.ts'

export function register(program: Command, act: Act): void {
  program.command('activity')
    .description('what happened on this node')
    .option('-f, --follow', 'and what happens from now on, until Ctrl-C')
    .option('--tail <count>', 'how much of the past to begin with', integer(0, 500), 20)
    .addHelpText('after', `
With --json, a line for everything that happened.

Examples:
  $ depin activity
  $ depin activity --follow --json`)
    .action(act(activity))
}

async function activity(context: Context, flags: { follow?: true, tail: number }): Promise<void> {
  const client = await context.client()
  if (flags.follow !== true) {
    const past = flags.tail === 0 ? [] : await client.activity.list({ beforeSeq: null, limit: flags.tail })
    for (const item of past.toSorted((a, b) => a.seq - b.seq)) await context.print(item, lineText)
    return
  }
  let lastSeq = -1
  for await (const items of await client.activity.watch({ recent: flags.tail })) {
    for (const item of items.filter(({ seq }) => seq > lastSeq).toSorted((a, b) => a.seq - b.seq)) {
      await context.print(item, lineText)
      lastSeq = item.seq
    }
  }
  context.io.signal.throwIfAborted()
}

function lineText({ atMs, kind, params }: Activity): string {
  const details = Object.entries(params).map(([name, value]) => `${name}=${value}`).join(' ')
  return `${plain(`${dateTime(atMs)}  ${kind}  ${details}`).trimEnd()}\n`
}
