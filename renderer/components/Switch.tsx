import { SwitchButton, SwitchField } from 'react-aria-components'
import type { SwitchLook } from '../sharing/hero.ts'
import { classes } from './classes.ts'

const sizes = { small: 'h-5 w-9 p-0.5', big: 'h-10 w-18 p-1' } as const

/** A switch for something that takes effect at once. `label` is always its name; where words stand beside it they say the same. */
export function Switch({ look, label, size = 'small', busy = false, onChange }: {
  look: SwitchLook
  label: string
  size?: keyof typeof sizes
  busy?: boolean
  onChange: (wanted: boolean) => void
}) {
  return (
    <SwitchField aria-label={label} isSelected={look !== 'off'} isDisabled={busy} onChange={onChange} className="inline-flex shrink-0">
      <SwitchButton className="inline-flex min-h-6 items-center rounded-full disabled:opacity-60">
        <span data-look={look} className={classes('switch-track', sizes[size])}>
          <span className="switch-knob" />
        </span>
      </SwitchButton>
    </SwitchField>
  )
}
