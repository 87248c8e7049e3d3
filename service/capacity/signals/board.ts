import type { Signals, SignalsPush } from '../../../contract/nouns/owner.ts'
import type { SystemReading } from '../types.ts'

/** What the desktop said holds so long, ms: one that is gone must not hold guests back, or let them go on, for ever. */
const pushedForMs = 60_000

type Name = keyof Signals
type Entry = { [Key in Name]: { name: Key, signal: NonNullable<Signals[Key]> } }[Name]

/** What is known of how the machine is used: the desktop's word while it is fresh, the operating system's otherwise. */
export class SignalBoard {
  #system: Partial<Signals> = {}
  readonly #pushed = new Map<Name, Entry['signal']>()

  push(push: SignalsPush, nowMs: number): void {
    const { idleMs, ...rest } = push
    const given = { ...rest, ...idleMs !== undefined && { lastInputMs: idleMs === null ? null : nowMs - idleMs } }
    for (const [name, value] of Object.entries(given)) {
      if (value === null) this.#pushed.delete(name as Name)
      else this.#pushed.set(name as Name, { value, atMs: nowMs, source: 'desktop' } as Entry['signal'])
    }
  }

  setSystem(reading: SystemReading, nowMs: number): void {
    this.#system = Object.fromEntries(Object.entries(reading).map(([name, value]: [string, unknown]) => (
      [name, value === null ? null : { value, atMs: nowMs, source: 'system' }]
    )))
  }

  read(nowMs: number): Signals {
    const of = <Key extends Name>(name: Key): Signals[Key] => {
      const pushed = this.#pushed.get(name)
      const isFresh = pushed !== undefined && Math.abs(nowMs - pushed.atMs) <= pushedForMs
      return (isFresh ? pushed : this.#system[name] ?? null) as Signals[Key]
    }
    return {
      lastInputMs: of('lastInputMs'), fullScreen: of('fullScreen'), power: of('power'), metered: of('metered'),
      temperatureC: of('temperatureC'), otherCpuPercent: of('otherCpuPercent'),
    }
  }
}
