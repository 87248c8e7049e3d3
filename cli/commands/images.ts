/** images: what this computer keeps of them, which it accepts, and whose warnings it follows. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { BlocklistEntry, ImageSubject } from '../../contract/wire/v1/blocklist.ts'
import { DepinError } from '../../contract/errors.ts'
import type { Act } from '../act.ts'
import type { Context } from '../context.ts'
import { imagesText, policyText } from '../output/views/images.ts'
import { plain } from '../output/text.ts'
import { durationMs, peerId } from '../parse.ts'

const subjects = 'registry:HOST, repository:HOST/NAME, sha256:DIGEST or direct'

export function register(program: Command, act: Act): void {
  const images = program.command('images')
    .description('images this computer keeps, and which it accepts')
    .addHelpText('after', `
Examples:
  $ depin images
  $ depin images deny repository:docker.io/library/nginx
  $ depin images allow registry:ghcr.io && depin images only-allowed on
  $ depin images subscribe https://example.org/list.json --key 12D3KooW…`)
  images.command('list', { isDefault: true }).description('what is kept, and what guests run on').action(act(list))
  images.command('rm').description('remove an image that no guest runs on')
    .argument('<image>', 'its digest, or enough of its beginning')
    .action(act(remove))
  images.command('rules').description('what is accepted, and the lists that are followed').action(act((context) => show(context, (client) => client.images.policy())))
  registerRules(images, act)
  registerLists(images, act)
}

function registerRules(images: Command, act: Act): void {
  for (const action of ['allow', 'deny'] as const) {
    images.command(action).description(action === 'allow' ? 'accept an image, whatever a list says' : 'refuse an image')
      .argument('<what>', subjects, subject)
      .action(act((context, what: string) => show(context, (client) => client.images.setRule({ action, subject: what }))))
  }
  images.command('forget').description('take a rule back')
    .argument('<what>', subjects, subject)
    .action(act((context, what: string) => show(context, (client) => client.images.removeRule({ subject: what }))))
  images.command('only-allowed').description('accept nothing but what a rule allows')
    .argument('<on|off>', '', onOff)
    .action(act((context, on: boolean) => show(context, (client) => client.images.setOnlyAllowed({ on }))))
}

function registerLists(images: Command, act: Act): void {
  images.command('subscribe').description('follow a signed list of images to refuse')
    .argument('<list>', 'a file or an https address')
    .addOption(new Option('--key <peer-id>', 'who signs it').argParser(peerId).makeOptionMandatory())
    .action(act((context, source: string, flags: { key: string }) => show(context, (client) => client.images.subscribe({ source: absolute(source), publisher: flags.key }))))
  images.command('unsubscribe').description('follow a list no more')
    .argument('<list>', 'as it was given')
    .action(act((context, source: string) => show(context, (client) => client.images.unsubscribe({ source: absolute(source) }))))
  images.command('refresh').description('read all followed lists again').action(act((context) => show(context, (client) => client.images.refresh())))
  images.command('sign').description('print a list for others to follow, signed with the key of this node')
    .argument('<file>', 'one image a line: what, a space, and why')
    .requiredOption('--name <name>', 'what the list is called')
    .addOption(new Option('--valid <duration>', 'when a new edition is due').argParser(durationMs).default(30 * 86_400_000, '30d'))
    .action(act(sign))
}

type Client = Awaited<ReturnType<Context['client']>>

async function list(context: Context): Promise<void> {
  await context.print(await (await context.client()).images.list(), (shown) => imagesText(shown, context.io))
}

async function show(context: Context, ask: (client: Client) => ReturnType<Client['images']['policy']>): Promise<void> {
  await context.print(await ask(await context.client()), (shown) => policyText(shown, context.io))
}

async function remove(context: Context, written: string): Promise<void> {
  const client = await context.client()
  const digest = written.startsWith('sha256:') ? written : `sha256:${written}`
  const found = (await client.images.list()).filter((image) => image.config.startsWith(digest))
  const [image] = found
  if (image === undefined || found.length > 1 || digest.length < 'sha256:'.length + 6) {
    throw new DepinError('E_NOT_FOUND', found.length > 1 ? `${found.length} images begin with ${written}.` : `There is no image ${written} here.`, { next: 'See “depin images” for those there are.' })
  }
  await client.images.remove({ config: image.config })
  await context.print(image, ({ reference }) => `Removed ${plain(reference)}.\n`)
}

async function sign(context: Context, file: string, flags: { name: string, valid: number }): Promise<void> {
  const entries = (await readFile(resolve(file), 'utf8').catch((cause: unknown) => {
    throw new DepinError('E_FILE', `${file} cannot be read.`, { next: 'Check its name.', cause })
  })).split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')).map(entry)
  const signed = await (await context.client()).images.sign({ name: flags.name, validForMs: flags.valid, entries })
  await context.print(signed, ({ text }) => text)
}

function entry(line: string): BlocklistEntry {
  const [, what = '', why = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? []
  const parsed = BlocklistEntry.safeParse({ subject: what, why })
  if (parsed.success) return parsed.data
  throw new DepinError('E_BAD_INPUT', `“${line.slice(0, 80)}” is not an image and why.`, { next: `Write ${subjects}, a space, and up to 200 letters.` })
}

function subject(text: string): string {
  const parsed = ImageSubject.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InvalidArgumentError(`Write ${subjects}.`)
}

function onOff(text: string): boolean {
  if (text === 'on' || text === 'off') return text === 'on'
  throw new InvalidArgumentError('Write on or off.')
}

function absolute(source: string): string {
  return source.startsWith('https://') ? source : resolve(source)
}
