import { Check } from 'lucide-react'
import { classes } from './classes.ts'
import { Icon } from './Icon.tsx'
import { useFormat } from '../i18n/Language.tsx'

/** Where one is in a few steps. */
export function Steps({ steps, current }: { steps: readonly string[]; current: number }) {
  const f = useFormat()
  return (
    <ol className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {steps.map((step, index) => (
        <li key={step} className="flex items-center gap-2 text-small font-medium text-ink-2" {...index === current && { 'aria-current': 'step' }}>
          {index > 0 && <span aria-hidden="true" className="mx-1 h-px w-5.5 bg-line-strong" />}
          <span className={classes('grid size-5 place-items-center rounded-full text-caption font-semibold forced-colors:border',
            index < current && 'bg-primary-soft text-primary-text', index === current && 'bg-primary text-on-primary forced-colors:outline-2', index > current && 'border border-line-strong')}>
            {index < current ? <Icon of={Check} look="badge" /> : f.number(index + 1)}
          </span>
          <span className={classes(index === current && 'font-semibold text-ink')}>{step}</span>
        </li>
      ))}
    </ol>
  )
}
