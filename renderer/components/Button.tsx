import type { LucideIcon } from 'lucide-react'
import { LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button as AriaButton, Link as AriaLink } from 'react-aria-components'
import { classes } from './classes.ts'
import { Icon } from './Icon.tsx'
import { Tip } from './Tip.tsx'

const base = 'relative inline-flex shrink-0 items-center justify-center gap-2 border font-medium whitespace-nowrap cursor-default select-none no-underline transition-colors duration-fast disabled:opacity-50'
const looks = {
  primary: 'border-transparent bg-primary font-semibold text-on-primary hovered:bg-primary-hover pressed:bg-primary-hover',
  plain: 'border-line-strong bg-surface text-ink shadow-1 hovered:bg-hover pressed:bg-selected',
  hero: 'hero-button text-ink hovered:bg-surface pressed:bg-surface',
  ghost: 'border-transparent bg-transparent text-ink-2 hovered:bg-hover pressed:bg-selected',
  danger: 'border-line-strong bg-surface text-clay-text shadow-1 hovered:bg-clay-soft pressed:bg-clay-soft',
  destroy: 'border-transparent bg-clay font-semibold text-on-clay hovered:opacity-90 pressed:opacity-90',
} as const
const sizes = {
  small: 'h-7.5 rounded-md px-2.5 text-small',
  medium: 'h-control rounded-md px-3.5 text-body',
  large: 'h-control-lg rounded-md px-5 text-lead',
} as const
const squares = { small: 'h-7.5 w-7.5 rounded-md', medium: 'size-control rounded-md', large: 'size-control-lg rounded-md' } as const

export type ButtonLook = keyof typeof looks
export type ButtonSize = keyof typeof sizes

export function Button({ look = 'plain', size = 'medium', type = 'button', icon, busy = false, isDisabled = false, wide = false, onPress, children, autoFocus = false }: {
  look?: ButtonLook
  size?: ButtonSize
  type?: 'button' | 'submit'
  icon?: LucideIcon
  /** Keeps its width and its focus, and takes no second press. */
  busy?: boolean
  isDisabled?: boolean
  wide?: boolean
  onPress?: () => void
  children: ReactNode
  autoFocus?: boolean
}) {
  return (
    <AriaButton type={type} isPending={busy} isDisabled={isDisabled} autoFocus={autoFocus} className={classes(base, looks[look], sizes[size], wide && 'w-full')}
      {...onPress !== undefined && { onPress }}>
      <span className={classes('inline-flex items-center gap-2', busy && 'opacity-0')}>
        {icon !== undefined && <Icon of={icon} />}
        {children}
      </span>
      {busy && <Icon of={LoaderCircle} className="spin absolute" />}
    </AriaButton>
  )
}

/** A button that is only an icon: it has a name, and shows it as a tooltip. */
export function IconButton({ icon, label, look = 'ghost', size = 'medium', isDisabled = false, flips = false, onPress }: {
  icon: LucideIcon
  label: string
  look?: ButtonLook
  size?: ButtonSize
  isDisabled?: boolean
  flips?: boolean
  onPress?: () => void
}) {
  return (
    <Tip text={label}>
      <AriaButton aria-label={label} isDisabled={isDisabled} className={classes(base, looks[look], squares[size])} {...onPress !== undefined && { onPress }}>
        <Icon of={icon} flips={flips} />
      </AriaButton>
    </Tip>
  )
}

/** Goes somewhere, and looks like a button. */
export function LinkButton({ href, look = 'plain', size = 'medium', icon, elsewhere = false, wide = false, children }: {
  href: string
  look?: ButtonLook
  size?: ButtonSize
  icon?: LucideIcon
  /** Opens a new tab, which learns nothing of this one. */
  elsewhere?: boolean
  wide?: boolean
  children: ReactNode
}) {
  return (
    <AriaLink href={href} className={classes(base, looks[look], sizes[size], wide && 'w-full')}
      {...elsewhere && { target: '_blank', rel: 'noopener noreferrer' }}>
      {icon !== undefined && <Icon of={icon} />}
      {children}
    </AriaLink>
  )
}

/** A quiet action inside a card's head. */
export function TextButton({ onPress, children, expanded }: { onPress: () => void; children: ReactNode; expanded?: boolean }) {
  return (
    <AriaButton onPress={onPress} className="inline-flex min-h-6 items-center gap-1 rounded-sm text-small font-medium text-primary-text hovered:underline"
      {...expanded !== undefined && { 'aria-expanded': expanded }}>
      {children}
    </AriaButton>
  )
}
