/**
 * Newer versions. On a desktop the app does it; elsewhere this process, apart from the service, since the service is what
 * changes.
 */
import type { Command } from 'commander'
import * as z from 'zod'
import { UpdateChannel, type UpdateStatus } from '../../contract/nouns/updates.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { toDepinError, usageError } from '../failure.ts'
import type { Client } from '../connection.ts'
import { updateText } from '../output/views/update.ts'
import { createProgress } from '../progress.ts'

interface UpdateFlags { check?: true, channel?: UpdateChannel, feed?: string, again?: true }

export function register(program: Command, act: Act): void {
  program.command('update')
    .description('get a newer version: checked, with a way back; guest apps go on')
    .option('--check', 'only look whether there is one')
    .option('--channel <name>', 'latest, or beta for the next version early; remembered', channel)
    .option('--feed <url>', 'a mirror; what it gives has to be signed all the same', url)
    .option('--again', 'also a version that did not become healthy before, or is for others first')
    .addHelpText('after', `
Exit code 1 when it did not come about. What is signed by nobody whom this version knows is never installed.

Examples:
  $ depin update --check
  $ sudo depin update --data-dir /var/lib/depin
  $ depin update --feed http://mirror.example/depin/`)
    .action(act(update))
}

async function update(context: Context, flags: UpdateFlags): Promise<void> {
  const client = await desktopClient(context)
  const status = client === null ? await updateHere(context, flags) : await askDesktop(client, flags)
  await context.print(status, updateText)
}

async function updateHere(context: Context, flags: UpdateFlags): Promise<UpdateStatus> {
  const service = await context.io.loadService()
  const progress = createProgress(context)
  try {
    return await service.update({
      dataDir: context.dataDir, channel: flags.channel ?? null, feed: flags.feed ?? null, checkOnly: flags.check === true, again: flags.again === true,
    }, { signal: context.io.signal, onStatus: (status) => progress.show(status.state.kind, updateText(status).trimEnd()) })
  } finally {
    progress.end()
  }
}

/** Null: this copy is not updated by a desktop, or nobody answers. */
async function desktopClient(context: Context): Promise<Client | null> {
  try {
    const client = await context.client()
    return (await client.updates.get()).way.kind === 'desktop' ? client : null
  } catch (error) {
    // an older service knows nothing of updates
    if (['E_NOT_RUNNING', 'E_DATA_DIR_PERMISSIONS', 'E_NOT_FOUND'].includes(toDepinError(error).code)) return null
    throw error
  }
}

async function askDesktop({ updates }: Client, flags: UpdateFlags): Promise<UpdateStatus> {
  if (flags.feed !== undefined || flags.again === true) throw usageError('The desktop app updates this copy, from its own feed.', 'Leave --feed and --again out.')
  if (flags.channel !== undefined) await updates.setChannel({ channel: flags.channel })
  return flags.check === true ? await updates.check() : await updates.install()
}

function channel(text: string): UpdateChannel {
  const parsed = UpdateChannel.safeParse(text)
  if (!parsed.success) throw usageError(`--channel: there is no channel “${text}”.`, 'It is latest or beta.')
  return parsed.data
}

function url(text: string): string {
  if (!z.url({ protocol: /^https?$/ }).safeParse(text).success) throw usageError(`--feed: “${text}” is not an address.`, 'Write it like https://mirror.example/depin/')
  return text
}
