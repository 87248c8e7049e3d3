import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Icon } from './Icon.tsx'

/** Who uses how much of one thing, in any one unit. */
export interface Room {
  guests: number
  you: number
  limit: number
  total: number
}

/** One row of the room grid: guests grow from the start up to the limit, the owner from the end. */
export function RoomBar({ icon, name, room, spoken, children }: {
  icon: LucideIcon
  name: string
  room: Room
  /** The bar in words, e.g. “guests 34%, limit 50%, you 19%”. */
  spoken: string
  /** The figures beside the bar. */
  children: ReactNode
}) {
  const share = (value: number) => `${room.total > 0 ? Math.min(100, value / room.total * 100).toFixed(1) : 0}%`
  return (
    <div className="room-row">
      <span className="flex items-center gap-2 text-small font-medium"><Icon of={icon} className="text-ink-3" />{name}</span>
      <span role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={room.total} aria-valuenow={Math.min(room.guests, room.total)} aria-valuetext={spoken}
        className="relative block h-3 overflow-hidden rounded-full bg-track forced-colors:border">
        <span className="bar-part start-0 bg-limit" style={{ inlineSize: share(room.limit) }} />
        <span className="bar-part start-0 rounded-e-xs bg-on" style={{ inlineSize: share(room.guests) }} />
        <span className="bar-part w-0.5 bg-surface" style={{ insetInlineStart: `calc(${share(room.limit)} - 1px)` }} />
        <span className="bar-part end-0 rounded-s-xs bg-data-you" style={{ inlineSize: share(room.you) }} />
      </span>
      <span className="num text-end text-small whitespace-nowrap text-ink-2">{children}</span>
    </div>
  )
}

export function Legend({ entries }: { entries: readonly { name: string; kind: 'guests' | 'limit' | 'you' }[] }) {
  const swatches = { guests: 'bg-on', limit: 'bg-limit', you: 'bg-data-you' } as const
  return (
    <ul className="flex flex-wrap gap-x-3.5 gap-y-1 text-caption text-ink-2">
      {entries.map(({ name, kind }) => (
        <li key={kind} className="inline-flex items-center gap-1.5">
          <span aria-hidden="true" className={`keeps-colour size-2.5 rounded-xs ${swatches[kind]}`} />
          {name}
        </li>
      ))}
    </ul>
  )
}

/** How much of an amount is used: a budget. */
export function Progress({ percent, label, spoken }: { percent: number; label: string; spoken: string }) {
  return (
    <span role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={spoken}
      className="relative block h-2 overflow-hidden rounded-full bg-track forced-colors:border">
      <span className={`bar-part bar-fill start-0 ${percent >= 90 ? 'bg-sun' : 'bg-on'}`} style={{ inlineSize: `${percent}%` }} />
    </span>
  )
}
