import { ChevronLeft } from 'lucide-react'
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'
import { Icon } from './Icon.tsx'

/** A screen: its name in the window's title, and its parts below one another. */
export function Page({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Depin Desktop`
  }, [title])
  return <div className="mx-auto flex w-full max-w-content flex-col gap-4">{children}</div>
}

export function PageHead({ title, note, end, before, back }: {
  title: ReactNode
  note?: ReactNode
  end?: ReactNode
  before?: ReactNode
  back?: { href: string; label: string }
}) {
  return (
    <header className="flex flex-col gap-2.5">
      {back !== undefined && (
        <Link href={back.href} className="inline-flex min-h-6 items-center gap-1 self-start rounded-sm text-small font-medium text-ink-2 hovered:text-ink">
          <Icon of={ChevronLeft} look="badge" flips />{back.label}
        </Link>
      )}
      <div className="flex flex-wrap items-center gap-x-3.5 gap-y-3">
        {before}
        <div className="min-w-0 flex-1 basis-60">
          <h1 className="flex flex-wrap items-center gap-2.5 text-h1 tracking-tight">{title}</h1>
          {note !== undefined && <p className="text-small text-ink-2">{note}</p>}
        </div>
        {end !== undefined && <div className="flex flex-wrap items-center gap-2">{end}</div>}
      </div>
    </header>
  )
}
