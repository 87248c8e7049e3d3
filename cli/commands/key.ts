/** The key as words: to write down, and to come back with. */
import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { DepinError } from '../../contract/errors.ts'
import type { Context } from '../context.ts'
import { plain } from '../output/text.ts'
import type { Act } from '../act.ts'

/** A saved file of words is far smaller. */
const maxWordsBytes = 4096

export function register(program: Command, act: Act): void {
  program.command('words')
    .description('show the words of this node’s key, to write them down')
    .option('--confirm <file>', 'show that they were kept: the saved file, or - to paste them')
    .addHelpText('after', `
Whoever has the words can be this computer. Nobody from Depin ever asks for them.

Examples:
  $ depin words
  $ depin words > /media/stick/depin-words.txt
  $ depin words --confirm /media/stick/depin-words.txt`)
    .action(act(words))
  program.command('restore')
    .description('make this computer the one that the words are of')
    .option('--file <file>', 'the saved file with the words; asked for, or read from standard input, when left out')
    .option('--new-identity', 'leave behind another identity that was lost here')
    .addHelpText('after', `
Needs a data directory on which no service runs. An identity that has leased or rented is never replaced.
Use it only when the other computer is gone: two at once as one computer would fight over every lease.

Examples:
  $ depin restore
  $ depin restore --file /media/stick/depin-words.txt
  $ depin restore --data-dir /srv/depin < words.txt`)
    .action(act(restore))
}

async function words(context: Context, options: { confirm?: string }): Promise<void> {
  const client = await context.client()
  if (options.confirm !== undefined) {
    const onboarding = await client.key.confirm({ text: await readWords(context, options.confirm) })
    await context.print(onboarding, () => 'They are the words of this computer’s key.\n')
    return
  }
  await context.print(await client.key.words(), (shown) => `# Depin: the ${shown.words.length} words of ${shown.peerId}\n# Whoever has them can be this computer.\n${shown.words.join(' ')}\n`)
}

async function restore(context: Context, options: { file?: string, newIdentity?: true }): Promise<void> {
  const text = options.file === undefined && context.io.canAsk ? await context.io.ask('The words: ') : await readWords(context, options.file ?? '-')
  const service = await context.io.loadService()
  const restored = await service.restore({ dataDir: context.dataDir, words: text, newIdentity: options.newIdentity === true })
  await context.print(restored, ({ outcome, peerId }) => outcome === 'same'
    ? `${plain(context.dataDir)} already is ${peerId}.\n`
    : `${plain(context.dataDir)} is ${peerId} now. Start it: depin serve\n`)
}

async function readWords({ io }: Context, file: string): Promise<string> {
  if (file === '-') return (await io.readInput(maxWordsBytes)).toString('utf8')
  try {
    const content = await readFile(resolve(io.cwd, file))
    if (content.byteLength <= maxWordsBytes) return content.toString('utf8')
  } catch (cause) {
    throw new DepinError('E_FILE', `${plain(file)} cannot be read.`, { next: 'Name the file that the words were saved in.', cause })
  }
  throw new DepinError('E_TOO_LARGE', `${plain(file)} is too large to be a file of words.`)
}
