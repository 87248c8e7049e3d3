/** guests: other people's apps here, and what can be shown of them. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { DepinError } from '../../contract/errors.ts'
import { LeaseId } from '../../contract/ids.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { guestsText } from '../output/views/money.ts'

export function register(program: Command, act: Act): void {
  const guests = program.command('guests')
    .description('other people’s apps on this computer')
    .addHelpText('after', `
Examples:
  $ depin guests
  $ depin guests --json | jq -r '.[] | select(.state == "running").leaseId'
  $ depin guests evidence a4x…k2 --out complaint.json`)
  guests.command('list', { isDefault: true }).description('who is here, and who was').action(act(list))
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
