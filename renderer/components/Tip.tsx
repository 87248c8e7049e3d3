import type { ReactElement, ReactNode } from 'react'
import { Tooltip, TooltipTrigger } from 'react-aria-components'
import { classes } from './classes.ts'

/** Says the name of something that is only an icon, for eyes. Its accessible name is its own. */
export function Tip({ text, onlyNarrow = false, children }: {
  text: ReactNode
  /** Where the sidebar shows its words, there is nothing to add. */
  onlyNarrow?: boolean
  children: ReactElement
}) {
  return (
    <TooltipTrigger delay={500}>
      {children}
      <Tooltip offset={6} placement={onlyNarrow ? 'end' : 'top'} className={classes('max-w-72 rounded-sm bg-ink px-2 py-1 text-caption text-surface shadow-2', onlyNarrow && 'side:hidden')}>{text}</Tooltip>
    </TooltipTrigger>
  )
}
