import { Monitor } from 'lucide-react'
import { Link } from 'react-aria-components'
import { useLocation } from 'wouter'
import { classes } from '../components/classes.ts'
import { Icon } from '../components/Icon.tsx'
import { Outside } from '../components/Outside.tsx'
import { Tip } from '../components/Tip.tsx'
import { useFormat } from '../i18n/Language.tsx'
import { useKnown } from '../stores/context.tsx'
import { DisplayMenu } from './DisplayMenu.tsx'
import { Mark } from './Mark.tsx'
import { PanicButton } from './PanicButton.tsx'
import { footScreens, isCurrent, screens } from './screens.ts'
import type { Screen } from './screens.ts'
import { SharingBar } from './SharingBar.tsx'

/** Where to go, and the sharing bar. Keeps only its icons in narrow windows; the words stay for who cannot see. */
export function Sidebar() {
  const f = useFormat()
  return (
    <div className="flex h-full flex-col gap-4 overflow-y-auto border-e border-line bg-sidebar px-2.5 py-4 side:px-3">
      <header className="flex flex-col gap-4">
        <p className="flex items-center justify-center gap-2.5 px-2 pt-1 text-h3 font-semibold side:justify-start">
          <Mark className="size-6 shrink-0 text-primary-text" />
          <span className="sr-only side:not-sr-only">{f.t('app.name')}</span>
        </p>
        <Computer />
      </header>
      <nav aria-label={f.t('nav.label')}>
        <ul className="flex flex-col gap-0.5">{screens.map((screen) => <NavLink key={screen.path} screen={screen} />)}</ul>
      </nav>
      <div className="mt-auto flex flex-col gap-2">
        <nav aria-label={f.t('nav.more')}>
          <ul className="flex flex-col gap-0.5">{footScreens.map((screen) => <NavLink key={screen.path} screen={screen} />)}</ul>
        </nav>
        <DisplayMenu />
        <PanicButton />
        <SharingBar />
      </div>
    </div>
  )
}

function Computer() {
  const f = useFormat()
  const label = useKnown('node')?.label
  if (label === undefined) return null
  return (
    <div className="flex min-h-9.5 items-center justify-center gap-2.5 rounded-md border border-line bg-surface px-2 text-small font-medium side:justify-start" title={label}>
      <Icon of={Monitor} look="nav" className="text-ink-3" />
      <span className="sr-only min-w-0 truncate side:not-sr-only side:truncate">
        <span className="sr-only">{f.t('nav.computer')}</span>
        <Outside text={label} maxLength={63} />
      </span>
    </div>
  )
}

function NavLink({ screen }: { screen: Screen }) {
  const f = useFormat()
  const [location] = useLocation()
  const current = isCurrent(screen, location)
  return (
    <li>
      {screen.group !== undefined && <p className="sr-only px-2.5 pt-3 pb-1.5 text-caption font-medium text-ink-3 side:not-sr-only side:px-2.5 side:pt-3 side:pb-1.5">{f.t(screen.group)}</p>}
      <Tip text={f.t(screen.label)} onlyNarrow>
        <Link href={`#${screen.path}`} {...current && { 'aria-current': 'page' as const }}
          className={classes('flex h-9 items-center justify-center gap-2.75 rounded-md px-2.5 font-medium side:justify-start', current ? 'bg-selected font-semibold text-ink forced-colors:outline' : 'text-ink-2 hovered:bg-hover')}>
          <Icon of={screen.icon} look="nav" {...current && { className: 'text-primary-text' }} />
          <span className="sr-only side:not-sr-only">{f.t(screen.label)}</span>
          {screen.path === '/guests' && <GuestCount />}
        </Link>
      </Tip>
    </li>
  )
}

/** How many guests are here, beside their screen's name. */
function GuestCount() {
  const f = useFormat()
  const guests = useKnown('node')?.guests ?? 0
  return guests === 0 ? null : <span className="num ms-auto hidden text-caption text-ink-3 side:inline">{f.number(guests)}</span>
}
