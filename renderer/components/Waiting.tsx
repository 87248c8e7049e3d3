import type { ReactNode } from 'react'
import { useFormat } from '../i18n/Language.tsx'
import { classes } from './classes.ts'

/** Stands where content will be, in its shape, on the very first load only. */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden="true" className={classes('breathe block rounded-sm bg-track', className)} />
}

/** Lines of a card that has not heard anything yet. Says so in words after a moment. */
export function LoadingLines({ lines, quiet = false }: {
  lines: number
  /** Something else on the screen says so already. */
  quiet?: boolean
}) {
  const f = useFormat()
  return (
    <div className="mt-4 flex flex-col gap-3.5">
      {Array.from({ length: lines }, (_, line) => <Skeleton key={line} className={line % 2 === 0 ? 'h-4 w-4/5' : 'h-4 w-3/5'} />)}
      <p className={quiet ? 'sr-only' : 'late text-caption text-ink-3'}>{f.t('common.loading')}</p>
    </div>
  )
}

/** Nothing here yet: why, and one way forward. */
export function EmptyState({ title, children, action, picture }: { title: ReactNode; children: ReactNode; action?: ReactNode; picture?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-1 px-4 py-6 text-center">
      {picture}
      <p className="text-h3 font-semibold">{title}</p>
      <p className="max-w-prose text-small text-ink-2">{children}</p>
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  )
}
