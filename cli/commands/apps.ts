/** ps and rm: the user's apps. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { appsText, appText } from '../output/views/apps.ts'
import { name as nameOf } from '../parse.ts'
import type { Act } from '../act.ts'

export function register(program: Command, act: Act): void {
  program.command('ps')
    .description('your apps, and why they are as they are')
    .argument('[name]', 'one app, with all that happened to it', nameOf)
    .addHelpText('after', `
Examples:
  $ depin ps
  $ depin ps shop
  $ depin ps --json | jq -r '.[].name'`)
    .action(act(list))
  program.command('rm')
    .description('end an app and all its copies; does not ask')
    .argument('<name>', 'as in depin ps', nameOf)
    .addHelpText('after', `
What its copies stored is gone with them. Like docker compose down, it does what it says without a question.

Examples:
  $ depin rm shop`)
    .action(act(remove))
}

async function list(context: Context, name?: string): Promise<void> {
  const { deployments } = await context.client()
  if (name === undefined) await context.print(await deployments.list(), (apps) => appsText(apps, context.io))
  else await context.print(await deployments.get({ name }), (app) => appText(app, context.io))
}

async function remove(context: Context, name: string): Promise<void> {
  const removed = await (await context.client()).deployments.remove({ name })
  await context.print(removed, () => `${removed.name} is removed.\n`)
}
