/** Why guests are asleep or held back, and what ends it, in sentences. Pure. */
import type { Held } from '../../contract/nouns/node.ts'
import { type HoldCause, liftableCauses, type OwnerRules } from '../../contract/nouns/owner.ts'
import type { Format } from '../format/format.ts'

/** A pause “until I start it again”, ms: longer than anybody waits. */
export const endlessPauseMs = 100 * 365 * 86_400_000

const hourMs = 3_600_000
/** When a pause “until tomorrow” ends, local time. */
export const morningHour = 8

/** How long an owner may pause by themselves: in the tray and in the window. */
export function pauseChoices(nowMs: number, f: Format): readonly { id: string, label: string, untilMs: number }[] {
  return [
    { id: 'pause-30', label: f.t('tray.pause.halfHour'), untilMs: nowMs + hourMs / 2 },
    { id: 'pause-60', label: f.t('tray.pause.hour'), untilMs: nowMs + hourMs },
    { id: 'pause-morning', label: f.t('tray.pause.tomorrow', { time: f.oclock(morningHour) }), untilMs: tomorrowMorning(nowMs) },
    { id: 'pause-forever', label: f.t('tray.pause.always'), untilMs: nowMs + endlessPauseMs },
  ]
}

/** The next day's morning on this computer's clock, also where the clock changes in that night. */
export function tomorrowMorning(nowMs: number): number {
  const day = new Date(nowMs)
  day.setDate(day.getDate() + 1)
  return day.setHours(morningHour, 0, 0, 0)
}

function isEndless(untilMs: number | null, nowMs: number): boolean {
  return untilMs !== null && untilMs - nowMs > endlessPauseMs / 2
}

export function isLiftable(cause: HoldCause): boolean {
  return (liftableCauses as readonly HoldCause[]).includes(cause)
}

/** Why sharing is paused, and until when where that is known. */
export function pausedText(cause: HoldCause, untilMs: number | null, f: Format, nowMs: number): string {
  if (untilMs === null && cause === 'hours') return f.t('sharing.paused.noHours')
  if (isEndless(untilMs, nowMs)) return f.t('sharing.paused.endless')
  return f.t(`sharing.paused.${cause}`, { time: untilMs === null ? '' : f.exactly(untilMs, nowMs) })
}

/** What became of the guests, and when it is over. */
export function pausedSentence(pause: { cause: HoldCause; untilMs: number | null; guests: number; rules: OwnerRules | null; nowMs: number }, f: Format): string {
  return f.t('sharing.two', { first: f.t('hero.paused.guests', { guests: pause.guests }), second: endText(pause, f) })
}

function endText({ cause, untilMs, rules, nowMs }: { cause: HoldCause; untilMs: number | null; rules: OwnerRules | null; nowMs: number }, f: Format): string {
  if (cause === 'in-use' && rules !== null) return f.t('pause.ends.in-use', { minutes: rules.idleMinutes })
  if (cause === 'hot' && rules !== null) return f.t('pause.ends.hot', { degrees: f.degrees(rules.hot.aboveC - coolerByC) })
  if (isEndless(untilMs, nowMs)) return f.t('pause.ends.endless')
  if (untilMs !== null) return f.t('pause.ends.at', { time: f.exactly(untilMs, nowMs) })
  switch (cause) {
    case 'battery': return f.t('pause.ends.battery')
    case 'metered': return f.t('pause.ends.metered')
    case 'full-screen': return f.t('pause.ends.full-screen')
    case 'busy': return f.t('pause.ends.busy')
    case 'idle': return f.t('pause.ends.idle')
    case 'hours': return f.t('pause.ends.hours')
    case 'in-use': case 'hot': case 'disk': case 'you': return f.t('pause.ends.itself')
  }
}

/** As the contract has it: it has cooled down 5 °C below the limit. */
const coolerByC = 5

/** Guests run, and are kept slow: why, how much, and until when where that is known. */
export function heldText({ cause, cpuPercent, untilMs }: Held, f: Format, nowMs: number): string {
  const held = f.t(`held.${cause}`, { percent: f.percent(cpuPercent / 100) })
  return untilMs === null ? held : f.t('sharing.two', { first: held, second: f.t('held.until', { time: f.exactly(untilMs, nowMs) }) })
}
