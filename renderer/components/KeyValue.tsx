import type { ReactNode } from 'react'

/** Facts in two columns, with lines between. */
export function KeyValues({ children }: { children: ReactNode }) {
  return <dl className="divide-y divide-line text-small">{children}</dl>
}

export function KeyValue({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-2">
      <dt className="text-ink-2">{name}</dt>
      <dd className="num min-w-0 text-end font-medium">{children}</dd>
    </div>
  )
}
