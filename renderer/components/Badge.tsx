import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { Icon } from './Icon.tsx'

export type Tone = 'good' | 'attention' | 'problem' | 'info' | 'plain'

const grounds: Record<Tone, string> = {
  good: 'bg-primary-soft text-primary-text',
  attention: 'bg-sun-soft text-sun-text',
  problem: 'bg-clay-soft text-clay-text',
  info: 'bg-lagoon-soft text-lagoon-text',
  plain: 'bg-well text-ink-2',
}
const dots: Record<Tone, string> = { good: 'bg-on', attention: 'bg-sun', problem: 'bg-clay', info: 'bg-lagoon', plain: 'bg-line-strong' }

/** A state in a word or two. Always has words: colour and icon only repeat them. */
export function Badge({ tone, icon, dot = false, children }: { tone: Tone; icon?: LucideIcon; dot?: boolean; children: ReactNode }) {
  return (
    <span className={classes('inline-flex h-5.5 shrink-0 items-center gap-1.5 rounded-full px-2 text-caption font-medium whitespace-nowrap forced-colors:border', grounds[tone])}>
      {icon !== undefined && <Icon of={icon} look="badge" />}
      {dot && <Dot tone={tone} />}
      {children}
    </span>
  )
}

/** Never alone: the words beside it say what it means. */
export function Dot({ tone }: { tone: Tone }) {
  return <span aria-hidden="true" className={classes('size-2 shrink-0 rounded-full forced-colors:border', dots[tone])} />
}

/** An icon on a soft ground, before a title. */
export function Tile({ tone, icon }: { tone: Tone; icon: LucideIcon }) {
  return (
    <span aria-hidden="true" className={classes('grid size-11 shrink-0 place-items-center rounded-lg', grounds[tone])}>
      <Icon of={icon} look="nav" />
    </span>
  )
}

const callouts: Record<Tone, { ground: string; icon: string }> = {
  good: { ground: 'bg-primary-soft', icon: 'text-primary-text' },
  attention: { ground: 'bg-sun-soft', icon: 'text-sun-text' },
  problem: { ground: 'bg-clay-soft', icon: 'text-clay-text' },
  info: { ground: 'bg-lagoon-soft', icon: 'text-lagoon-text' },
  plain: { ground: 'bg-well', icon: 'text-ink-3' },
}

/** A sentence that should be seen, with what can be done about it. */
export function Callout({ tone, icon, action, children }: { tone: Tone; icon: LucideIcon; action?: ReactNode; children: ReactNode }) {
  const { ground, icon: ink } = callouts[tone]
  return (
    <div className={classes('flex flex-wrap items-start gap-x-3 gap-y-2 rounded-md px-3.5 py-3 text-small text-ink-2 forced-colors:border', ground)}>
      <Icon of={icon} className={classes('mt-0.5', ink)} />
      <div className="min-w-40 flex-1">{children}</div>
      {action}
    </div>
  )
}
