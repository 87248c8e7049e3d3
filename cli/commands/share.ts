import { type Command, Option } from 'commander'
import type { ShareSettingsPatch } from '../../contract/nouns/node.ts'
import type { Prices } from '../../contract/units.ts'
import { type EgressTier, egressTiers } from '../../contract/wire/v1/records.ts'
import type { Context } from '../context.ts'
import { usageError } from '../failure.ts'
import { shareText } from '../output/views/node.ts'
import { cpuMilli, durationMs, gibOrUnlimited, integer, label, prices, region, sizeMiB } from '../parse.ts'
import { pauseEnd } from '../parse-rules.ts'
import type { Act } from '../act.ts'
import { addRuleOptions, type RuleFlags, rulesOf } from './share-rules.ts'

interface ShareFlags extends RuleFlags {
  cpu?: number
  memory?: number
  disk?: number
  imageCache?: number
  price?: Partial<Prices>
  interval?: number
  prepaid?: number
  grace?: number
  retention?: number
  egress?: EgressTier
  egressRate?: number
  egressMonth?: number | null
  name?: string
  region?: string
}

export function register(program: Command, act: Act): void {
  const share = program.command('share')
    .description('what this computer shares, and for how much')
    .addHelpText('after', `
Examples:
  $ depin share on
  $ depin share set --cpu 4 --memory 8GiB --disk 50GiB
  $ depin share pause 1h
  $ depin share anyway`)
  share.command('show', { isDefault: true }).description('what is shared, used and asked for').action(act(show))
  share.command('on').description('share, and end a pause').action(act((context) => change(context, { on: true, pausedUntilMs: null })))
  share.command('off').description('take no guests').action(act((context) => change(context, { on: false })))
  share.command('pause').description('put guests to sleep and take no others for a while')
    .argument('<duration>', 'such as 30m or 2h, or until a time such as 08:00', pauseEnd(durationMs))
    .action(act((context, endMs: (nowMs: number) => number) => change(context, { pausedUntilMs: endMs(context.io.nowMs()) })))
  share.command('resume').description('end a pause').action(act((context) => change(context, { pausedUntilMs: null })))
  share.command('anyway').description('share although a rule says otherwise, until its cause ends').action(act(anyway))
  const set = share.command('set').description('change what is offered; what is not named stays')
    .option('--cpu <cores>', 'cores for all guests together, such as 2 or 1500m', cpuMilli)
    .option('--memory <size>', 'such as 8GiB', sizeMiB)
    .option('--disk <size>', 'such as 50GiB', sizeMiB)
    .option('--image-cache <size>', 'what images kept for later may take, such as 20GiB', sizeMiB)
    .option('--price <list>', 'a month per core and per GB, and per GB sent: cpu=2.5,memory=1,disk=0.03,egress=0.005', prices)
    .option('--interval <duration>', 'how often use is stated and paid', durationMs)
    .option('--prepaid <duration>', 'how far ahead guests pay', durationMs)
    .option('--grace <duration>', 'how long unpaid work goes on', durationMs)
    .option('--retention <duration>', 'how long suspended work is kept', durationMs)
    .addOption(new Option('--egress <tier>', 'the most a guest may open connections to').choices(egressTiers))
    .option('--egress-rate <mbit>', 'each guest, each way, in Mbit/s', integer(1, 100_000))
    .option('--egress-month <gib>', 'all guests together in a month, in GB; or “unlimited”', gibOrUnlimited)
    .option('--name <label>', 'the name others see', label)
    .option('--region <code>', 'where it stands, as ISO 3166 has it: TZ, BR-PE', region)
  addRuleOptions(set)
    .addHelpText('after', `
Examples:
  $ depin share set --cpu 4 --memory 8GiB --disk 50GiB
  $ depin share set --price cpu=2.5,memory=1,disk=0.03,egress=0.005
  $ depin share set --price cpu=0.004/hour --grace 30m --region TZ
  $ depin share set --in-use 25% --on-battery asleep --hours "mon-fri 18-8, sat-sun 0-24"`)
    .action(act((context, flags: ShareFlags) => change(context, patchOf(flags))))
}

async function show(context: Context): Promise<void> {
  await context.print(await (await context.client()).share.get(), (shown) => shareText(shown, context.io))
}

async function anyway(context: Context): Promise<void> {
  await context.print(await (await context.client()).share.anyway(), (shown) => shareText(shown, context.io))
}

async function change(context: Context, patch: ShareSettingsPatch): Promise<void> {
  await context.print(await (await context.client()).share.set(patch), (shown) => shareText(shown, context.io))
}

export function patchOf(flags: ShareFlags): ShareSettingsPatch {
  const patch = {
    ...group('limits', { cpuMilli: flags.cpu, memoryMiB: flags.memory, diskMiB: flags.disk }),
    ...group('prices', { ...flags.price }),
    ...group('terms', { meterIntervalMs: flags.interval, prepaidMs: flags.prepaid, graceMs: flags.grace, retentionMs: flags.retention }),
    ...group('rules', { ...rulesOf(flags) }),
    ...group('egress', { tier: flags.egress, rateMbit: flags.egressRate, monthlyGiB: flags.egressMonth }),
    ...flags.imageCache !== undefined && { imageCacheMiB: flags.imageCache },
    ...flags.name !== undefined && { label: flags.name },
    ...flags.region !== undefined && { region: flags.region },
  }
  if (Object.keys(patch).length === 0) throw usageError('Nothing to set.', 'See: depin share set --help')
  return patch
}

/** Leaves out what was not given, and the group when nothing of it was. */
function group<Key extends string, Value>(key: Key, values: Readonly<Record<string, Value | undefined>>): Partial<Record<Key, Record<string, Value>>> {
  const given = Object.entries(values).filter((entry): entry is [string, Value] => entry[1] !== undefined)
  return (given.length === 0 ? {} : { [key]: Object.fromEntries(given) }) as Partial<Record<Key, Record<string, Value>>>
}
