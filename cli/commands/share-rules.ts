import type { Command } from 'commander'
import type { Allowance, HoursGrid, OwnerRulesPatch } from '../../contract/nouns/owner.ts'
import { durationMs, integer } from '../parse.ts'
import { allowance, hours } from '../parse-rules.ts'

/** What guests may do while something is the case: flags of `depin share set`. */
export interface RuleFlags {
  inUse?: Allowance
  whileIdle?: Allowance
  idleAfter?: number
  fullScreen?: Allowance
  onBattery?: Allowance
  metered?: Allowance
  hot?: Allowance
  hotAbove?: number
  busy?: Allowance
  busyAbove?: number
  hours?: { on: boolean, grid?: HoursGrid }
}

export function addRuleOptions(command: Command): Command {
  return command
    .option('--in-use <allow>', 'while somebody uses this computer: asleep, 25% of the shared processor, or all', allowance)
    .option('--while-idle <allow>', 'while nobody does', allowance)
    .option('--idle-after <duration>', 'nobody uses it when nothing was touched for so long', durationMs)
    .option('--full-screen <allow>', 'while a game, a film or a call fills the screen', allowance)
    .option('--on-battery <allow>', 'while it runs on its battery', allowance)
    .option('--metered <allow>', 'on mobile data and limited networks', allowance)
    .option('--hot <allow>', 'while it is too hot', allowance)
    .option('--hot-above <celsius>', 'from where on it is too hot', integer(40, 110))
    .option('--busy <allow>', 'while other programs use much of the processor', allowance)
    .option('--busy-above <percent>', 'how much that is', integer(5, 100))
    .option('--hours <list>', 'when to share: “mon-fri 18-8, sat-sun 0-24”, or always', hours)
}

export function rulesOf(flags: RuleFlags): OwnerRulesPatch {
  const rules = {
    inUse: flags.inUse,
    idle: flags.whileIdle,
    idleMinutes: flags.idleAfter === undefined ? undefined : Math.max(1, Math.round(flags.idleAfter / 60_000)),
    fullScreen: flags.fullScreen,
    onBattery: flags.onBattery,
    metered: flags.metered,
    hot: some({ allow: flags.hot, aboveC: flags.hotAbove }),
    busy: some({ allow: flags.busy, abovePercent: flags.busyAbove }),
    hours: flags.hours,
  }
  return some(rules) ?? {}
}

/** Without what was not given; undefined when nothing was. */
function some<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } | undefined {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given) as { [Key in keyof T]?: Exclude<T[Key], undefined> }
}
