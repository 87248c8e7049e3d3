import { useId } from 'react'
import type { ReactNode, Ref } from 'react'
import { classes } from './classes.ts'

/** A region with a heading of its own. `end` stands at the end of the head: a link, a badge, a legend. `place`: the keyboard can be brought here. */
export function Card({ title, end, className, padded = true, place, children }: {
  title: ReactNode
  end?: ReactNode
  className?: string
  padded?: boolean
  place?: Ref<HTMLElement>
  children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} {...place !== undefined && { ref: place, tabIndex: -1 }} className={classes('min-w-0 rounded-lg border border-line bg-surface shadow-1', padded && 'p-4 table:p-5', className)}>
      <header className={classes('flex min-h-6 flex-wrap items-center gap-x-4 gap-y-1', !padded && 'px-4 pt-4 table:px-5 table:pt-5')}>
        <h2 id={id} className="text-h3">{title}</h2>
        {end !== undefined && <div className="ms-auto flex items-center gap-3">{end}</div>}
      </header>
      {children}
    </section>
  )
}
