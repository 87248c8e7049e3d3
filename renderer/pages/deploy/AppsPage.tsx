import { Plus } from 'lucide-react'
import { Link } from 'react-aria-components'
import type { Deployment } from '../../../contract/nouns/deployment.ts'
import { Badge } from '../../components/Badge.tsx'
import { LinkButton } from '../../components/Button.tsx'
import { Card } from '../../components/Card.tsx'
import { Outside } from '../../components/Outside.tsx'
import { Page, PageHead } from '../../components/Page.tsx'
import { Problem } from '../../components/Problem.tsx'
import { Tree } from '../../components/Tree.tsx'
import { EmptyState, LoadingLines } from '../../components/Waiting.tsx'
import { useFormat } from '../../i18n/Language.tsx'
import { useFeed, useKnown } from '../../stores/context.tsx'
import { appWhy } from './why.ts'
import { appWords, runningCopies, shortImage } from './words.ts'

export const newAppHref = '#/apps/new/app'

/** What I run on other people's computers. */
export function AppsPage() {
  const f = useFormat()
  const feed = useFeed('deployments')
  const apps = feed.kind === 'loading' ? null : feed.value
  const newApp = <LinkButton href={newAppHref} look="primary" icon={Plus}>{f.t('apps.new')}</LinkButton>
  return (
    <Page title={f.t('nav.deploy')}>
      <PageHead title={f.t('nav.deploy')} {...apps !== null && apps.length > 0 && { end: newApp }} />
      {feed.kind === 'failed' && <Problem error={feed.error} />}
      <Card title={f.t('apps.title')}>
        {feed.kind === 'loading' && <LoadingLines lines={4} />}
        {apps?.length === 0 && (
          <EmptyState title={f.t('apps.emptyTitle')} action={newApp} picture={<Tree guests={0} mood="bare" className="mb-3 h-28 w-40 tree-quiet" />}>{f.t('apps.empty')}</EmptyState>
        )}
        {apps !== null && apps.length > 0 && <AppTable apps={apps} />}
      </Card>
    </Page>
  )
}

function AppTable({ apps }: { apps: readonly Deployment[] }) {
  const f = useFormat()
  const byName = apps.toSorted((one, other) => one.name.localeCompare(other.name, f.locale))
  return (
    <table role="table" className="table-cards mt-3">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">{f.t('apps.name')}</th>
          <th role="columnheader" scope="col">{f.t('apps.state')}</th>
          <th role="columnheader" scope="col">{f.t('apps.copies')}</th>
          <th role="columnheader" scope="col" data-end>{f.t('apps.rate')}</th>
          <th role="columnheader" scope="col" data-end>{f.t('apps.spent')}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">{byName.map((app) => <AppRow key={app.name} app={app} />)}</tbody>
    </table>
  )
}

function AppRow({ app }: { app: Deployment }) {
  const f = useFormat()
  const unit = useKnown('earnings')?.unit ?? 'USD'
  const { tone, word } = appWords[app.state]
  const why = appWhy(app, f)
  return (
    <tr role="row">
      <td role="cell">
        <Link href={`#/apps/${encodeURIComponent(app.name)}`} className="rounded-sm font-semibold text-primary-text hovered:underline"><Outside text={app.name} maxLength={63} /></Link>
        <span className="block text-caption text-ink-3 wrap-anywhere">{f.list(app.services.map((service) => f.name(shortImage(service.image), 40)))}</span>
      </td>
      <td role="cell" data-label={f.t('apps.state')}>
        <Badge tone={tone} dot>{f.t(word)}</Badge>
        {why !== null && <span className="mt-0.5 block text-caption text-ink-2">{why.sentence}{why.detail !== null && <>{' '}<Outside text={why.detail} maxLength={120} /></>}</span>}
      </td>
      <td role="cell" data-label={f.t('apps.copies')} className="num text-ink-2">{f.t('apps.copiesUp', { up: runningCopies(app), all: app.copies })}</td>
      <td role="cell" data-label={f.t('apps.rate')} data-end className="text-ink-2">{f.t('money.perMonth', { price: f.price(app.rateMonthMicro, unit) })}</td>
      <td role="cell" data-label={f.t('apps.spent')} data-end className="font-semibold">{f.amount(app.spentMicro, unit)}</td>
    </tr>
  )
}
