/** guests: other people's apps here, and what can be shown of them. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { DepinError } from '../../contract/errors.ts'
import { LeaseId } from '../../contract/ids.ts'
import type { Act } from '../act.ts'
import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { plain } from '../output/text.ts'
import { moneyPerMonth } from '../output/units.ts'
import { guestsText } from '../output/views/money.ts'

export function register(program: Command, act: Act): void {
  const guests = program.command('guests')
    .description('other people’s apps on this computer')
    .addHelpText('after', `
Examples:
  $ depin guests
  $ depin guests --json | jq -r '.[] | select(.state == "running").leaseId'
  $ depin guests end a4x…k2 --why 'The machine moves house tonight.'
  $ depin guests evidence a4x…k2 --out complaint.json`)
  guests.command('list', { isDefault: true }).description('who is here, and who was').action(act(list))
  guests.command('end').description('end one guest, now')
    .argument('<guest>', 'as in depin guests', guestId)
    .option('--why <text>', 'what its renter is told, in your words', why)
    .option('--yes', 'do not ask')
    .addHelpText('after', `
Its renter is told that the owner ended it, and pays for what it has used and no more; this app is not offered to you again
for an hour. What it stored here is deleted. Exit code 1 when the answer is no.

Examples:
  $ depin guests end a4x…k2
  $ depin guests end a4x…k2 --yes --why 'The machine moves house tonight.'`)
    .action(act(end))
  guests.command('evidence').description('what can be shown of a guest when somebody complains: what was signed, what ran, how much went where')
    .argument('<guest>', 'as in depin guests', guestId)
    .option('--out <file>', 'write it there instead of printing it')
    .addHelpText('after', `
JSON, kept on this computer alone, until 30 days after what it tells of. It has never what was said, printed or stored.

Examples:
  $ depin guests evidence a4x…k2 --out complaint.json`)
    .action(act(evidence))
}

async function list(context: Context): Promise<void> {
  await context.print(await (await context.client()).guests.list(), (shown) => guestsText(shown, context.io))
}

async function end(context: Context, leaseId: string, flags: { why?: string, yes?: true }): Promise<void> {
  const client = await context.client()
  const guest = (await client.guests.list()).find((each) => each.leaseId === leaseId)
  if (guest !== undefined) context.note(`${plain(guest.app)}: ${guest.state}, ${moneyPerMonth(guest.rateMonthMicro)}. What it stored on this computer is deleted.\n`)
  if (!await isConfirmed(context, flags, 'End this guest?')) return
  const ended = await client.guests.end({ leaseId, ...flags.why !== undefined && { why: flags.why } })
  await context.print(ended, ({ app }) => `${plain(app)} was ended, and its renter is told.\n`)
}

async function evidence(context: Context, leaseId: string, { out }: { out?: string }): Promise<void> {
  const found = await (await context.client()).guests.evidence({ leaseId })
  const text = `${JSON.stringify(found, null, 2)}\n`
  if (out === undefined) {
    await context.print(found, () => text)
    return
  }
  const file = resolve(context.io.cwd, out)
  try {
    // whom it talks to is nobody's business but the owner's
    await writeFile(file, text, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new DepinError('E_FILE', `${out} cannot be written.`, { next: 'Choose a file that is not there yet, in a folder of yours.', cause })
  }
  await context.print({ file }, () => `Written to ${file}.\n`)
}

function guestId(written: string): string {
  const parsed = LeaseId.safeParse(written)
  if (!parsed.success) throw new InvalidArgumentError('Give the whole name of a guest, as “depin guests” shows it.')
  return parsed.data
}

function why(written: string): string {
  const text = written.trim()
  if (text === '' || text.length > 200) throw new InvalidArgumentError('Give one to 200 characters.')
  return text
}
