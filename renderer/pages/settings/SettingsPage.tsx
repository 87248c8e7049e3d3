import { Suspense } from 'react'
import type { ComponentType } from 'react'
import { Link } from 'react-aria-components'
import type { ShareStatus } from '../../../contract/nouns/node.ts'
import { lazyPart } from '../../base/loadPart.ts'
import { classes } from '../../components/classes.ts'
import { Page, PageHead } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { LoadingLines, Skeleton } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useFeed, useStores } from '../../stores/context.tsx'

const sections = ['share', 'when', 'safety', 'engine', 'updates', 'app'] as const
type Section = (typeof sections)[number]

/** Each is loaded when it is first opened. */
const parts: Record<Section, ComponentType<{ share: ShareStatus }>> = {
  share: lazyPart(async () => (await import('./ShareSection.tsx')).ShareSection),
  when: lazyPart(async () => (await import('./WhenSection.tsx')).WhenSection),
  safety: lazyPart(async () => (await import('./SafetySection.tsx')).SafetySection),
  engine: lazyPart(async () => (await import('./EngineSection.tsx')).EngineSection),
  updates: lazyPart(async () => (await import('./UpdatesSection.tsx')).UpdatesSection),
  app: lazyPart(async () => (await import('./AppSection.tsx')).AppSection),
}

/** What the owner decides. Everything applies at once, and can be taken back. */
export function SettingsPage({ section }: { section: string }) {
  const f = useFormat()
  const { desktop } = useStores()
  const shown = sections.filter((one) => one !== 'app' || desktop !== null)
  const chosen = shown.find((one) => one === section) ?? 'share'
  const feed = useFeed('share')
  const share = feed.kind === 'loading' ? null : feed.value
  const Part = parts[chosen]
  return (
    <Page title={f.t(`settings.${chosen}`)}>
      <PageHead title={f.t('nav.settings')} />
      <div className="settings-grid">
        <Sections shown={shown} chosen={chosen} />
        <div className="flex min-w-0 flex-col gap-4">
          <h2 className="sr-only">{f.t(`settings.${chosen}`)}</h2>
          {feed.kind === 'loading' && <LoadingLines lines={6} />}
          {feed.kind === 'failed' && <Problem error={feed.error} />}
          {share !== null && <Suspense fallback={<Skeleton className="h-60" />}><Part share={share} /></Suspense>}
        </div>
      </div>
    </Page>
  )
}

function Sections({ shown, chosen }: { shown: readonly Section[]; chosen: Section }) {
  const f = useFormat()
  return (
    <nav aria-label={f.t('nav.settings')}>
      <ul className="flex flex-wrap gap-0.5 cols:flex-col">
        {shown.map((section) => (
          <li key={section}>
            <Link href={`#/settings/${section}`} {...section === chosen && { 'aria-current': 'page' as const }}
              className={classes('flex min-h-9 items-center rounded-md px-2.5 text-small', section === chosen ? 'bg-selected font-semibold text-ink forced-colors:outline' : 'text-ink-2 hovered:bg-hover')}>
              {f.t(`settings.${section}`)}
            </Link>
          </li>
        ))}
        <li><Link href="#/setup/welcome" className="flex min-h-9 items-center rounded-md px-2.5 text-small text-ink-2 hovered:bg-hover">{f.t('settings.setup')}</Link></li>
      </ul>
    </nav>
  )
}
