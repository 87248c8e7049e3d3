/** earnings and receipts. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { earningsText, receiptsText } from '../output/views/money.ts'
import type { Act } from '../act.ts'

export function register(program: Command, act: Act): void {
  program.command('earnings')
    .description('what was earned and spent: due = signed + accruing')
    .addHelpText('after', `
With --json, amounts are integers in millionths of the unit.

Examples:
  $ depin earnings
  $ depin earnings --json | jq .earned.total.due`)
    .action(act(earnings))
  program.command('receipts')
    .description('hosts’ signed word on what they were paid')
    .addHelpText('after', `
With --json they come with their signatures, for keeping.

Examples:
  $ depin receipts
  $ depin receipts --json > receipts.json`)
    .action(act(receipts))
}

async function earnings(context: Context): Promise<void> {
  await context.print(await (await context.client()).earnings.get(), (shown) => earningsText(shown, context.io))
}

async function receipts(context: Context): Promise<void> {
  await context.print(await (await context.client()).earnings.receipts(), (shown) => receiptsText(shown, context.io))
}
