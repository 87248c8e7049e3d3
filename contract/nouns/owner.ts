/**
 * The owner first: what is known of how the machine is used now, what its owner wants done about it, and what follows.
 */
import * as z from 'zod'
import { TimestampMs } from '../ids.ts'

/** How much of the shared processor guests may use, percent; `asleep`: none, they are frozen where they are and keep their place. */
export const Allowance = z.union([z.literal('asleep'), z.int().min(1).max(100)])
export type Allowance = z.infer<typeof Allowance>

/** Seven days from Monday on, 24 hours each, in the machine's local time; true: shared. */
export const HoursGrid = z.array(z.array(z.boolean()).length(24)).length(7)
export type HoursGrid = z.infer<typeof HoursGrid>

/** What happens while it is too hot, and from where on: it has cooled down 5 °C below. */
export const HotRule = z.object({ allow: Allowance, aboveC: z.int().min(40).max(110) })
/** What happens while others, neither guests nor this program, use more than this much of the whole processor. */
export const BusyRule = z.object({ allow: Allowance, abovePercent: z.int().min(5).max(100) })
/** Outside the hours guests are asleep. `on` false: every hour is shared, and the grid is kept for later. */
export const HoursRule = z.object({ on: z.boolean(), grid: HoursGrid })

/**
 * What the owner wants. When several apply, the strictest wins; 100 means that a rule changes nothing. A rule whose signal
 * cannot be had on this machine does not apply.
 */
export const OwnerRules = z.object({
  /** While somebody uses the computer, and for `idleMinutes` after. */
  inUse: Allowance.default('asleep'),
  /** While nobody does. */
  idle: Allowance.default(100),
  idleMinutes: z.int().min(1).max(240).default(10),
  /** Games, films, video calls. */
  fullScreen: Allowance.default('asleep'),
  onBattery: Allowance.default('asleep'),
  /** Mobile data, and networks that are marked as limited. */
  metered: Allowance.default('asleep'),
  hot: HotRule.default({ allow: 'asleep', aboveC: 85 }),
  /** Nothing by default: guests have the lowest weight, others get their processor anyway. */
  busy: BusyRule.default({ allow: 100, abovePercent: 75 }),
  hours: HoursRule.default(() => ({ on: false, grid: everyHour() })),
})
export type OwnerRules = z.infer<typeof OwnerRules>

export const OwnerRulesPatch = z.object({
  inUse: Allowance, idle: Allowance, idleMinutes: OwnerRules.shape.idleMinutes.unwrap(), fullScreen: Allowance, onBattery: Allowance, metered: Allowance,
  hot: HotRule.partial(), busy: BusyRule.partial(), hours: HoursRule.partial(),
}).partial()
export type OwnerRulesPatch = z.infer<typeof OwnerRulesPatch>

export function everyHour(): HoursGrid {
  return Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => true))
}

export const defaultRules: OwnerRules = OwnerRules.parse({})

/** Null: cannot be known here. `system`: read from the operating system; `desktop`: pushed by the app that the owner sees. */
function signal<Value extends z.ZodType>(value: Value) {
  return z.object({ value, atMs: TimestampMs, source: z.enum(['desktop', 'system']) }).nullable()
}

/** How the machine is used, as last measured. Nothing in it is a guess. */
export const Signals = z.object({
  /** When keyboard, mouse or screen were last touched. */
  lastInputMs: signal(TimestampMs),
  fullScreen: signal(z.boolean()),
  /** `percent`: charge of the battery. */
  power: signal(z.object({ onBattery: z.boolean(), percent: z.number().min(0).max(100).nullable() })),
  metered: signal(z.boolean()),
  /** Of the processor. */
  temperatureC: signal(z.number()),
  /** Of the whole processor, what neither guests nor this program use. */
  otherCpuPercent: signal(z.number().min(0).max(100)),
})
export type Signals = z.infer<typeof Signals>

/**
 * What the desktop tells, each for a minute: whoever goes on seeing it says it again, at the latest after half of that. Null: it cannot tell (the
 * operating system is asked instead). Left out: nothing new.
 */
export const SignalsPush = z.object({
  /** How long nobody has touched anything, ms. */
  idleMs: z.int().min(0).nullable(),
  fullScreen: z.boolean().nullable(),
  power: z.object({ onBattery: z.boolean(), percent: z.number().min(0).max(100).nullable() }).nullable(),
  metered: z.boolean().nullable(),
  temperatureC: z.number().min(-50).max(200).nullable(),
}).partial()
export type SignalsPush = z.infer<typeof SignalsPush>

/** Why guests are asleep or held back, in the order in which one is named when several would do (DESIGN section 4). */
export const holdCauses = ['you', 'in-use', 'full-screen', 'battery', 'metered', 'hours', 'hot', 'disk', 'busy', 'idle'] as const
/** `you`: the owner paused it. `disk`: the machine's own disk is nearly full. `idle`: the limit that holds while nobody uses the computer. */
export const HoldCause = z.enum(holdCauses)
export type HoldCause = z.infer<typeof HoldCause>

/** Causes that “share anyway” lifts until they end. Heat and a full disk are not the owner's to choose, and a pause of one's own is ended. */
export const liftableCauses = ['in-use', 'full-screen', 'battery', 'metered', 'hours', 'busy'] as const satisfies readonly HoldCause[]

/** A cause as it stands. */
export const Hold = z.object({
  cause: HoldCause,
  allow: Allowance,
  sinceMs: TimestampMs,
  /** When it ends if nothing else happens; null: nobody knows. */
  untilMs: TimestampMs.nullable(),
  /** “Share anyway” is in force against it: it holds nobody now. */
  lifted: z.boolean(),
})
export type Hold = z.infer<typeof Hold>

/**
 * What guests may do now.
 *
 *     full ⇄ throttled ⇄ asleep      by the rules, as signals and time pass
 *       └────────┴──────────┴──► off by the owner; guests are asleep, none is taken
 */
export const OwnerTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('full') }),
  z.object({ kind: z.literal('throttled'), cpuPercent: z.int().min(1).max(99), cause: HoldCause, untilMs: TimestampMs.nullable() }),
  z.object({ kind: z.literal('asleep'), cause: HoldCause, untilMs: TimestampMs.nullable() }),
  z.object({ kind: z.literal('off') }),
])
export type OwnerTarget = z.infer<typeof OwnerTarget>

/** By what means the engine lets the owner's work go first. */
export const Yielding = z.object({
  /** `group`: all guests together weigh next to nothing; `each`: every one of them does; `none`: only quotas and sleep keep them back. */
  weight: z.enum(['group', 'each', 'none']),
  /** Guests' memory is taken back before the owner's. */
  memory: z.boolean(),
  /** What cannot be had on this engine, and why; null when nothing is missing. */
  why: z.string().nullable(),
})
export type Yielding = z.infer<typeof Yielding>

/** Everything about it, for “When it pauses”. */
export const OwnerFirst = z.object({
  target: OwnerTarget,
  /** Every cause there is now, strictest first. */
  holds: z.array(Hold),
  signals: Signals,
  /** Null: there is no engine now. */
  yielding: Yielding.nullable(),
})
export type OwnerFirst = z.infer<typeof OwnerFirst>
