/** invite, join and peers: whom this node knows. */
import { Option, type Command } from 'commander'
import type { Context } from '../context.ts'
import { peersText } from '../output/views/node.ts'
import { plain } from '../output/text.ts'
import { dateTime } from '../output/units.ts'
import { durationBetween } from '../parse.ts'
import type { Act } from '../act.ts'

export function register(program: Command, act: Act): void {
  program.command('invite')
    .description('print a link by which another node finds this one')
    .addOption(new Option('--valid <duration>', 'from 1m to 365d').argParser(durationBetween(60_000, 365 * 86_400_000, 'from 1m to 365d')).default(86_400_000, '24h'))
    .addHelpText('after', `
Examples:
  $ depin invite
  $ depin invite --valid 1h`)
    .action(act(invite))
  program.command('join')
    .description('take an invite link of another node')
    .argument('<link>', 'as depin invite prints it')
    .addHelpText('after', `
Examples:
  $ depin join "$(ssh office depin invite)"`)
    .action(act(join))
  program.command('peers')
    .description('computers this node knows')
    .addHelpText('after', `
Examples:
  $ depin peers
  $ depin peers --json | jq -r '.[] | select(.connected).label'`)
    .action(act(peers))
}

async function invite(context: Context, flags: { valid: number }): Promise<void> {
  const made = await (await context.client()).node.invite({ validForMs: flags.valid })
  await context.print(made, ({ link }) => `${plain(link)}\n`)
  context.note(`Good until ${dateTime(made.expiresAtMs)}.\n`)
}

async function join(context: Context, link: string): Promise<void> {
  const peer = await (await context.client()).node.join({ link })
  await context.print(peer, ({ label, peerId }) => `Joined ${label === '' ? peerId : `${plain(label)} (${peerId})`}.\n`)
}

async function peers(context: Context): Promise<void> {
  await context.print(await (await context.client()).node.peers(), (shown) => peersText(shown, context.io))
}
