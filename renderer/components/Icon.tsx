import type { LucideIcon } from 'lucide-react'
import { classes } from './classes.ts'

const looks = {
  nav: { size: 18, strokeWidth: 1.75 },
  inline: { size: 16, strokeWidth: 1.9 },
  badge: { size: 14, strokeWidth: 2 },
} as const

/** Decoration: words always stand beside it, or name its button. Arrows turn round in right-to-left, via `flips`. */
export function Icon({ of: Shape, look = 'inline', flips = false, className }: {
  of: LucideIcon
  look?: keyof typeof looks
  flips?: boolean
  className?: string
}) {
  return <Shape {...looks[look]} aria-hidden="true" className={classes('shrink-0', flips && 'flip-rtl', className)} />
}
